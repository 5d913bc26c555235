"""The knowledge base: a solution is an answer that can be read again, in one language, for those who may read it.

Solutions are written (`writing`), brought in (`importing`), found (`suggesting`, `browsing`) and put to use (`using`).
Cases are not known here: they hand over words and get solutions.
"""

__casedesk__ = True  # Says whose package this is: PyPI has another of this name (see casedesk.installation).
