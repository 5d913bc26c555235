"""casedesk: customers' questions become cases that somebody owns, that are entitled, answered in time and closed."""

__version__ = "0.1.0"
