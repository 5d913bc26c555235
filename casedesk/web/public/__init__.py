"""Pages for everybody who holds a link."""
