"""The console around a page: the rail, the views with their counts, and who is here."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from casedesk import language
from casedesk.cases import listing
from casedesk.cases.shapes import QueueRef, ViewCounts
from casedesk.errors import Unavailable
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.mail.senders import sender_of
from casedesk.permissions import Permission, can
from casedesk.queues import known
from casedesk.web import demo_stand, guard, signs
from casedesk.web.views import RailLink, Shell, Tone, ViewGroup, ViewLink

_MARKS = {
    "mine": "user",
    "unassigned": "circle-dashed",
    "due": "clock",
    "breached": "triangle-alert",
    "all": "inbox",
    "recent": "history",
}
_TONES = {"due": Tone.WARN, "breached": Tone.BAD}
_HUES = 8


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What shell and list both need, asked once a request."""

    counts: ViewCounts
    queues: tuple[QueueRef, ...]
    desk: str


async def surroundings(by: Actor) -> Surroundings:
    """Ask for counts, queues and the desk's name."""
    queues = tuple(QueueRef(queue.id, queue.key, queue.name) for queue in await known.every())
    try:
        desk = (await sender_of(None)).name
    except Unavailable:
        desk = ""
    return Surroundings(await listing.counts(by=by), queues, desk)


async def shell_for(request: Request, *, view: str = "", pane: str = "list", rail: str = "") -> Shell:
    """Return the shell of a page; `rail` names the area that is open, the cases when it is empty."""
    return shell(request, await surroundings(guard.actor_of(request)), view=view, pane=pane, rail=rail)


def shell(request: Request, around: Surroundings, *, view: str = "", pane: str = "list", rail: str = "") -> Shell:
    """Return the shell of a page from what was asked."""
    by, preferences = guard.actor_of(request), guard.session_of(request).preferences
    return Shell(
        me=signs.person(by.name),
        rail=_rail(by, around.counts, rail or "cases"),
        groups=_groups(around.counts, around.queues) if can(by, Permission.DESK_WORK) else (),
        view=view,
        letter_keys=preferences.get("letter_keys") != "off",
        pane=pane,
        desk=around.desk or _("casedesk"),
        me_id=by.user_id or 0,
        may_serve=can(by, Permission.CASE_ASSIGN),
        may_call=can(by, Permission.CALL_LOG),
        new_url="/console/call" if can(by, Permission.CALL_LOG) else "/console/new",
        may_log=can(by, Permission.CASE_CREATE),
        demo=demo_stand.note(request.app.state.demo, with_tour=preferences.get("tour") != "closed"),
        zone="" if preferences.get("time_zone") else language.reader().zone,
    )


def titles(queues: Sequence[QueueRef]) -> dict[str, str]:
    """Return the title of every view by its key."""
    named = {
        "mine": _("Assigned to me"),
        "unassigned": _("Unassigned"),
        "due": _("Due next hour"),
        "breached": _("Breached"),
        "all": _("All open cases"),
        "recent": _("All cases"),
    }
    return named | {f"q-{queue.key}": queue.name for queue in queues}


def count_of(view: str, counts: ViewCounts, queues: Sequence[QueueRef]) -> int | None:
    """Return how many cases a view holds, None for one that is not counted."""
    known = {"mine": counts.mine, "unassigned": counts.unassigned, "due": counts.due, "breached": counts.breached}
    known |= {"all": counts.all} | {f"q-{queue.key}": counts.queues.get(queue.id, 0) for queue in queues}
    return known.get(view)


def _rail(by: Actor, counts: ViewCounts, here: str) -> tuple[RailLink, ...]:
    badge = str(counts.mine) if 0 < counts.mine < 100 else "99+" if counts.mine else ""
    links = [("cases", RailLink(_("Cases"), "/console", "inbox", "i", badge, here == "cases"))]
    if can(by, Permission.CALL_LOG):
        links.append(("calls", RailLink(_("Telephone"), "/console/call", "phone", "p", here=here == "calls")))
    if can(by, Permission.DESK_WORK):
        links += [
            ("search", RailLink(_("Search"), "/console/search", "search", "s", here=here == "search")),
            ("solutions", RailLink(_("Solutions"), "/console/solutions", "book-open", "k", here=here == "solutions")),
            ("tasks", RailLink(_("Tasks"), "/console/tasks", "list-checks", "t", here=here == "tasks")),
        ]
    if can(by, Permission.QUEUE_CHANGE):
        links.append(("setup", RailLink(_("Setup"), "/console/setup", "settings", "e", here=here == "setup")))
    if can(by, Permission.OPERATIONS_READ):
        url = "/console/setup/operations"
        links.append(("operations", RailLink(_("Operations"), url, "activity", "o", here=here == "operations")))
    return tuple(link for _name, link in links)


def _groups(counts: ViewCounts, queues: Sequence[QueueRef]) -> tuple[ViewGroup, ...]:
    named = titles(queues)
    work = tuple(_link(key, named[key], count_of(key, counts, queues)) for key in _MARKS)
    places = tuple(
        _link(f"q-{queue.key}", queue.name, counts.queues.get(queue.id, 0), hue=place % _HUES + 1)
        for place, queue in enumerate(queues)
    )
    return (ViewGroup(_("My work"), work), ViewGroup(_("Queues"), places))


def _link(key: str, label: str, count: int | None, hue: int = 0) -> ViewLink:
    words = "" if not count else str(count) if count < 1000 else "999+"
    tone = _TONES.get(key, Tone.PLAIN) if count else Tone.PLAIN
    return ViewLink(key, label, f"/console/v/{key}", words, tone, _MARKS.get(key, ""), hue)
