"""Measures of speed: `make bench` runs them and prints what it saw, as rows for docs/figures.md. No timing decides a test.

Each measure is a function in a module of its own that is handed the desk it works on and yields figures.
"""
