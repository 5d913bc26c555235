"""What a rule may have done to a case: the closed list of actions, as data. Doing them does not belong here."""

from dataclasses import dataclass
from enum import StrEnum


class ActionKind(StrEnum):
    """The word a document uses for an action (its `do`)."""

    ASSIGN_QUEUE = "assign_queue"
    ASSIGN_USER = "assign_user"
    SET_FIELD = "set_field"
    NOTIFY = "notify"
    SEND_TEMPLATE = "send_template"
    ADD_TASK = "add_task"
    RAISE_LEVEL = "raise_level"
    CALL_WEBHOOK = "call_webhook"


class Audience(StrEnum):
    """People named by their part in the case."""

    OWNER = "owner"
    QUEUE = "queue"
    MANAGER = "manager"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class AssignQueue:
    """Move the case to the queue with this key."""

    queue: str


@dataclass(frozen=True, slots=True)
class AssignUser:
    """Give the case to the user with this e-mail address."""

    user: str


@dataclass(frozen=True, slots=True)
class SetField:
    """Set a settable field of the case."""

    field: str
    value: str | int | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell an audience, or the people at these addresses."""

    to: Audience | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """Send mail from a template; `to` as in Notify, by default the case's contact."""

    template: str
    to: Audience | tuple[str, ...] = Audience.CONTACT


@dataclass(frozen=True, slots=True)
class AddTask:
    """Add a task due in `due_minutes` (None: no date) for `owner`: owner, manager, an address, or None for nobody."""

    subject: str
    due_minutes: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class RaiseLevel:
    """Raise the escalation level by one."""


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Call the webhook with this name."""

    webhook: str


Action = AssignQueue | AssignUser | SetField | Notify | SendTemplate | AddTask | RaiseLevel | CallWebhook

_KINDS: dict[type[Action], ActionKind] = {
    AssignQueue: ActionKind.ASSIGN_QUEUE,
    AssignUser: ActionKind.ASSIGN_USER,
    SetField: ActionKind.SET_FIELD,
    Notify: ActionKind.NOTIFY,
    SendTemplate: ActionKind.SEND_TEMPLATE,
    AddTask: ActionKind.ADD_TASK,
    RaiseLevel: ActionKind.RAISE_LEVEL,
    CallWebhook: ActionKind.CALL_WEBHOOK,
}


def kind_of(action: Action) -> ActionKind:
    """Return the word a document uses for `action`."""
    return _KINDS[type(action)]
