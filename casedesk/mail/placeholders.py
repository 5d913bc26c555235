"""The placeholders a template may use, each with sample text for the preview; nothing else is ever put into a letter.

Own substitution of `{{ name }}` over this list: template engines given to users have been broken five times elsewhere,
and a letter needs no logic.
"""

import re
from collections.abc import Mapping

PLACEHOLDERS: Mapping[str, str] = {
    "case.number": "HAL-20418",
    "contact.name": "Élodie Marchand",
    "desk.name": "Halden Help",
    "agent.name": "Mara Okafor",
    "promise": "A person answers before Monday, 11:16 (Europe/Paris).",
    "solutions": "* Restore a gateway that stays red\n  https://help.example.com/solutions/17",
    "survey.url": "https://help.example.com/s/…",
    "case.url": "https://help.example.com/c/…",
    "link.url": "https://help.example.com/verify/…",
}
"""Name -> sample."""

_NOTHING_THERE = re.compile(r"[ \t]+(?=,?$)", re.MULTILINE)
_SLOT = re.compile(r"\{\{ ?([a-z_.]{1,40}) ?\}\}")


def unknown_in(text: str) -> list[str]:
    """Return the names in `text` that are no placeholders, in order."""
    return [name for name in dict.fromkeys(_SLOT.findall(text)) if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each known placeholder replaced; one without a value becomes nothing, others stay.

    A value is never looked at again, so words of a customer cannot bring placeholders of their own.
    """
    filled = _SLOT.sub(lambda slot: values.get(slot[1], "") if slot[1] in PLACEHOLDERS else slot[0], text)
    filled = _NOTHING_THERE.sub("", filled)  # a greeting without a name, a sentence without a promise
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"
