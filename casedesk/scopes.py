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
    """What a scope looks at: a row of cases, or anything that carries these two ids."""

    logged_by_id: int | None
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class CaseScope:
    """The cases somebody may see: all of them, or those whose `column` holds `value`, or none (`column` empty)."""

    everything: bool = False
    column: str = ""
    value: int | None = None

    def covers(self, case: CaseLike) -> bool:
        """Say whether this case is within the scope."""
        if self.everything:
            return True
        return bool(self.column) and self.value is not None and getattr(case, self.column) == self.value

    def filter(self) -> Q:
        """Return the same as a condition on cases."""
        if self.everything:
            return Q()
        if not self.column or self.value is None:
            return Q(pk__in=[])
        condition: dict[str, Any] = {self.column: self.value}
        return Q(**condition)

    def sql(self, alias: str = "cases") -> tuple[str, list[Any]]:
        """Return the same as an SQL condition on the table called `alias` (a word of ours) and its values."""
        if self.everything:
            return "1 = 1", []
        if not self.column or self.value is None:
            return "1 = 0", []
        return f"{alias}.{self.column} = ?", [self.value]


def case_scope(actor: Actor | None) -> CaseScope:
    """Return which cases `actor` may see.

    Staff who serve or manage see all; a salesperson those they logged; a contact their own; a stranger none.
    """
    if actor is None:
        return CaseScope()
    if actor.kind is ActorKind.SYSTEM:
        return CaseScope(everything=True)
    if actor.kind is ActorKind.CONTACT:
        return CaseScope(column="contact_id", value=actor.id)
    if not can(actor, Permission.CASE_READ):
        return CaseScope()
    if actor.role is Role.SALES:
        return CaseScope(column="logged_by_id", value=actor.id)
    return CaseScope(everything=True)


async def visible_cases(actor: Actor, case_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of `case_ids` that `actor` may see; asks nobody where all are."""
    scope = case_scope(actor)
    if scope.everything or not case_ids:
        return tuple(case_ids)
    condition, values = scope.sql("cases")
    marks = ", ".join("?" * len(case_ids))
    sql = f"SELECT id FROM cases WHERE {condition} AND id IN ({marks})"  # noqa: S608  # our own words and marks only
    return tuple(int(row["id"]) for row in await database.rows(sql, *values, *case_ids))
