"""From a template and values to a letter's subject, text and HTML; putting it into the outbox is `outbox`."""

from collections.abc import Mapping
from dataclasses import dataclass

from casedesk.errors import NotFound
from casedesk.language import gettext as _
from casedesk.mail.composing import one_line
from casedesk.mail.models import EmailTemplate
from casedesk.mail.placeholders import fill
from casedesk.remembering import Remembered
from casedesk.richtext import text_to_html


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words."""

    subject: str
    text: str
    html: str


async def _load() -> dict[tuple[str, str], EmailTemplate]:
    return {(row.key, row.language): row for row in await EmailTemplate.all().order_by("id")}


_templates = Remembered("templates", _load)


async def write(key: str, language: str | None, values: Mapping[str, str]) -> Written:
    """Return the letter `key` in the reader's language, in English, or in any it has; raises NotFound for an unknown key."""
    known = await _templates.get()
    short = (language or "en").partition("-")[0].lower()
    template = (
        known.get((key, short)) or known.get((key, "en")) or next((t for (k, _), t in known.items() if k == key), None)
    )
    if template is None:
        raise NotFound(_("There is no template called %(key)s.") % {"key": key})
    return filled(template.subject, template.text, template.html, values)


def filled(subject: str, text: str, html: str | None, values: Mapping[str, str]) -> Written:
    """Return a letter's words with the values in their places; without HTML of its own it is made from the text."""
    written = fill(text, values)
    made = fill(html, {name: text_to_html(value) for name, value in values.items()}) if html else None
    return Written(one_line(fill(subject, values)), written, made or text_to_html(written))


async def keys() -> frozenset[str]:
    """Return the keys of all templates."""
    return frozenset(key for key, _ in await _templates.get())
