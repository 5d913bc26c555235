"""How the outside world's words become a case.

A message arrives over a channel (mail, web form, portal, telephone), is kept as it came, and is read into one
shape, `message.Incoming`. Reading mail: `mime.read` for one mail, `readers.Readers` for many in child processes with
limits. What a message means (which case, which contact, which queue) is decided from that shape alone.
"""

__casedesk__ = True  # Says whose package this is: PyPI has another of this name (see casedesk.installation).
