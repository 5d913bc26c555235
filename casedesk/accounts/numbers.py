"""Telephone numbers in any notation: how they are searched, compared and shown.

`+1 (303) 555-0142`, `001 303 555 0142` and `303.555.0142` are one number to whoever looks for it. A number is kept as it
was typed; only the index holds its keys.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

SHORTEST = 3
"""Digits from which a text is looked for as a number."""
_TELEPHONE = re.compile(r"[+\d\s()./\-–·]{3,40}(?:\s*(?:x|ext\.?|#)\s*\d{1,6})?", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|#)\s*\d{1,6}\s*$", re.IGNORECASE)
_NOT_DIGITS = re.compile(r"\D")


def could_be(text: str) -> bool:
    """Say whether somebody who typed `text` looks for a telephone number."""
    return len(_NOT_DIGITS.sub("", text)) >= SHORTEST and _TELEPHONE.fullmatch(text.strip()) is not None


def keys(text: str) -> tuple[str, ...]:
    """Return the words by which a number is found, the most exact first: with its country where that is known, and without.

    Digits alone, no trunk zero. A number that is being typed gives the beginning of its keys.
    """
    found = _parsed(text)
    if found is not None:
        national = str(found.national_number)
        return (f"{found.country_code}{national}", national)
    digits = _NOT_DIGITS.sub("", _EXTENSION.sub("", text))
    if text.strip().startswith("+"):
        return (digits,) if digits else ()
    bare = digits.lstrip("0")
    return (bare,) if bare else ()


def searchable(phones: tuple[str, ...] | list[str]) -> list[str]:
    """Return what the index should hold for these numbers beside their own words."""
    return [key for phone in phones for key in keys(phone)]


def is_same(one: str, other: str) -> bool:
    """Say whether two notations mean the same number; where one lacks its country the rest decides."""
    return bool(set(keys(one)) & set(keys(other)))


def shown(text: str) -> str:
    """Return a number as it is read aloud: +1 303-555-0142; what is none stays as it is."""
    found = _parsed(text)
    return phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL) if found is not None else text.strip()


@lru_cache(maxsize=4096)
def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    """Return a number with its country, None where the text names none."""
    text = text.strip()
    international = f"+{text[2:]}" if text.startswith("00") else text
    if not international.startswith("+") or len(international) > 60:
        return None
    try:
        found = phonenumbers.parse(international, None)
    except NumberParseException:
        return None
    return found if phonenumbers.is_possible_number(found) else None
