"""What is known: solutions, how they are written, found, suggested and how well they helped. Knows nothing of cases."""

__casedesk__ = True  # Says whose package this is (see casedesk.installation).
