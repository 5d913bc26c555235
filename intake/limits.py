"""The named limits of reading mail: what is over one is left out and said in `problems`, never refused.

Nothing else belongs here. Sizes are bytes unless the name says otherwise. The figures are those a real mail stays far
below and a mail made to hurt needs to go beyond.
"""

MAX_PARTS = 100
MAX_DEPTH = 20
MAX_HEADER = 64 * 1024
MAX_ALL_HEADERS = 256 * 1024
MAX_HEADER_LINES = 1_000
MAX_RECIPIENTS = 200
MAX_ATTACHMENTS = 50
MAX_PARAMETERS = 100
MAX_PARAMETER_VALUE = 8 * 1024
MAX_REFERENCES = 100
MAX_MESSAGE_ID = 998
MAX_ADDRESS = 320
MAX_NAME = 400
MAX_SUBJECT = 2_000
MAX_FILENAME = 150
MAX_BOUNDARY_HITS = 20_000
MAX_TEXT = 1024 * 1024
"""Characters of body text kept in the message; the raw mail holds the rest."""
MAX_HTML = 1024 * 1024
"""Characters of HTML that are looked at; longer bodies are shown as text."""
MAX_LAID_OUT = 256 * 1024
"""Characters of HTML of one mail that are laid out to text; what is beyond is stripped of its tags."""
MAX_BODY_PART = 8 * 1024 * 1024
"""Encoded bytes of one text part that are decoded."""
MAX_QUOTED = 256 * 1024
"""Characters of text searched for quoted history."""
MAX_PROBLEMS = 20
MAX_GUESSES = 3
"""How often one mail may ask for a charset to be guessed; a guess costs milliseconds."""
GUESS_SAMPLE = 8 * 1024
"""Bytes of a text that the charset guess looks at."""
