"""Write solutions: create, change, send to review, publish, archive, take back an earlier wording.

Nothing is deleted: an archived solution is in nobody's search and keeps its history. Each change bumps the solution's
`changed`, by which the index knows what to read again.
"""

from dataclasses import asdict
from typing import Any

from tortoise.exceptions import IntegrityError

from casedesk import clock, database, journal
from casedesk.database import reading, transaction
from casedesk.errors import Conflict, FieldProblem, Invalid, NotFound, Stale
from casedesk.events import EventName
from casedesk.fulltext import words
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission, require
from knowledge.models import Solution, SolutionCategory, SolutionRevision
from knowledge.solution import LONGEST_KEY, Changes, Draft, RevisionView, SolutionView, Status, problems_of, view_of

CHANGES_LOCK = 0x50_1D
"""Number of the advisory lock under which PostgreSQL hands out `changed`."""


async def create(draft: Draft, *, by: Actor) -> SolutionView:
    """Keep a new solution and return it; records SolutionWritten.

    Raises NotFound without the right to write (or to publish, for a published one), Invalid naming the field, Conflict
    when there is one with this key in this language.
    """
    _require(by, draft.status)
    problems = problems_of(draft.key, draft.title, draft.body, draft.language, draft.categories)
    if not draft.title.strip():
        problems.append(FieldProblem("title", "must not be empty"))
    if problems:
        raise Invalid(problems)
    try:
        async with transaction():
            row = await Solution.create(
                key=draft.key.strip() or await _free_key(draft.title, draft.language),
                language=draft.language,
                title=draft.title.strip(),
                body=draft.body,
                status=draft.status,
                visibility=draft.visibility,
                categories=list(dict.fromkeys(draft.categories)),
                changed=await next_change(),
            )
            await _file(row.id, row.categories)
            await _tell(row, ["created"], by)
    except IntegrityError:
        raise Conflict(_taken(draft.key, draft.language)) from None
    return view_of(row)


async def change(solution_id: int, changes: Changes, *, by: Actor, if_version: int | None = None) -> SolutionView:
    """Change what is given and return the solution; a change that changes nothing leaves no trace.

    An earlier title and body become a revision. Records SolutionWritten. Raises NotFound, Invalid, Conflict, and Stale
    when the solution is no longer at `if_version`.
    """
    require(by, Permission.SOLUTION_WRITE)
    try:
        async with transaction():
            row = await _row(solution_id)
            if if_version is not None and row.version != if_version:
                raise Stale
            values = _differing(row, changes)
            if values:
                _require(by, Status(values.get("status", row.status)))
                await _change(row, values, by)
    except IntegrityError:
        raise Conflict(_taken(row.key, changes.language)) from None
    return view_of(row)


async def set_status(solution_id: int, status: Status, *, by: Actor, if_version: int | None = None) -> SolutionView:
    """Move a solution to `status` and return it; publishing and what is done to published ones needs that right."""
    return await change(solution_id, Changes(status=status), by=by, if_version=if_version)


async def restore(solution_id: int, revision_id: int, *, by: Actor, if_version: int | None = None) -> SolutionView:
    """Take title and body from an earlier wording; the present one becomes a revision in its turn."""
    revision = await SolutionRevision.get_or_none(id=revision_id, solution_id=solution_id)
    if revision is None:
        raise NotFound
    earlier = Changes(title=revision.title, body=revision.body)
    return await change(solution_id, earlier, by=by, if_version=if_version)


async def revisions(solution_id: int, *, by: Actor) -> tuple[RevisionView, ...]:
    """Return the earlier wordings of a solution, newest first; raises NotFound without the right to write."""
    require(by, Permission.SOLUTION_WRITE)
    async with reading():
        rows = await SolutionRevision.filter(solution_id=solution_id).order_by("-id")
    return tuple(RevisionView(row.id, row.of_version, row.title, row.body, row.user_id, row.created_at) for row in rows)


async def next_change(count: int = 1) -> int:
    """Return the first of `count` numbers for `changed`, larger than any before; to be called in the transaction.

    On PostgreSQL a lock until the commit makes numbers visible in their order, so that whoever has read up to one number
    never misses a smaller one. On SQLite there is one writer anyway.
    """
    if database.is_postgres():
        await database.rows("SELECT pg_advisory_xact_lock(?::bigint)", CHANGES_LOCK)
    found = await database.rows("SELECT COALESCE(MAX(changed), 0) AS newest FROM solutions")
    newest: int = found[0]["newest"]
    return newest + 1


def _taken(key: str, language: str | None) -> str:
    return _("There is a solution %(key)s in %(language)s already.") % {"key": key, "language": language}


def _require(by: Actor, status: Status) -> None:
    require(by, Permission.SOLUTION_WRITE)
    if status is Status.PUBLISHED:
        require(by, Permission.SOLUTION_PUBLISH)


async def _row(solution_id: int) -> Solution:
    rows = Solution.filter(id=solution_id)
    row = await (rows.select_for_update() if database.is_postgres() else rows).first()
    if row is None:
        raise NotFound
    return row


def _differing(row: Solution, changes: Changes) -> dict[str, Any]:
    given = {name: value for name, value in asdict(changes).items() if value is not None}
    if "categories" in given:
        given["categories"] = list(dict.fromkeys(given["categories"]))
    if "title" in given:
        given["title"] = given["title"].strip()
        if not given["title"]:
            raise Invalid.field("title", "must not be empty")
    after = {name: given.get(name, getattr(row, name)) for name in ("title", "body", "language", "categories")}
    problems = problems_of(row.key, **after)
    if problems:
        raise Invalid(problems)
    return {name: value for name, value in given.items() if value != getattr(row, name)}


async def _change(row: Solution, values: dict[str, Any], by: Actor) -> None:
    if row.status == Status.PUBLISHED:
        _require(by, Status.PUBLISHED)
    if values.keys() & {"title", "body"}:
        await SolutionRevision.create(
            solution_id=row.id, of_version=row.version, title=row.title, body=row.body, user_id=by.user_id
        )
    row.update_from_dict(values)
    row.version += 1
    row.updated_at = clock.now()
    row.changed = await next_change()
    await row.save()
    if "categories" in values:
        await SolutionCategory.filter(solution_id=row.id).delete()
        await _file(row.id, row.categories)
    await _tell(row, sorted(values), by)


async def _file(solution_id: int, categories: list[str]) -> None:
    await SolutionCategory.bulk_create([SolutionCategory(solution_id=solution_id, name=name) for name in categories])


async def _tell(row: Solution, what: list[str], by: Actor) -> None:
    data = {"version": row.version, "changed": what, "status": str(row.status), "visibility": str(row.visibility)}
    await journal.record(EventName.SOLUTION_WRITTEN, by=by, subject=("solution", row.id), data=data)


async def _free_key(title: str, language: str) -> str:
    """Make a key of the title's words; a number tells it from others."""
    stem = "-".join(words.of_question(title))[: LONGEST_KEY - 8].strip("-") or "solution"
    rows = await Solution.filter(key__startswith=stem, language=language).values_list("key", flat=True)
    taken = {str(each) for each in rows}
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if key not in taken)
