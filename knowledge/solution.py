"""What a solution is to everybody outside: its words for closed sets, and the shapes it is handed over in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casedesk.errors import FieldProblem
from casedesk.language import gettext as _
from casedesk.language import number
from knowledge.models import Solution

LONGEST_KEY = 120
LONGEST_TITLE = 300
LONGEST_BODY = 400_000
"""Characters of a body; more is a book, to be attached."""
MOST_CATEGORIES = 20
LONGEST_CATEGORY = 80
_SHOWN_TITLE = 90
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}\Z")


class Status(StrEnum):
    """Where a solution stands between the first word and the shelf."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    """For whom a published solution is written: staff, customers who signed in, everybody."""

    INTERNAL = "internal"
    PORTAL = "portal"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new solution is made of. An empty `key` is made from the title; `body` is Markdown or plain text."""

    title: str
    body: str
    key: str = ""
    language: str = "en"
    categories: tuple[str, ...] = ()
    visibility: Visibility = Visibility.INTERNAL
    status: Status = Status.DRAFT


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a solution; None leaves a field as it is."""

    title: str | None = None
    body: str | None = None
    language: str | None = None
    categories: tuple[str, ...] | None = None
    visibility: Visibility | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class SolutionView:
    """A solution as it is handed over. `title` is never empty; `version` is its ETag."""

    id: int
    key: str
    language: str
    title: str
    body: str
    status: Status
    visibility: Visibility
    categories: tuple[str, ...]
    uses: int
    solved: int
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A wording a solution had at `of_version`, until `until`; `user_id` is who replaced it."""

    id: int
    of_version: int
    title: str
    body: str
    user_id: int | None
    until: datetime


def view_of(row: Solution) -> SolutionView:
    """Return the row as others see it."""
    return SolutionView(
        id=row.id,
        key=row.key,
        language=row.language,
        title=title_of(row.title, row.body),
        body=row.body,
        status=Status(row.status),
        visibility=Visibility(row.visibility),
        categories=tuple(row.categories),
        uses=row.uses,
        solved=row.solved,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def title_of(title: str, body: str) -> str:
    """Return the title, or where an import gave none, the beginning of the body's first line."""
    if title.strip():
        return title
    first = next((line.strip(" #*\t") for line in body[:2_000].splitlines() if line.strip(" #*\t")), "")
    return first if len(first) <= _SHOWN_TITLE else first[: first.rfind(" ", 0, _SHOWN_TITLE)].rstrip() + " …"


def problems_of(key: str, title: str, body: str, language: str, categories: Sequence[str]) -> list[FieldProblem]:
    """Return what is wrong with the words of a solution, each with its field; nothing when all can be kept."""
    found = [
        FieldProblem(name, _("may have at most %(most)s characters") % {"most": number(most)})
        for name, text, most in (
            ("key", key, LONGEST_KEY),
            ("title", title, LONGEST_TITLE),
            ("body", body, LONGEST_BODY),
        )
        if len(text) > most
    ]
    if not _LANGUAGE.match(language):
        found.append(FieldProblem("language", "must be a language tag such as en or pt-BR"))
    if len(categories) > MOST_CATEGORIES or any(not 0 < len(each) <= LONGEST_CATEGORY for each in categories):
        words = _("must be at most %(most)s names of 1 to %(longest)s characters")
        found.append(FieldProblem("categories", words % {"most": MOST_CATEGORIES, "longest": LONGEST_CATEGORY}))
    fields = (("key", key), ("title", title), ("body", body), *(("categories", each) for each in categories))
    found += [FieldProblem(name, "holds characters that are not text") for name, text in fields if not _is_text(text)]
    if not title.strip() and not body.strip():
        found.append(FieldProblem("body", "must not be empty together with the title"))
    return found


def _is_text(text: str) -> bool:
    """Half a surrogate pair can be written in JSON, and NUL; no database keeps either."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
