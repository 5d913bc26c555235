"""Which rows an actor may see, once for each noun: the same scope as a test of a row and as a filter of a query.

Lists, searches, counts, streams and single pages all go through here; whether an actor may *do* a thing stands in
`casedesk.permissions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tortoise.expressions import Q

from casedesk import database
from casedesk.identity import Actor, ActorKind, Role
from casedesk.permissions import Permission, can


class CaseLike(Protocol):
    """What a scope looks at: a row of cases, or anything that carries these ids."""

    logged_by_id: int | None
    contact_id: int | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class CaseScope:
    """The cases somebody may see: all of them, or those of which any column of `of` holds its id; none when it is empty."""

    everything: bool = False
    of: tuple[tuple[str, int], ...] = ()

    def covers(self, case: CaseLike) -> bool:
        """Say whether this case is within the scope."""
        return self.everything or any(getattr(case, column) == value for column, value in self.of)

    def filter(self) -> Q:
        """Return the same as a condition on cases."""
        if self.everything:
            return Q()
        if not self.of:
            return Q(pk__in=[])
        conditions: list[dict[str, Any]] = [{column: value} for column, value in self.of]
        return Q(*(Q(**condition) for condition in conditions), join_type="OR")

    def sql(self, alias: str = "cases") -> tuple[str, list[Any]]:
        """Return the same as an SQL condition on the table called `alias` (a word of ours) and its values."""
        if self.everything:
            return "1 = 1", []
        if not self.of:
            return "1 = 0", []
        conditions = " OR ".join(f"{alias}.{column} = ?" for column, _ in self.of)
        return f"({conditions})", [value for _, value in self.of]


def case_scope(actor: Actor | None) -> CaseScope:
    """Return which cases `actor` may see.

    Staff who serve or manage see all; a salesperson those they logged; a stranger none. A contact sees their own, and
    their company's where they were given that right (`company_id`). Following a case is not in here: it brings news of
    what somebody may see anyway, and never widens it.
    """
    if actor is None:
        return CaseScope()
    if actor.kind is ActorKind.SYSTEM:
        return CaseScope(everything=True)
    if actor.kind is ActorKind.CONTACT:
        return _of_contact(actor)
    if not can(actor, Permission.CASE_READ) or actor.id is None:
        return CaseScope()
    if actor.role is Role.SALES:
        return CaseScope(of=(("logged_by_id", actor.id),))
    return CaseScope(everything=True)


def _of_contact(actor: Actor) -> CaseScope:
    """Return the cases of a contact whose address is verified; anybody can write mail in another's name.

    A case made by mail belongs to the address in its From, so whoever has not proven that the address is theirs sees none
    of it, nor anything that a colleague logged for that address.
    """
    if not actor.verified or actor.id is None:
        return CaseScope()
    own = (("contact_id", actor.id),)
    return CaseScope(of=own if actor.company_id is None else (*own, ("account_id", actor.company_id)))


async def visible_cases(actor: Actor, case_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of `case_ids` that `actor` may see; asks nobody where all are."""
    scope = case_scope(actor)
    if scope.everything or not case_ids:
        return tuple(case_ids)
    condition, values = scope.sql("cases")
    marks = ", ".join("?" * len(case_ids))
    sql = f"SELECT id FROM cases WHERE {condition} AND id IN ({marks})"  # noqa: S608  # our own words and marks only
    return tuple(int(row["id"]) for row in await database.rows(sql, *values, *case_ids))
