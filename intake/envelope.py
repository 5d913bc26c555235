"""What MAIL FROM and RCPT TO say: paths and parameters of RFC 5321 section 4.1.2, read without trust.

Pure text work; which recipients exist is not decided here.
"""

import re
from dataclasses import dataclass

MAX_ADDRESS = 320
"""Longest address taken: 64 octets, an @ and 255 octets (RFC 5321 section 4.5.3.1)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PATH = re.compile(r'\s*(?:<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^">])*)>|(?P<bare>[^\s<>]+))(?P<rest>(?:\s.*)?)', re.ASCII)
_ROUTE = re.compile(r"@[^:]*:")
_QUOTED = re.compile(r'"(?P<inside>(?:[^"\\]|\\.)*)"(?P<domain>@[^"]*)')
_DELIVERABLE = re.compile(r'[^\s@%!"\\,:;<>()\[\]]+(?:@[^\s@%!"\\,:;<>()\[\]]+)?')


class BadPathError(ValueError):
    """A path or parameter that cannot be read; `reply` is what SMTP answers."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Path:
    """One MAIL or RCPT argument: the address without angle brackets (empty for <>), parameters by name in capitals."""

    address: str
    parameters: dict[str, str]


def read_path(argument: str, keyword: str) -> Path:
    """Read what follows MAIL or RCPT; `keyword` is `FROM:` or `TO:`. Bytes that are not UTF-8 come in as surrogates.

    Raises BadPathError for a wrong keyword, control characters, unbalanced brackets or an address that is too long.
    """
    if argument[: len(keyword)].upper() != keyword:
        raise BadPathError(f"501 5.5.4 Syntax: {keyword}<address>")
    text = _readable(argument[len(keyword) :])
    found = _PATH.fullmatch(text)
    if found is None or _CONTROL.search(text):
        raise BadPathError("501 5.1.7 Malformed address")
    address = found["bare"] if found["path"] is None else found["path"].strip()
    if len(address) > MAX_ADDRESS:
        raise BadPathError("501 5.1.7 Address too long")
    parameters = (part.partition("=") for part in found["rest"].split())
    return Path(address, {name.upper(): value for name, _, value in parameters})


def without_route(address: str) -> str:
    """Return the address after a source route (`@a,@b:user@host`), which a receiver ignores (RFC 5321 appendix C)."""
    return _ROUTE.sub("", address, count=1) if address.startswith("@") else address


def names_of(address: str) -> tuple[str, ...]:
    """Return the mailbox names an address of a recipient may mean, lower-case: whole, then without +detail.

    Empty for forms that ask to be passed on to somebody else (routes, user%host@here, host!user) or are odd.
    """
    quoted = _QUOTED.fullmatch(address)
    if quoted is not None:
        address = re.sub(r"\\(.)", r"\1", quoted["inside"]) + quoted["domain"]
    if not _DELIVERABLE.fullmatch(address):
        return ()
    local, at, domain = address.lower().rpartition("@")
    whole = f"{local}{at}{domain}"
    base = local.partition("+")[0]
    return (whole,) if base in ("", local) else (whole, f"{base}{at}{domain}")


def _readable(text: str) -> str:
    """Return the text with bytes that were not UTF-8 read as Latin-1, so that it can be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text
