"""Tests of the pages, the streams and the API."""
