"""What errors say, as pages show it: in the reader's language, each a sentence that begins with a capital letter."""

from collections.abc import Mapping

from casedesk.errors import Invalid
from casedesk.language import gettext as _

_AS_THEY_ARE: Mapping[str, str] = {}


def sentence(words: str) -> str:
    """Return the words of an error as a page shows them."""
    said = _(words)
    return said[:1].upper() + said[1:]


def problems_of(
    refused: Invalid, fields: Mapping[str, str] = _AS_THEY_ARE, *, prefix: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return what is wrong as pairs of a field of the page and a sentence; `fields` are those that it calls otherwise."""
    return tuple((prefix + fields.get(each.field, each.field), sentence(each.message)) for each in refused.problems)
