"""Setup: the pages on which administrators and leaders arrange their desk, under /console/setup."""
