"""Unguessable strings: signed links, reply tokens in mail, random secrets of sessions and API tokens.

One key signs everything; each purpose signs with a key of its own derived from it (HMAC-SHA256 over the purpose), so a
text signed for one purpose is worth nothing for another.
"""

import base64
import hashlib
import hmac
import secrets

from casedesk.errors import Unusable

_REPLY_BYTES = 20
"""A reply token carries 160 bits of MAC: 32 characters of base32 without padding."""
_LONGEST_NUMBER = 18
_LINK, _LONGEST_LINK = "mailed-link", 200

_key = b""


def use_key(key: bytes) -> None:
    """Sign with `key` from now on."""
    global _key  # set once at start, from the settings
    _key = key


def sign(purpose: str, payload: str) -> str:
    """Return `payload.mac`: the payload in the clear and 160 bits that only we can make for `purpose`."""
    return f"{payload}.{_mac(purpose, payload)}"


def open_signed(purpose: str, text: str) -> str | None:
    """Return the payload of a text made by `sign` for the same purpose, None for anything else."""
    payload, dot, mac = text.rpartition(".")
    if not dot or not _same(mac, _mac(purpose, payload)):
        return None
    return payload


def reply_token(case_id: int, recipient: str) -> str:
    """Return the token by which an answer of `recipient` finds its case: `20418-` and 32 lower-case letters and digits.

    It stands in the local part of an address (`support+20418-…@`) or in a Message-ID; it counts only whole.
    """
    return f"{case_id}-{_mac('reply', f'{case_id}:{recipient.strip().casefold()}')}"


def check_reply_token(token: str, recipient: str) -> int | None:
    """Return the case `token` was made for, if it was made for this recipient and is whole; None for anything else."""
    number, _, _ = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return None
    case_id = int(number)
    return case_id if _same(token, reply_token(case_id, recipient)) else None


def random_secret() -> str:
    """Return 256 random bits as 43 characters that are safe in cookies, headers and addresses."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return the SHA-256 (hex) under which a random secret is kept; it needs no salt, being random itself."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def link_payload() -> str:
    """Return the public part of a mailed link's token: 128 random bits, which its row knows by `secret_hash`."""
    return secrets.token_hex(16)


def link_token(payload: str) -> str:
    """Return the token of a mailed link: the payload and a signature that is kept nowhere (see `mail.composing`)."""
    return sign(_LINK, payload)


def open_link(token: str) -> str | None:
    """Return the payload of a mailed link's token, None for anything else."""
    return open_signed(_LINK, token) if token.isascii() and len(token) <= _LONGEST_LINK else None


def _mac(purpose: str, payload: str) -> str:
    if not _key:
        raise Unusable("no signing key: call casedesk.security.configure(settings) first")
    purpose_key = hmac.digest(_key, b"casedesk:" + purpose.encode(), "sha256")
    mac = hmac.digest(purpose_key, payload.encode("utf-8", "surrogateescape"), "sha256")
    return base64.b32encode(mac[:_REPLY_BYTES]).decode("ascii").lower()


def _same(given: str, expected: str) -> bool:
    # compare_digest refuses non-ASCII text, and bytes of another length are simply unequal.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode("ascii"))
