"""Rule sets in force: versions are rows that never change, compiled once and held in memory.

Checking a document needs to know which queues, templates and users there are; the caller gathers those names.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk import clock, journal
from casedesk.database import transaction
from casedesk.errors import FieldProblem, Invalid, NotFound, Stale
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.remembering import Remembered, forget
from casedesk.rules.catalogue import Catalogue
from casedesk.rules.milestones import Process
from casedesk.rulesets.documents import InvalidRuleSet, KnownNames, RuleSetKind, compile_document, validate
from casedesk.rulesets.models import RuleSet

CATALOGUES: dict[str, Catalogue] = {}
"""The field catalogue of each record type, entered by the slice that owns the records."""


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a rule set; `compiled` is what the rules of its kind take."""

    kind: str
    number: int
    document: dict[str, Any]
    effective_at: datetime
    compiled: Any


_versions: dict[tuple[str, str, int], Published] = {}


async def _load_current() -> dict[str, Published]:
    found: dict[str, Published] = {}
    for row in await RuleSet.filter(record_type="case", effective_at__lte=clock.now()).order_by("number"):
        found[row.kind] = _compiled(row)
    return found


_current = Remembered("rule_sets", _load_current)


async def current(kind: str, record_type: str = "case") -> Published:
    """Return the version of `kind` in force; raises NotFound for a kind that has none."""
    found = (await _current.get()).get(kind) if record_type == "case" else None
    if found is None:
        raise NotFound("There is no such rule set.")
    return found


async def version(kind: str, number: int, record_type: str = "case") -> Published:
    """Return one version of `kind`, in force or not; raises NotFound."""
    known = _versions.get((record_type, kind, number))
    if known is not None:
        return known
    row = await RuleSet.get_or_none(kind=kind, record_type=record_type, number=number)
    if row is None:
        raise NotFound("There is no such version of this rule set.")
    return _compiled(row)


@dataclass(frozen=True, slots=True)
class Version:
    """One version in a list; `user_id` is who published it, None for casedesk itself."""

    number: int
    published_at: datetime
    user_id: int | None


async def versions(kind: str, record_type: str = "case", limit: int = 50) -> tuple[Version, ...]:
    """Return the versions of `kind`, the newest first."""
    found = RuleSet.filter(kind=kind, record_type=record_type).order_by("-number").limit(limit)
    return tuple([Version(row.number, row.effective_at, row.user_id) for row in await found])


async def process(key: str, number: int | None = None) -> Process | None:
    """Return the entitlement process `key` of a version (the one in force when None), or None when it has none such."""
    kind = RuleSetKind.ENTITLEMENT_PROCESS.value
    published = await current(kind) if number is None else await version(kind, number)
    found: Process | None = published.compiled.get(key)
    return found


async def publish(
    kind: str,
    document: dict[str, Any],
    known: KnownNames,
    *,
    by: Actor,
    record_type: str = "case",
    if_number: int | None = None,
) -> Published:
    """Publish a new version of `kind`, in force at once.

    Raises Invalid with each wrong place and its cure, Stale when the newest version is not `if_number`.
    """
    try:
        validate(RuleSetKind(kind), document, CATALOGUES[record_type], known)
    except InvalidRuleSet as error:
        raise Invalid([FieldProblem(problem.place, problem.message) for problem in error.problems]) from None
    except ValueError:
        raise NotFound("There is no such rule set.") from None
    async with transaction():
        newest = await RuleSet.filter(kind=kind, record_type=record_type).order_by("-number").first()
        if if_number is not None and newest is not None and newest.number != if_number:
            raise Stale
        row = await RuleSet.create(
            kind=kind,
            record_type=record_type,
            number=newest.number + 1 if newest else 1,
            document=document,
            effective_at=clock.now(),
            user_id=by.user_id,
        )
        await journal.record(
            EventName.RULES_PUBLISHED, by=by, subject=("rule_set", row.id), data={"kind": kind, "number": row.number}
        )
        forget("rule_sets")
    return _compiled(row)


def _compiled(row: RuleSet) -> Published:
    key = (row.record_type, row.kind, row.number)
    known = _versions.get(key)
    # A publication that was rolled back leaves its number to the next one.
    if known is None or known.document != row.document:
        compiled = compile_document(RuleSetKind(row.kind), row.document, CATALOGUES[row.record_type])
        known = _versions[key] = Published(row.kind, row.number, row.document, row.effective_at, compiled)
    return known


def forget_versions() -> None:
    """Drop every compiled version: another database has been opened, whose numbers mean other documents."""
    _versions.clear()
