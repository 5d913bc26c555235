"""Solutions by API: the shelf, writing on it, importing, and suggesting what may answer a question."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from casedesk.permissions import Permission
from casedesk.web import paging
from casedesk.web.api.operations import PREFIX, Answer, Call, Operation, whole_id
from casedesk.web.api.schema import Language, Listed, ListQuery, LongWords, Shape, changes_of
from casedesk.web.middleware import MAX_IMPORT_BYTES
from knowledge import browsing, importing, suggesting, writing
from knowledge.audience import Audience, audience_of
from knowledge.importing import Imported
from knowledge.solution import LONGEST_BODY, Changes, Draft, SolutionView, Status, Visibility

MOST_SUGGESTIONS = 50

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_BODY)]
Categories = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=80)]], Field(max_length=20)]


class Reader(StrEnum):
    """For whom suggestions are."""

    AGENT = "agent"
    CUSTOMER = "customer"


class SolutionNew(Shape):
    """A solution to write; without a key one is made from the title."""

    title: Title
    body: Body
    key: Annotated[str, StringConstraints(max_length=120)] = ""
    language: Language = "en"
    categories: Categories = []
    visibility: Visibility = Visibility.INTERNAL
    status: Status = Status.DRAFT


class SolutionWords(Shape):
    """What of a solution may be changed; its key stays."""

    title: Title
    body: Body
    language: Language
    categories: Categories
    visibility: Visibility
    status: Status


class SolutionQuery(ListQuery):
    """What a list of solutions is narrowed to."""

    q: Annotated[str, StringConstraints(max_length=500)] = ""
    category: Annotated[str, StringConstraints(max_length=80)] = ""
    language: Annotated[str, StringConstraints(max_length=20)] = ""
    status: Status | None = None
    visibility: Visibility | None = None


class Question(Shape):
    """What somebody writes, and who would read the answer."""

    subject: Annotated[str, StringConstraints(max_length=2000)] = ""
    description: LongWords = ""
    language: Language | None = None
    audience: Reader = Reader.AGENT
    limit: Annotated[int, Field(ge=1, le=MOST_SUGGESTIONS)] = 5


@dataclass(frozen=True, slots=True)
class SolutionRef:
    """A solution as a suggestion names it."""

    id: int
    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A solution that may fit: how well, by which words, and the passage that says so."""

    solution: SolutionRef
    score: float
    why: tuple[str, ...]
    snippet: str


async def listed(call: Call) -> Answer:
    """Answer with a page of solutions."""
    asked: SolutionQuery = call.query
    audience = audience_of(call.actor)
    wanted = browsing.Wanted(asked.q, asked.category, asked.language, asked.status, asked.visibility)
    after = paging.after_id(asked.cursor) or None
    found = await browsing.list_solutions(wanted, audience=audience, after=after, limit=asked.limit)
    following = None if found.next is None else paging.cursor_of(found.next)
    return Answer(Listed.model_construct(items=found.items, next=following))


async def find(call: Call) -> SolutionView:
    """Return the solution of the path, if who asks may read it."""
    return await browsing.find(whole_id(call), audience=audience_of(call.actor))


async def shown(call: Call) -> Answer:
    """Answer with the solution."""
    return _answer(call.found)


async def written(call: Call) -> Answer:
    """Write a new solution."""
    given = call.body.model_dump()
    made = await writing.create(Draft(**{**given, "categories": tuple(given["categories"])}), by=call.actor)
    return Answer(made, made.version, {"location": f"{PREFIX}/solutions/{made.id}"})


async def changed(call: Call) -> Answer:
    """Change a solution."""
    given = call.body.model_dump(exclude_unset=True)
    if "categories" in given:
        given["categories"] = tuple(given["categories"])
    made = await writing.change(call.found.id, Changes(**given), by=call.actor, if_version=_seen(call))
    return _answer(made)


async def archived(call: Call) -> Answer:
    """Archive a solution: nothing that was written is lost."""
    await writing.set_status(call.found.id, Status.ARCHIVED, by=call.actor, if_version=_seen(call))
    return Answer()


async def imported(call: Call) -> Answer:
    """Take solutions in, one a line."""
    return Answer(await importing.import_lines(call.body, by=call.actor))


async def suggested(call: Call) -> Answer:
    """Answer with the solutions that may fit, best first."""
    asked: Question = call.body
    audience = Audience.PORTAL if asked.audience is Reader.CUSTOMER else audience_of(call.actor)
    found = await suggesting.suggest(
        asked.subject, asked.description, language=asked.language, audience=audience, limit=asked.limit
    )
    items = [
        SuggestionView(
            SolutionRef(each.solution_id, each.key, each.title, f"/console/solutions/{each.solution_id}"),
            each.score,
            each.why,
            each.snippet,
        )
        for each in found
    ]
    return Answer(Listed.model_construct(items=items, next=None))


def operations() -> list[Operation]:
    """Return the operations on solutions and suggestions."""
    read, write = Permission.SOLUTION_READ, Permission.SOLUTION_WRITE
    return [
        Operation("GET", "/solutions", listed, "List solutions.", read, Listed[SolutionView], query=SolutionQuery,
                  tag="solutions", name="list_solutions"),
        Operation("POST", "/solutions", written, "Write a new solution.", write, SolutionView, 201, body=SolutionNew,
                  tag="solutions", name="add_solution"),
        Operation("POST", "/solutions/import", imported, "Import solutions, one JSON object a line.", write, Imported,
                  body=bytes, takes=("application/x-ndjson", "text/plain"), max_bytes=MAX_IMPORT_BYTES, at_once=True,
                  tag="solutions", name="import_solutions"),
        Operation("GET", "/solutions/{id}", shown, "Read a solution.", read, SolutionView, find=find, tag="solutions",
                  name="read_solution"),
        Operation("PATCH", "/solutions/{id}", changed, "Change a solution.", write, SolutionView,
                  body=changes_of(SolutionWords), find=find, tag="solutions", name="change_solution"),
        Operation("DELETE", "/solutions/{id}", archived, "Archive a solution.", write, None, 204, find=find,
                  tag="solutions", name="archive_solution"),
        Operation("POST", "/suggestions", suggested, "Suggest solutions for a question.", Permission.SUGGESTION_ASK,
                  Listed[SuggestionView], body=Question, at_once=True, tag="solutions", name="suggest_solutions"),
    ]  # fmt: skip


def _seen(call: Call) -> int | None:
    version = call.require_match(call.found.version)
    return version if "if-match" in call.request.headers else None


def _answer(solution: SolutionView) -> Answer:
    return Answer(solution, solution.version)
