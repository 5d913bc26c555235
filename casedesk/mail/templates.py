"""The words of automatic mail, by key and language; filling them is done where letters are composed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from casedesk.errors import Conflict, FieldProblem, Invalid
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import listed
from casedesk.mail.models import EmailTemplate
from casedesk.mail.placeholders import PLACEHOLDERS, unknown_in
from casedesk.mail.portal_letters import PORTAL_KEYS
from casedesk.permissions import Permission
from casedesk.registers import Register, Use, Values
from casedesk.rulesets import naming


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """A letter's words in one language."""

    id: int
    version: int
    key: str
    language: str
    subject: str
    text: str
    html: str | None
    created_at: datetime
    updated_at: datetime


async def _templates(rows: Sequence[EmailTemplate]) -> tuple[TemplateRecord, ...]:
    return tuple(
        TemplateRecord(
            id=row.id,
            version=row.version,
            key=row.key,
            language=row.language,
            subject=row.subject,
            text=row.text,
            html=row.html,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check(values: Values, row: EmailTemplate | None, by: Actor) -> Values:
    key = values.get("key", row.key if row else None)
    language = values.get("language", row.language if row else "en")
    others = EmailTemplate.filter(key=key, language=language)
    if await (others if row is None else others.exclude(id=row.id)).exists():
        words = _("There is already a template %(key)s in the language %(language)s.")
        raise Conflict(words % {"key": key, "language": language})
    if row is not None and key != row.key:
        await _check_removal(row)
    words = _("there is no placeholder %(name)s; there are %(these)s")
    problems = [
        FieldProblem(field, words % {"name": name, "these": listed(PLACEHOLDERS)})
        for field in ("subject", "text", "html")
        for name in unknown_in(values.get(field) or "")
    ]
    if problems:
        raise Invalid(problems)
    return values


async def _check_removal(row: EmailTemplate) -> None:
    """Raise Conflict when this is the last language of a letter that the rules send."""
    if row.key in PORTAL_KEYS and row.language == "en":
        raise Conflict("The portals send this letter; change its words instead.")
    is_last = not await EmailTemplate.filter(key=row.key).exclude(id=row.id).exists()
    if is_last and await naming.names("template", row.key):
        raise Conflict("The rules send this letter; change them first.")


TEMPLATES: Register[EmailTemplate, TemplateRecord] = Register(
    noun="template",
    model=EmailTemplate,
    read=Permission.TEMPLATE_READ,
    write=Permission.TEMPLATE_CHANGE,
    show=_templates,
    check=_check,
    words=frozenset({"subject", "text", "html"}),
    filters={"key": lambda key: Q(key=key)},
    uses=(Use("mailboxes", "mailboxes", "template", of="key"),),
    removable=_check_removal,
    remembered=("templates",),
)
