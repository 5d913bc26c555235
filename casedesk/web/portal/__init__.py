"""The customers' portals: one area for every brand, found by slug or by host. Complete without a script."""
