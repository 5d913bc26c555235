"""Measures of speed: `make bench` runs them and prints what it saw. No timing decides a test.

Each measure is a module with `NAME` and `measure() -> Iterable[str]`; `MEASURES` in `__main__` lists them.
"""
