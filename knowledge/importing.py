"""Bring solutions in, one JSON object a line; a bad line is told of and never stops the others.

A line is `{key, title, body, language, categories, visibility, status}`; `key` and one of `title` and `body` are needed.
A key that exists in the language is updated, so the same file can be brought in again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from casedesk import clock, journal
from casedesk.database import transaction
from casedesk.events import EventName
from casedesk.identity import Actor
from casedesk.permissions import Permission, can, require
from knowledge import writing
from knowledge.models import Solution, SolutionCategory, SolutionRevision
from knowledge.solution import Draft, Status, Visibility, problems_of

STEP = 500
"""Lines stored in one transaction."""
LONGEST_LINE = 4_000_000
"""Bytes of a line."""

_FIELDS = frozenset({"key", "title", "body", "language", "categories", "visibility", "status"})
Word = TypeVar("Word", bound=StrEnum)
_KEPT = ("title", "body", "status", "visibility", "categories")


@dataclass(frozen=True, slots=True)
class Failure:
    """A line that was not taken, counted from 1, and what would be right."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines; one that changed nothing counts as updated."""

    created: int
    updated: int
    failed: tuple[Failure, ...]


@dataclass(slots=True)
class Tally:
    """What became of the lines, with those that changed nothing apart (and counted as updated, too)."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)


class _BadLine(Exception):
    """Why a line cannot be taken; never leaves this file."""


async def import_lines(lines: bytes | Iterable[bytes], *, by: Actor) -> Imported:
    """Keep every good line (UTF-8; `bytes` are cut at line ends) and return what became of them, in batches of 500.

    Each batch is one transaction and records one SolutionWritten. Raises NotFound without the right to write.
    """
    tally = await take_in(lines, by=by)
    return Imported(tally.created, tally.updated, tuple(tally.failed))


async def take_in(lines: bytes | Iterable[bytes], *, by: Actor) -> Tally:
    """Do `import_lines`, and tell the lines that changed nothing apart."""
    require(by, Permission.SOLUTION_WRITE)
    may_publish = can(by, Permission.SOLUTION_PUBLISH)
    tally = Tally()
    batch: dict[tuple[str, str], tuple[int, Draft]] = {}
    for number, line in enumerate(lines.split(b"\n") if isinstance(lines, bytes) else lines, 1):
        try:
            draft = _read(line)
            if draft is not None and draft.status is Status.PUBLISHED and not may_publish:
                raise _BadLine("you may not publish: give status draft or review")
        except _BadLine as problem:
            tally.failed.append(Failure(number, str(problem)))
            continue
        if draft is None:
            continue
        name = (draft.key, draft.language)
        if name in batch or len(batch) >= STEP:  # the same key again changes what the earlier line made
            await _store(batch, tally, by)
            batch = {}
        batch[name] = (number, draft)
    await _store(batch, tally, by)
    tally.failed.sort(key=lambda each: each.line)
    return tally


def _read(line: bytes) -> Draft | None:
    """Return the draft of a line, None for an empty one; raises _BadLine with the reason."""
    if len(line) > LONGEST_LINE:
        raise _BadLine(f"is longer than {LONGEST_LINE} bytes")
    try:
        text = line.decode("utf-8-sig").strip()
        given = json.loads(text) if text else None
    except UnicodeDecodeError:
        raise _BadLine("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _BadLine("is not JSON") from None
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _BadLine("must be a JSON object")
    return _drafted(given)


def _drafted(given: Mapping[str, Any]) -> Draft:
    if unknown := sorted(given.keys() - _FIELDS):
        raise _BadLine(f"{', '.join(unknown)[:200]}: unknown field")
    categories = given.get("categories") or []
    if not isinstance(categories, list) or not all(isinstance(each, str) for each in categories):
        raise _BadLine("categories: must be a list of strings")
    draft = Draft(
        key=_text(given, "key").strip(),
        title=_text(given, "title").strip(),
        body=_text(given, "body"),
        language=_text(given, "language").strip() or "en",
        categories=tuple(dict.fromkeys(each.strip() for each in categories)),
        visibility=_one_of(Visibility, given, "visibility", Visibility.INTERNAL),
        status=_one_of(Status, given, "status", Status.DRAFT),
    )
    if not draft.key:
        raise _BadLine("key: must not be empty")
    if problems := problems_of(draft.key, draft.title, draft.body, draft.language, draft.categories):
        raise _BadLine("; ".join(f"{each.field}: {each.message}" for each in problems))
    return draft


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLine(f"{name}: must be a string")
    return value


def _one_of(words: type[Word], given: Mapping[str, Any], name: str, usual: Word) -> Word:
    value = given.get(name)
    if value is None:
        return usual
    if not isinstance(value, str) or value not in set(words):
        raise _BadLine(f"{name}: must be one of {', '.join(words)}")
    return words(value)


async def _store(lines: Mapping[tuple[str, str], tuple[int, Draft]], tally: Tally, by: Actor) -> None:
    """Keep the lines, each with its number; a published solution is changed only by who may publish."""
    if not lines:
        return
    may_publish = can(by, Permission.SOLUTION_PUBLISH)
    async with transaction():
        first = await writing.next_change(len(lines))
        known = {(row.key, row.language): row for row in await Solution.filter(key__in={key for key, _ in lines})}
        closed = {name for name, row in known.items() if row.status == Status.PUBLISHED and not may_publish}
        batch = {name: draft for name, (_, draft) in lines.items() if name not in closed}
        fresh = [draft for name, draft in batch.items() if name not in known]
        stale = [
            (known[name], draft) for name, draft in batch.items() if name in known and _differs(known[name], draft)
        ]
        changes = iter(range(first, first + len(batch)))
        written = await _create(fresh, changes) + await _update(stale, changes, by)
        if written:
            data = {"imported": len(fresh), "updated": len(stale), "solutions": written}
            await journal.record(EventName.SOLUTION_WRITTEN, by=by, data=data)
    tally.failed += [
        Failure(number, "this solution is published, and you may not publish")
        for name, (number, _) in lines.items()
        if name in closed
    ]
    tally.created += len(fresh)
    tally.updated += len(batch) - len(fresh)
    tally.unchanged += len(batch) - len(fresh) - len(stale)


async def _create(drafts: Sequence[Draft], changes: Iterator[int]) -> list[int]:
    if not drafts:
        return []
    await Solution.bulk_create(
        [
            Solution(
                key=draft.key,
                title=draft.title,
                body=draft.body,
                language=draft.language,
                categories=list(draft.categories),
                visibility=draft.visibility,
                status=draft.status,
                changed=next(changes),
            )
            for draft in drafts
        ]
    )
    made = await Solution.filter(key__in={draft.key for draft in drafts}).values_list("id", "key", "language")
    numbers = {(key, language): number for number, key, language in made}
    ids = [numbers[draft.key, draft.language] for draft in drafts]
    await _file(dict(zip(ids, drafts, strict=True)))
    return ids


async def _update(stale: Sequence[tuple[Solution, Draft]], changes: Iterator[int], by: Actor) -> list[int]:
    if not stale:
        return []
    await SolutionRevision.bulk_create(
        [
            SolutionRevision(
                solution_id=row.id, of_version=row.version, title=row.title, body=row.body, user_id=by.user_id
            )
            for row, draft in stale
            if (row.title, row.body) != (draft.title, draft.body)
        ]
    )
    for row, draft in stale:
        row.update_from_dict(_values(draft))
        row.version += 1
        row.changed = next(changes)
        row.updated_at = clock.now()
    await Solution.bulk_update([row for row, _ in stale], fields=(*_KEPT, "version", "changed", "updated_at"))
    ids = [row.id for row, _ in stale]
    await SolutionCategory.filter(solution_id__in=ids).delete()
    await _file({row.id: draft for row, draft in stale})
    return ids


async def _file(drafts: Mapping[int, Draft]) -> None:
    filed = [
        SolutionCategory(solution_id=number, name=name) for number, draft in drafts.items() for name in draft.categories
    ]
    if filed:
        await SolutionCategory.bulk_create(filed)


def _values(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in _KEPT if name != "categories"} | {
        "categories": list(draft.categories)
    }


def _differs(row: Solution, draft: Draft) -> bool:
    return any(getattr(row, name) != value for name, value in _values(draft).items())
