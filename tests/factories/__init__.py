"""Makers of things that tests need and say little about."""
