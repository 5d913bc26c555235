"""The list pane: rows of cases, the words around them, and the pill of what is new. Pure: shapes in, views out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from casedesk.cases import shapes
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import Priority
from casedesk.web import signs
from casedesk.web.views import CaseList, CaseRow, Choice, ClockChip, Filter

_A_DAY_OF_WORK = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for; empty strings ask for nothing, and without a view there is no list."""

    view: str
    words: str = ""
    sort: str = ""
    cursor: str = ""

    @property
    def url(self) -> str:
        """Return the address of this list from its start, with its words and order."""
        return f"/console/v/{self.view}{self._query(q=self.words, sort=self.sort)}" if self.view else "/console"

    @property
    def place(self) -> str:
        """Return the query by which a case opened from this list knows it."""
        return self._query(v=self.view, q=self.words, sort=self.sort)

    @property
    def own_query(self) -> str:
        """Return the words and the order alone, as a query."""
        return self._query(q=self.words, sort=self.sort)

    def next_url(self, cursor: str | None) -> str:
        """Return the address of the next page, empty at the end."""
        base = f"/console/v/{self.view}"
        return base + self._query(q=self.words, sort=self.sort, cursor=cursor) if cursor else ""

    @staticmethod
    def _query(**given: str) -> str:
        chosen = {name: value for name, value in given.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""


def case_list(
    asked: Asked, title: str, page: shapes.Page[shapes.CaseRow], *, count: int | None, now: datetime, here: str = ""
) -> CaseList:
    """Return the list pane; `here` is the number of the case that is open."""
    filters = [Filter(_("All that are open") if asked.view != "recent" else _("Open and closed"))]
    if asked.words:
        filters.append(Filter(f"“{asked.words}”", True, Asked(asked.view, sort=asked.sort).url))
    if asked.cursor:
        filters.append(Filter(_("Further down"), True, asked.url))
    empty, hint, url = _empty(asked)
    return CaseList(
        key=asked.view,
        title=title,
        url=asked.url,
        rows=tuple(case_row(row, asked.place, now=now, here=here) for row in page.items),
        count="" if count is None or asked.words else str(count),
        filters=tuple(filters),
        sorts=_sorts(asked),
        searched=asked.words,
        more_url=asked.next_url(page.next),
        empty=empty,
        empty_hint=hint,
        empty_url=url,
        rows_query=asked.own_query,
    )


def case_row(row: shapes.CaseRow, place: str, *, now: datetime, here: str = "", gone: str = "") -> CaseRow:
    """Return one row; `place` leads back to its list, `gone` says why the case is no longer in it."""
    who = [part for part in (row.contact.name if row.contact else "", row.account.name if row.account else "") if part]
    clock = _clock(row, now)
    return CaseRow(
        id=row.id,
        number=row.number,
        url=f"/console/c/{row.number}{place}",
        channel=signs.channel(row.origin),
        who=" · ".join(who) or _("Somebody unknown"),
        subject=row.subject,
        line=row.excerpt,
        at=row.updated_at,
        clock=clock,
        priority=Priority(row.priority),
        level=signs.level_words(row.level),
        owner=signs.person(row.owner.name) if row.owner else None,
        status="" if clock else signs.status_words(row.status),
        unread=row.status_category == "new",
        here=row.number == here,
        gone=gone,
    )


def why_gone(row: shapes.CaseRow, view: str) -> str:
    """Say why a case is no longer in a view: it ended, somebody has it, or it went to another queue."""
    if row.status_category in ("resolved", "closed"):
        return signs.status_words(row.status)
    if view.startswith("q-") and row.queue is not None:
        return _("Now in %(queue)s") % {"queue": row.queue.name}
    if row.owner is not None and view in ("mine", "unassigned"):
        return _("%(name)s has it") % {"name": row.owner.name}
    if row.owner is None and view == "mine":
        return _("Nobody has it")
    return _("No longer here")


def _clock(row: shapes.CaseRow, now: datetime) -> ClockChip | None:
    if row.paused:
        return signs.resting_clock(signs.status_words(row.status))
    due = row.next_due_at
    if due is None:
        return None
    # A row knows when its case began, not when its customer wrote last: an answer still owed counts from then.
    start = row.created_at if row.next_due_kind != "next_response" else max(row.created_at, due - _A_DAY_OF_WORK)
    whole = (due - start).total_seconds()
    used = (now - start).total_seconds() / whole if whole > 0 else 1.0
    return signs.running_clock(signs.milestone_words(row.next_due_kind), due, now, used)


def _sorts(asked: Asked) -> tuple[Choice, ...]:
    chosen = asked.sort or ("newest" if asked.view == "recent" else "sla")
    words = (("sla", _("Due first")), ("newest", _("Newest first")), ("updated", _("Changed last")))
    return tuple(Choice(value, label, value == chosen) for value, label in words)


def _empty(asked: Asked) -> tuple[str, str, str]:
    if asked.words:
        return (
            _("Nothing here has these words"),
            _("Other views may"),
            f"/console/search?{urlencode({'q': asked.words})}",
        )
    if asked.view == "mine":
        return _("Nothing is waiting for you"), _("Take one that nobody has"), "/console/v/unassigned"
    return _("Nothing is waiting"), _("See all open cases"), "/console/v/all"
