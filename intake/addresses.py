"""Address lists of mail headers, read by one linear scanner (RFC 5322 section 3.4, and what senders make of it).

The standard library's reader recurses on nested comments and believes in addresses that a comment's end hides, so
it is not used. A text that is not clearly one address gives a name without an address, never a guessed address.
"""

import re

from intake import headers, limits
from intake.message import Address
from intake.problems import Problems

# The pieces a scanner has to look at; everything between them is copied whole.
_PIECES = re.compile(r'[^"(),:;<>\\]+|.', re.DOTALL)
_PLAIN = re.compile(r"[^\s\"(),:;<>@\\\[\]]+@[^\s\"(),:;<>@\\\[\]]+")
_USABLE = re.compile(
    r"(?:[^\s\"(),:;<>@\\\[\]]+|\"[^\"\\<>]{1,64}\")@(?:[^\s\"(),:;<>@\\\[\]]+|\[[0-9A-Za-z:.]{1,60}\])"
)
_NAMED = re.compile(r"([^\"(),:;<>@\\]*)<([^\s\"(),:;<>@\\\[\]]+@[^\s\"(),:;<>@\\\[\]]+)>")


def read(value: bytes | None, problems: Problems) -> tuple[Address, ...]:
    """Return the addresses of a header value in order, at most `limits.MAX_RECIPIENTS`."""
    if not value:
        return ()
    text = _text(value)
    simple = _simple(text, problems)
    if simple is not None:
        return (simple,)
    found: list[Address] = []
    for name, email in _Scanner(text).addresses():
        if len(found) >= limits.MAX_RECIPIENTS:
            problems.note("too many addresses; the later ones were left out")
            break
        address = _address(name, email, problems)
        if address is not None:
            found.append(address)
    return tuple(found)


def usable(email: str) -> str:
    """Return `email` with its domain in lower case, "" where it is not one plain address."""
    email = email.strip()
    if len(email) > limits.MAX_ADDRESS or not _USABLE.fullmatch(email):
        return ""
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"


def _text(value: bytes) -> str:
    # Encoded words stay encoded until the list is taken apart: a decoded comma or bracket must not count as syntax.
    return value.decode("ascii") if value.isascii() else value.decode("utf-8", "surrogateescape")


def _simple(text: str, problems: Problems) -> Address | None:
    """Return the one address of the usual forms `a@b` and `Name <a@b>`, None where a scanner is needed."""
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped):
        return _address("", stripped, problems)
    named = _NAMED.fullmatch(stripped)
    return _address(named[1], named[2], problems) if named else None


def _address(name: str, email: str, problems: Problems) -> Address | None:
    name = headers.decoded(name.strip().encode("utf-8", "surrogateescape"), problems).strip("\"' ")[: limits.MAX_NAME]
    name = visible(name)
    email = email.strip()
    sound = usable(email) if email.isprintable() else ""
    if email and not sound and not name:
        name = visible(headers.decoded(email.encode("utf-8", "surrogateescape"), problems))[: limits.MAX_NAME]
    if email and not sound:
        problems.note("an address could not be read")
    if not name and not sound:
        return None
    return Address("" if name == sound else name, sound)


_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """Return `text` without characters that are not seen but turn or hide what is (bidi controls, zero width)."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


class _Scanner:
    """Walks once over an address list; comments are counted, never descended into."""

    __slots__ = ("angle", "before_comma", "comment", "depth", "in_angle", "phrase", "quoted", "text", "unsound")

    def __init__(self, text: str) -> None:
        self.text = text
        self.before_comma = ""
        self._restart()

    def _restart(self) -> None:
        self.phrase: list[str] = []
        self.angle: list[str] = []
        self.comment: list[str] = []
        self.in_angle = False
        self.quoted = False
        self.unsound = False
        self.depth = 0

    def addresses(self) -> list[tuple[str, str]]:
        """Return (name, address) pairs; an element that does not add up gives (its text, "")."""
        found: list[tuple[str, str]] = []
        escaped = False
        for piece in _PIECES.findall(self.text):
            if escaped:
                escaped = False
                self._take(piece)
            elif piece == "\\" and (self.quoted or self.depth):
                escaped = True
            elif self._is_end(piece):
                self._finish(found)
                if len(found) > limits.MAX_RECIPIENTS:
                    return found
            else:
                self._step(piece)
        self._finish(found)
        if self.before_comma:
            found.append((self.before_comma, ""))
        return found

    def _is_end(self, piece: str) -> bool:
        if self.quoted or self.depth or piece not in (",", ";"):
            return False
        # A comma inside angle brackets stands in a route; elsewhere the closing bracket was forgotten.
        return not (self.in_angle and (not self.angle or self.angle[0].startswith("@")))

    def _step(self, piece: str) -> None:
        if self.quoted:
            self.quoted = piece != '"'
            self._take(piece)
        elif self.depth:
            self._take(piece)
            self.depth += (piece == "(") - (piece == ")")
        elif piece == '"':
            self.quoted = True
            self._take(piece)
        elif piece == "(":
            self.depth = 1
        elif piece == "<" and not self.in_angle:
            self.unsound |= bool(self.angle)
            self.in_angle = True
        elif piece == ">" and self.in_angle:
            self.in_angle = False
        elif piece == ":" and not self.in_angle:
            self.phrase.clear()  # What stood before was the name of a group.
        else:
            self._take(piece)

    def _take(self, piece: str) -> None:
        if self.depth:
            self.comment.append(piece)
        else:
            (self.angle if self.in_angle else self.phrase).append(piece)

    def _finish(self, found: list[tuple[str, str]]) -> None:
        phrase, angle = "".join(self.phrase).strip(), "".join(self.angle).strip()
        waiting, self.before_comma = self.before_comma, ""
        comment = "".join(self.comment).strip('()" ')
        if self.angle:
            # "Doe, Ann <ann@x>": the comma belongs to a name that should have been quoted.
            name = f"{waiting}, {phrase}" if waiting and phrase and '"' not in phrase else phrase or waiting
            route = angle.rpartition(":")  # <@relay,@relay:user@host>, RFC 5322 section 4.4.
            found.append((name.replace('"', "") or comment, f"<{angle}" if self.unsound else route[2]))
        else:
            if waiting:
                found.append((waiting, ""))
            if "@" in phrase:
                found.append((comment, phrase))
            else:
                self.before_comma = phrase.replace('"', "")
        self._restart()
