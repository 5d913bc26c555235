"""Tests about the source itself: floors, sizes, names, pages made from code, the package that is installed."""
