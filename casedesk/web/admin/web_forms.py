"""Forms for other web sites: what each asks and begins with, the HTML to copy, and a link to try it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from casedesk import rendering
from casedesk import settings as operator
from casedesk.identity import Actor
from casedesk.language import Reader, languages, own_name, reader, speaking_to
from casedesk.language import gettext as _
from casedesk.rules.lifecycle import DEFAULT_TYPES
from casedesk.web import form_fields, reading
from casedesk.web.admin import options
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Words
from casedesk.web.admin.nouns import key_field
from casedesk.web.admin.page_views import Cell
from casedesk.web.form_fields import AskedView
from casedesk.web.views import Choice, Tone
from intake import by_web
from intake.web_forms import WEB_FORMS, WebFormRecord


@dataclass(frozen=True, slots=True)
class Copied:
    """The HTML for another site: `fields` as our own page draws them."""

    url: str
    fields: tuple[AskedView, ...]
    trap: str
    accepts_files: bool


@dataclass(frozen=True, slots=True)
class CopyCard:
    """What stands beside a form: its address here, and the HTML to copy."""

    url: str
    html: str


def html_to_copy(form: WebFormRecord) -> str:
    """Return the form as plain HTML for a page on another site, in the form's language, complete without a script."""
    language = form.language
    locale = reading.best_locale([language], languages()) if language else reader().locale
    with speaking_to(Reader(locale)):
        fields = tuple(form_fields.view(each) for each in by_web.questions(form))
        copied = Copied(_address(form), fields, by_web.TRAP, any(each.kind == "files" for each in fields))
        return rendering.render("public/web_form_copy.html", copied=copied)


def _address(form: WebFormRecord) -> str:
    return f"{operator.public_url()}/web-to-case/{form.key}"


async def _fields(by: Actor) -> tuple[Field, ...]:
    return (
        Field("name", _("Name"), required=True, longest=120, hint=_("Stands above the form.")),
        key_field(),
        Field("intro", _("Words above the fields"), Kind.TEXT, empty="", longest=2000, rows=3),
        Field("asks", _("What it asks beside name, address and question"), Kind.LINES, rows=7, longest=200,
              hint=_("One a line: subject, company, phone, serial, type, priority, files, or custom.NAME. A * behind it makes "
                     "it needed, words after a colon are its label: custom.plant*: Which plant?")),
        Field("portal", _("Brand"), Kind.CHOICE, options=await options.brands(by),
              hint=_("Names the sender of answers and the prefix of case numbers.")),
        Field("queue", _("Queue"), Kind.CHOICE, options=await options.queues(),
              hint=_("Where its cases wait when no assignment rule wants them.")),
        Field("type", _("Type to begin with"), Kind.CHOICE, options=_types()),
        Field("priority", _("Priority to begin with"), Kind.CHOICE, options=options.priorities()),
        Field("tags", _("Tags"), Kind.LINES, longest=60, rows=2, hint=_("One a line.")),
        Field("language", _("Language"), Kind.CHOICE, options=tuple(Choice(code, own_name(code)) for code in languages()),
              hint=_("Empty: the language that each reader's browser asks for.")),
        Field("returns_to", _("Where the sender is led afterwards"), empty="", longest=500,
              hint=_("Such as https://www.example.com/thanks; empty: our own page of thanks.")),
        Field("hosts", _("Further hosts that may be led to"), Kind.LINES, longest=253, rows=2,
              hint=_("A form may name its own page of thanks (return, retURL) on these hosts alone. One a line.")),
        Field("active", _("In use"), Kind.CHOICE, required=True, options=_in_use()),
    )  # fmt: skip


def _types() -> tuple[Choice, ...]:
    return tuple(Choice(each, form_fields.type_words(each)) for each in DEFAULT_TYPES)


def _in_use() -> tuple[Choice, ...]:
    return (Choice("yes", _("In use")), Choice("no", _("Out of use: its address is not there")))


def _cells(form: WebFormRecord, names: Names) -> tuple[Cell, ...]:
    return (
        Cell(f"/web-to-case/{form.key}", mono=True, faint=True),
        Cell(form.portal or "—"),
        Cell(form.queue or _("by the rules"), faint=not form.queue),
        Cell(_("in use")) if form.active else Cell(_("out of use"), Tone.WARN),
    )


async def _shown(form: WebFormRecord) -> Mapping[str, Any]:
    return {"active": "yes" if form.active else "no"}


def _stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**values, "active": values["active"] == "yes"} if "active" in values else values


async def _beside(request: Request, form: WebFormRecord | None) -> CopyCard | None:
    return CopyCard(_address(form), html_to_copy(form)) if form is not None else None


WEB_FORMS_KEPT = Kept(
    key="web-forms",
    register=WEB_FORMS,
    words=lambda: Words(
        _("Web forms"),
        _("Forms on your own web pages: what is sent by them becomes a case. Copy the HTML of a form into any page."),
        _("Add a form"), _("There is no form yet, so other web sites cannot send cases."), _("New form"),
    ),
    fields=_fields,
    columns=lambda: (_("Address"), _("Brand"), _("Queue"), _("In use")),
    cells=_cells,
    named=lambda form: form.name,
    values_of=_shown,
    stored=_stored,
    is_off=lambda form: not form.active,
    more=_beside,
    beside="admin/web_form.html",
)  # fmt: skip
