"""The fields of a form on another site as pages draw them: in the form that we host, and in the HTML that is copied."""

from collections.abc import Callable
from dataclasses import dataclass

from casedesk.cases.fields import PRIORITIES
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import DEFAULT_TYPES, Priority
from casedesk.web import signs
from casedesk.web.views import Choice
from intake.by_web import LONGEST, LONGEST_ELSE
from intake.web_forms import Ask, Asked


@dataclass(frozen=True, slots=True)
class AskedView:
    """A field: `kind` is text, email, tel, long, choice or files; `longest` in characters."""

    name: str
    label: str
    kind: str
    needed: bool
    longest: int
    autocomplete: str
    value: str = ""
    problem: str = ""
    options: tuple[Choice, ...] = ()

    @property
    def is_short(self) -> bool:
        """Say whether half a line is enough for it."""
        return self.kind not in ("long", "files") and self.name != Ask.SUBJECT


_WORDS: dict[str, Callable[[], str]] = {
    "name": lambda: _("Your name"),
    "email": lambda: _("Your mail address"),
    "subject": lambda: _("In a few words"),
    "description": lambda: _("What happened?"),
    Ask.COMPANY: lambda: _("Company"),
    Ask.PHONE: lambda: _("Telephone"),
    Ask.SERIAL: lambda: _("Serial number"),
    Ask.TYPE: lambda: _("What is it about?"),
    Ask.PRIORITY: lambda: _("How urgent is it?"),
    Ask.FILES: lambda: _("Files"),
}
_KINDS = {
    "email": "email",
    "description": "long",
    Ask.PHONE: "tel",
    Ask.TYPE: "choice",
    Ask.PRIORITY: "choice",
    Ask.FILES: "files",
}
_AUTOCOMPLETE = {"name": "name", "email": "email", Ask.COMPANY: "organization", Ask.PHONE: "tel"}
_TYPES: dict[str, Callable[[], str]] = {
    "technical_support": lambda: _("Something does not work"),
    "billing_question": lambda: _("A bill"),
    "feature_request": lambda: _("A wish"),
    "account_update": lambda: _("A change of our data"),
}


def view(asked: Asked, *, value: str = "", problem: str = "") -> AskedView:
    """Return a field with what was typed in it and what is wrong with that."""
    label = asked.label or _WORDS.get(asked.name, lambda: asked.name.removeprefix("custom.").replace("_", " "))()
    return AskedView(
        name=asked.name,
        label=label,
        kind=_KINDS.get(asked.name, "text"),
        needed=asked.needed,
        longest=LONGEST.get(asked.name, LONGEST_ELSE),
        autocomplete=_AUTOCOMPLETE.get(asked.name, "off"),
        value=value,
        problem=problem,
        options=_options(asked.name, value),
    )


def type_words(value: str) -> str:
    """Say a type of case as a customer says it."""
    return _TYPES[value]() if value in _TYPES else value.replace("_", " ")


def _options(name: str, value: str) -> tuple[Choice, ...]:
    if name == Ask.TYPE:
        return tuple(Choice(each, type_words(each), chosen=each == value) for each in DEFAULT_TYPES)
    if name == Ask.PRIORITY:
        return tuple(
            Choice(each, signs.priority_words(Priority(each)), chosen=each == value) for each in reversed(PRIORITIES)
        )
    return ()
