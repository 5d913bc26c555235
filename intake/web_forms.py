"""The forms of other web sites: what each asks, what a case sent by it begins with, where its sender is led afterwards.

What is sent by them is worked in `by_web`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from casedesk.cases.fields import PRIORITIES
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor
from casedesk.language import alternatives
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.portals.models import Portal
from casedesk.queues.models import Queue
from casedesk.registers import Reference, Register, Values
from casedesk.remembering import Remembered
from casedesk.rules.lifecycle import DEFAULT_TYPES, Priority
from intake.models import WebForm

MOST_ASKED = 30
LONGEST_LABEL = 120
_ASK = re.compile(r"(?P<name>[a-z_]+|custom\.[A-Za-z_][A-Za-z0-9_]{0,50})(?P<needed>\*?)(?:\s*:\s*(?P<label>.+))?")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")


class Ask(StrEnum):
    """What a form may ask beside name, address and question; custom fields join as `custom.NAME`."""

    SUBJECT = "subject"
    COMPANY = "company"
    PHONE = "phone"
    SERIAL = "serial"
    TYPE = "type"
    PRIORITY = "priority"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that a form asks: `name` is that of the input, `label` empty where the page has a word of its own."""

    name: str
    needed: bool
    label: str = ""

    @property
    def is_custom(self) -> bool:
        """Say whether its value becomes a custom field of the case."""
        return self.name.startswith("custom.")


@dataclass(frozen=True, slots=True)
class WebFormRecord:
    """A form. `asks` are lines such as `phone`, `serial*` (needed) or `custom.plant*: Which plant?`; `queue` is a key.

    `returns_to` "" is our own page of thanks; `portal` is the slug of the brand that answers.
    """

    id: int
    version: int
    key: str
    name: str
    intro: str
    portal: str | None
    queue: str | None
    type: str | None
    priority: Priority | None
    tags: tuple[str, ...]
    asks: tuple[str, ...]
    language: str | None
    returns_to: str
    hosts: tuple[str, ...]
    active: bool
    created_at: datetime
    updated_at: datetime

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Return the fields beside name, address and question, in their order."""
        return tuple(_asked(line) for line in self.asks)

    def leads_to(self, wished: str) -> str:
        """Return where the sender is led: where the form wished, if its host is named here; "" is our page of thanks."""
        named = {*self.hosts, urlsplit(self.returns_to).netloc.lower()} - {""}
        return (
            wished if wished and _is_address(wished) and urlsplit(wished).netloc.lower() in named else self.returns_to
        )


async def _forms(rows: Sequence[WebForm]) -> tuple[WebFormRecord, ...]:
    portals = dict(await Portal.filter(id__in=[r.portal_id for r in rows if r.portal_id]).values_list("id", "slug"))
    queues = dict(await Queue.filter(id__in=[r.queue_id for r in rows if r.queue_id]).values_list("id", "key"))
    return tuple(
        WebFormRecord(
            id=row.id,
            version=row.version,
            key=row.key,
            name=row.name,
            intro=row.intro,
            portal=portals.get(row.portal_id) if row.portal_id is not None else None,
            queue=queues.get(row.queue_id) if row.queue_id is not None else None,
            type=row.type,
            priority=None if row.priority is None else Priority(row.priority),
            tags=tuple(row.tags),
            asks=tuple(row.asks),
            language=row.language,
            returns_to=row.returns_to,
            hosts=tuple(row.hosts),
            active=row.active,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


async def _check(values: Values, row: WebForm | None, by: Actor) -> Values:
    for name, allowed in (("type", DEFAULT_TYPES), ("priority", PRIORITIES)):
        if values.get(name) is not None and values[name] not in allowed:
            raise Invalid.field(name, _("give one of %(these)s") % {"these": alternatives(allowed)})
    if "asks" in values:
        values["asks"] = _asks(values["asks"])
    if values.get("returns_to") and not _is_address(values["returns_to"]):
        raise Invalid.field("returns_to", _("give an address such as https://www.example.com/thanks"))
    if "hosts" in values:
        values["hosts"] = [_host(each) for each in values["hosts"] if each.strip()]
    return values


WEB_FORMS: Register[WebForm, WebFormRecord] = Register(
    noun="web_form",
    model=WebForm,
    read=Permission.MAILBOX_READ,
    write=Permission.MAILBOX_CHANGE,
    show=_forms,
    check=_check,
    unique=("key",),
    words=frozenset({"intro", "returns_to"}),
    references={
        "queue": Reference("queues", "queue", column="key", stores="queue_id"),
        "portal": Reference("portals", "portal", column="slug", stores="portal_id"),
    },
    remembered=("web_forms",),
)


async def _load() -> tuple[WebFormRecord, ...]:
    return await _forms(await WebForm.filter(active=True).order_by("id"))


_in_use = Remembered("web_forms", _load)


async def in_use(key: str = "") -> WebFormRecord:
    """Return the form with this key that is in use, without a key the only one there is; raises NotFound."""
    found = [form for form in await _in_use.get() if not key or form.key == key]
    if len(found) != 1:
        raise NotFound
    return found[0]


def _asks(lines: Sequence[str]) -> list[str]:
    wanted = [" ".join(line.split()) for line in lines if line.strip()]
    if len(wanted) > MOST_ASKED:
        raise Invalid.field("asks", _("at most %(most)d fields") % {"most": MOST_ASKED})
    names = [_asked(line).name for line in wanted]
    if len(set(names)) != len(names):
        raise Invalid.field("asks", _("each field once"))
    return wanted


def _asked(line: str) -> Asked:
    found = _ASK.fullmatch(line)
    if found is None or (found["name"] not in set(Ask) and not found["name"].startswith("custom.")):
        words = _(
            "%(given)s is none of %(these)s or custom.NAME; a * behind it makes it needed, words after : are its label"
        )
        raise Invalid.field("asks", words % {"given": line[:60], "these": ", ".join(Ask)})
    label = found["label"] or ""
    if len(label) > LONGEST_LABEL:
        raise Invalid.field("asks", _("a label may have %(most)d characters") % {"most": LONGEST_LABEL})
    return Asked(found["name"], bool(found["needed"]), label)


def _host(given: str) -> str:
    host = given.strip().lower()
    if _HOST.fullmatch(host) is None:
        raise Invalid.field("hosts", _("%(given)s is no host such as www.example.com") % {"given": given[:60]})
    return host


def _is_address(text: str) -> bool:
    """Say whether `text` is a whole web address without anything that could fool a reader or a browser."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not set(text) & set(' \\"<>')
    return plain and parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc.lower()) is not None
