"""People and roles: who works here, what each may do, the queues they work, and the tokens of their programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import Conflict, Invalid, NotFound, Unavailable
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.permissions import Permission, can
from casedesk.queues import known
from casedesk.setup import staffing
from casedesk.users import directory, enrolling
from casedesk.users.directory import UserRecord
from casedesk.web import asking, forms, guard
from casedesk.web.admin import kept_pages, options
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Words
from casedesk.web.admin.nouns import languages_field
from casedesk.web.admin.page_views import Cell
from casedesk.web.views import Choice, Tone


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in the list; `scopes` is worded."""

    id: int
    name: str
    prefix: str
    scopes: str
    made_at: datetime
    used_at: datetime | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What stands beside the form of a member of staff; `secret` is a token just made, shown this once."""

    url: str
    active: bool
    invited: bool
    is_me: bool
    tokens: tuple[TokenRow, ...]
    rights: tuple[Choice, ...]
    secret: str = ""


async def _fields(by: Actor) -> tuple[Field, ...]:
    queues = tuple(Choice(str(each.id), each.name) for each in await known.every())
    return (
        Field("name", _("Name"), required=True),
        Field("email", _("Email"), Kind.EMAIL, required=True, longest=320, hint=_("They sign in with it.")),
        Field("role", _("Role"), Kind.CHOICE, required=True, options=options.roles()),
        Field(
            "tier", _("Tier"), Kind.NUMBER, lowest=1, highest=9, hint=_("1 meets customers first; escalations go up.")
        ),
        Field("skills", _("Skills"), Kind.LINES, longest=120, rows=2, hint=_("One a line.")),
        languages_field("languages", _("Languages")),
        Field("queues", _("Queues they work"), Kind.TICKS, options=queues),
    )


def _cells(person: UserRecord, names: Names) -> tuple[Cell, ...]:
    if not person.active:
        state = Cell(_("Suspended"), Tone.OFF)
    elif person.invited:
        state = Cell(_("Invited"), Tone.WARN)
    else:
        state = Cell(_("Active"), Tone.OK)
    return (
        Cell(options.role_words(person.role)),
        Cell(person.email),
        Cell(str(person.tier) if person.tier else "—"),
        Cell(", ".join(person.languages) or "—"),
        state,
    )


async def _beside(request: Request, person: UserRecord, secret: str = "") -> PersonPage:
    rights = tuple(
        Choice(each.value, each.value)
        for each in Permission
        if can(Actor(guard.actor_of(request).kind, role=person.role), each)
    )
    return PersonPage(
        url=f"{PEOPLE.url}/{person.id}",
        active=person.active,
        invited=person.invited,
        is_me=person.id == guard.actor_of(request).user_id,
        tokens=tuple(
            TokenRow(
                each.id, each.name or _("without a name"), each.prefix,
                ", ".join(each.scopes) if each.scopes is not None else _("all that they may do"),
                each.created_at, each.last_used_at, each.revoked_at is not None,
            )
            for each in await directory.list_tokens(user_id=person.id)
        ),
        rights=rights,
        secret=secret,
    )  # fmt: skip


async def _shown(record: UserRecord) -> Mapping[str, Any]:
    return {"queues": await staffing.queues_of(record.id)}


PEOPLE = Kept(
    key="people",
    register=enrolling.USERS,
    words=lambda: Words(
        _("People and roles"),
        _("Whoever is added gets a mail with a link to choose a password. Suspending somebody signs them out at once."),
        _("Invite somebody"), _("Nobody works here yet."), _("Invite somebody"),
    ),
    fields=_fields,
    columns=lambda: (_("Role"), _("Email"), _("Tier"), _("Languages"), _("State")),
    cells=_cells,
    named=lambda person: person.name,
    values_of=_shown,
    add=staffing.add,
    change=staffing.change,
    remove=enrolling.remove_user,
    is_off=lambda person: not person.active,
    more=_beside,
    beside="admin/person.html",
)  # fmt: skip


async def suspend(request: Request) -> Response:
    """Sign somebody out and let them in no more, or let them in again."""
    form = await forms.read(request)
    return await _changed(request, {"active": form.text("active") == "1"}, "saved")


async def send_link(request: Request) -> Response:
    """Send a link to choose a password."""
    person = await _person(request)
    try:
        await staffing.send_link(person.id, by=guard.actor_of(request))
    except Unavailable as error:
        return await kept_pages.drawn(request, PEOPLE, person, error=Conflict(error.message))
    return RedirectResponse(f"{PEOPLE.url}/{person.id}?said=sent", 303)


async def add_token(request: Request) -> Response:
    """Make a token and show its secret this once."""
    person, form = await _person(request), await forms.read(request)
    scopes = form.texts("scopes")
    try:
        made = await enrolling.add_token(
            person.id, by=guard.actor_of(request), name=form.line("token_name"), scopes=scopes or None
        )
    except Invalid as error:
        return await kept_pages.drawn(request, PEOPLE, person, error=error)
    return await kept_pages.drawn(request, PEOPLE, person, more=await _beside(request, person, made.secret))


async def revoke_token(request: Request) -> Response:
    """End a token at once."""
    person, number = await _person(request), asking.whole_id(request, "token")
    if number not in {each.id for each in await directory.list_tokens(user_id=person.id)}:
        raise NotFound
    await enrolling.revoke_token(number, by=guard.actor_of(request))
    return RedirectResponse(f"{PEOPLE.url}/{person.id}?said=saved#tokens", 303)


async def _person(request: Request) -> UserRecord:
    return await PEOPLE.register.find(asking.whole_id(request, "id"), by=guard.actor_of(request))  # type: ignore[no-any-return]


async def _changed(request: Request, values: Mapping[str, Any], said: str) -> Response:
    person = await _person(request)
    try:
        await staffing.change(person.id, values, by=guard.actor_of(request))
    except Conflict as error:
        return await kept_pages.drawn(request, PEOPLE, person, error=error)
    return RedirectResponse(f"{PEOPLE.url}/{person.id}?said={said}", 303)
