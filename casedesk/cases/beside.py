"""Open cases that somebody may be asking about, while they ask: of the same asset, of themselves, of their company."""

from dataclasses import dataclass
from enum import StrEnum

from casedesk import permissions
from casedesk.cases import listing
from casedesk.cases.models import Case
from casedesk.cases.shapes import CaseRow
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.scopes import case_scope

_LOOKED_AT = 40


class Because(StrEnum):
    """Why a case may be the one, the strongest first."""

    SAME_ASSET = "same_asset"
    SAME_CONTACT = "same_contact"
    SAME_ACCOUNT = "same_account"


@dataclass(frozen=True, slots=True)
class Beside:
    """An open case and why it may be the one."""

    row: CaseRow
    because: Because


async def open_about(
    *, by: Actor, contact_id: int | None, account_id: int | None, asset_id: int | None, limit: int = 5
) -> tuple[Beside, ...]:
    """Return open cases within the actor's scope: those of the asset first, then the contact's, then the company's.

    Among equals the one due first. Nothing known gives nothing.
    """
    permissions.require_staff(by, Permission.CASE_READ)
    found: dict[int, Because] = {}
    for column, value, because in (
        ("asset_id", asset_id, Because.SAME_ASSET),
        ("contact_id", contact_id, Because.SAME_CONTACT),
        ("account_id", account_id, Because.SAME_ACCOUNT),
    ):
        if value is None or len(found) >= limit:
            continue
        wanted = Case.filter(case_scope(by).filter(), is_open=True, **{column: value}).order_by("next_due_at", "id")
        for case_id in await wanted.limit(_LOOKED_AT).values_list("id", flat=True):
            found.setdefault(int(str(case_id)), because)
    chosen = tuple(list(found)[:limit])
    if not chosen:
        return ()
    page = await listing.list_rows(listing.CaseFilter(ids=chosen), by=by, limit=limit)
    rows = {row.id: row for row in page.items}
    return tuple(Beside(rows[case_id], found[case_id]) for case_id in chosen if case_id in rows)
