"""What an agent has typed and not sent, kept on the server: one draft by agent, case and kind of entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import clock, language, permissions
from casedesk.cases.models import Case, Draft
from casedesk.cases.numbering import parse
from casedesk.database import transaction
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.scopes import case_scope

KINDS = frozenset({"reply", "note", "call"})
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as the composer shows it."""

    kind: str
    text: str
    details: dict[str, Any]
    saved_at: datetime


async def save(number: str, *, by: Actor, kind: str, text: str, details: Mapping[str, Any] | None = None) -> datetime:
    """Keep a draft and return when it was saved; empty text discards it. Twice is the same as once."""
    permissions.require(by, Permission.CASE_NOTE)
    case_id = await _case(number, by)
    if kind not in KINDS:
        raise Invalid.field("kind", _("give one of %(these)s") % {"these": language.alternatives(sorted(KINDS))})
    if len(text) > LONGEST:
        raise Invalid.field("text", _("at most %(most)s characters") % {"most": language.number(LONGEST)})
    now = clock.now()
    async with transaction():
        if not text.strip():
            await Draft.filter(case_id=case_id, user_id=by.user_id, kind=kind).delete()
        else:
            await Draft.update_or_create(
                defaults={"text": text, "details": dict(details or {}), "saved_at": now},
                case_id=case_id, user_id=by.user_id, kind=kind,
            )  # fmt: skip
    return now


async def read(number: str, *, by: Actor) -> dict[str, DraftView]:
    """Return the actor's own drafts of a case, by kind."""
    case_id = await _case(number, by)
    found = await Draft.filter(case_id=case_id, user_id=by.user_id or 0)
    return {row.kind: DraftView(row.kind, row.text, dict(row.details), row.saved_at) for row in found}


async def discard(number: str, *, by: Actor, kind: str) -> None:
    """Forget a draft; one that is not there is no error."""
    case_id = await _case(number, by)
    async with transaction():
        await Draft.filter(case_id=case_id, user_id=by.user_id or 0, kind=kind).delete()


async def _case(number: str, by: Actor) -> int:
    permissions.require_staff(by, Permission.CASE_READ)
    row = await Case.get_or_none(id=parse(number))
    if row is None or not case_scope(by).covers(row):
        raise NotFound("There is no such case, or it is not yours to see.")
    return int(row.id)
