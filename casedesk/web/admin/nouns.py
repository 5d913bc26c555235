"""The team's and the mail's records: queues, people, mailboxes and letters, each described for the pages of `kept`."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.permissions import Permission, can
from casedesk.queues.arranging import QUEUES, QueueRecord
from casedesk.rules.lifecycle import Priority
from casedesk.web import guard, signs
from casedesk.web.admin import options
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Words
from casedesk.web.admin.page_views import Cell
from casedesk.web.views import Tone
from intake.mailboxes import MAILBOXES, MailboxRecord

KEY = r"[a-z0-9][a-z0-9_-]{0,59}"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def key_field(label: str = "") -> Field:
    """Return the field of a key: the short name by which rules and programs know a record."""
    return Field(
        "key", label or _("Key"), required=True, pattern=KEY, longest=60,
        hint=_("The short name that rules and programs use: small letters, digits, - and _."),
        cure=_("use small letters, digits, - and _, at most 60"),
    )  # fmt: skip


def languages_field(name: str, label: str) -> Field:
    """Return the field of a list of languages."""
    return Field(
        name, label, Kind.LINES, pattern=LANGUAGE, longest=20, rows=2, cure=_("give codes such as en or pt-BR"),
        hint=_("Codes such as en or pt-BR, one a line."),
    )  # fmt: skip


async def _queue_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True, longest=120),
        key_field(),
        Field("region", _("Region"), longest=60, hint=_("Such as EMEA; empty for all.")),
        Field("level", _("Level of support"), longest=40, hint=_("Such as premier; empty for all.")),
        Field("tier", _("Tier"), Kind.NUMBER, lowest=1, highest=9,
              hint=_("Who takes over when a case is escalated: 1 hands to 2.")),
        Field("position", _("Place in the console"), Kind.NUMBER, hint=_("0 stands at the top.")),
        Field("members", _("Members"), Kind.TICKS, options=await options.people(),
              hint=_("Cases of this queue are served to them.")),
    )  # fmt: skip


def _queue_cells(queue: QueueRecord, names: Names) -> tuple[Cell, ...]:
    number = len(queue.members)
    people = ngettext("%(n)s person", "%(n)s people", number) % {"n": number}
    return (
        Cell(queue.key, mono=True, faint=True),
        Cell(queue.region or "—"),
        Cell(signs.level_words(queue.level) or "—"),
        Cell(str(queue.tier) if queue.tier else "—"),
        Cell(people) if number else Cell(_("nobody"), Tone.WARN),
    )


def _queue_stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**values, "position": values["position"] or 0}


QUEUES_KEPT = Kept(
    key="queues",
    register=QUEUES,
    words=lambda: Words(
        _("Queues"),
        _("Cases wait in queues until somebody takes them. Which case goes where is decided by the assignment rules."),
        _("Add a queue"), _("There is no queue yet, so no case can wait anywhere."), _("New queue"),
    ),
    fields=_queue_fields,
    columns=lambda: (_("Key"), _("Region"), _("Level"), _("Tier"), _("Members")),
    cells=_queue_cells,
    named=lambda queue: queue.name,
    stored=_queue_stored,
    in_order=lambda queue: (queue.position, queue.id),
)  # fmt: skip


async def _mailbox_fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("address", _("Address"), Kind.EMAIL, required=True, longest=320,
              hint=_("Have your mail server hand mail for this address to casedesk.")),
        Field("queue", _("Queue"), Kind.CHOICE, options=await options.queues(),
              hint=_("Empty: the assignment rules decide.")),
        Field("priority", _("Priority to begin with"), Kind.CHOICE, options=options.priorities()),
        Field("portal", _("Brand"), Kind.CHOICE, options=await options.brands(by),
              hint=_("Names the sender of answers and the prefix of case numbers.")),
        Field("template", _("Acknowledgement"), Kind.CHOICE, options=await options.letters(),
              hint=_("Empty: the letter that the auto-response rules choose.")),
    )  # fmt: skip


def _mailbox_cells(mailbox: MailboxRecord, names: Names) -> tuple[Cell, ...]:
    priority = signs.priority_words(Priority(mailbox.priority)) if mailbox.priority else "—"
    return (
        Cell(mailbox.queue or _("by the rules"), faint=not mailbox.queue),
        Cell(priority),
        Cell(mailbox.portal or "—"),
        Cell(mailbox.template or _("by the rules"), faint=not mailbox.template),
    )


async def _mailbox_test(request: Request, mailbox: MailboxRecord) -> bool:
    """Say whether the test mail of the first steps is offered beside a mailbox."""
    return can(guard.actor_of(request), Permission.USER_CHANGE)


MAILBOXES_KEPT = Kept(
    key="mailboxes",
    register=MAILBOXES,
    words=lambda: Words(
        _("Mailboxes"), _("Each address that customers write to. Mail to it becomes a case, or joins the one it answers."),
        _("Add a mailbox"), _("There is no address yet, so no mail can arrive and none can be sent."), _("New mailbox"),
    ),
    fields=_mailbox_fields,
    columns=lambda: (_("Queue"), _("Priority"), _("Brand"), _("Acknowledgement")),
    cells=_mailbox_cells,
    named=lambda mailbox: mailbox.address,
    more=_mailbox_test,
    beside="admin/mailbox.html",
)  # fmt: skip
