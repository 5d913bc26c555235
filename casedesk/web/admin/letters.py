"""Letters: the words of automatic mail in each language, with their placeholders and a preview."""

from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request

from casedesk import richtext
from casedesk.errors import FieldProblem, NotFound
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.language import language_name
from casedesk.mail import writing
from casedesk.mail.placeholders import PLACEHOLDERS, unknown_in
from casedesk.mail.templates import TEMPLATES, TemplateRecord
from casedesk.reactions import filling
from casedesk.web import guard
from casedesk.web.admin.form_fields import Field, Kind
from casedesk.web.admin.kept import Kept, Names, Texts, Tried, Words
from casedesk.web.admin.nouns import LANGUAGE, key_field
from casedesk.web.admin.page_views import Cell
from casedesk.web.forms import Form
from casedesk.web.views import Choice


@dataclass(frozen=True, slots=True)
class LetterPage:
    """What stands beside a letter: the placeholders with samples, its other languages, and what a reader would get."""

    placeholders: tuple[tuple[str, str], ...]
    others: tuple[Choice, ...] = ()
    number: str = ""
    subject: str = ""
    text: str = ""
    html: str | Markup = ""


async def _fields(by: Actor) -> tuple[Field, ...]:
    return (
        key_field(),
        Field("language", _("Language"), required=True, pattern=LANGUAGE, longest=20,
              cure=_("give a code such as en or pt-BR")),
        Field("subject", _("Subject"), required=True, longest=300),
        Field("text", _("Text"), Kind.TEXT, required=True, longest=200_000, rows=14),
        Field("html", _("HTML"), Kind.TEXT, longest=200_000, rows=5, hint=_("Empty: made from the text.")),
    )  # fmt: skip


def _cells(letter: TemplateRecord, names: Names) -> tuple[Cell, ...]:
    return (Cell(language_name(letter.language)), Cell(letter.subject))


async def _more(request: Request, letter: TemplateRecord | None) -> LetterPage:
    if letter is None:
        return LetterPage(tuple(PLACEHOLDERS.items()))
    return await _preview(request, letter.key, letter.subject, letter.text, letter.html, "")


async def _preview(request: Request, key: str, subject: str, text: str, html: str | None, number: str) -> LetterPage:
    by = guard.actor_of(request)
    values = await filling.values_for(number, by=by) if number else PLACEHOLDERS
    written = writing.filled(subject, text, html, values)
    others = await TEMPLATES.page(by=by, narrowed={"key": key}) if key else ()
    return LetterPage(
        placeholders=tuple(PLACEHOLDERS.items()),
        others=tuple(Choice(f"{LETTERS.url}/{each.id}", language_name(each.language)) for each in others),
        number=number,
        subject=written.subject,
        text=written.text,
        html=Markup(richtext.clean(written.html)),  # noqa: S704  # cleaned a word before
    )


async def _tried(request: Request, form: Form, texts: Texts) -> Tried:
    """Show what a reader would get by the words as they are typed."""
    problems = tuple(
        FieldProblem(name, _("there is no placeholder %(name)s") % {"name": unknown})
        for name in ("subject", "text", "html")
        for unknown in unknown_in(form.text(name))
    )
    number = form.line("number")
    words = (form.line("key"), form.line("subject"), form.text("text"), form.text("html") or None)
    try:
        more = await _preview(request, *words, number)
    except NotFound:
        more = await _preview(request, *words, "")
        problems = (*problems, FieldProblem("", _("There is no case %(number)s.") % {"number": number}))
    return Tried(texts, more, problems)


LETTERS = Kept(
    key="letters",
    register=TEMPLATES,
    words=lambda: Words(
        _("Letters"),
        _("The words of automatic mail. Each is written in the reader's language, or in English where it has none."),
        _("Add a letter"), _("There is no letter yet, so nothing can be acknowledged."), _("New letter"),
    ),
    fields=_fields,
    columns=lambda: (_("Language"), _("Subject")),
    cells=_cells,
    named=lambda letter: letter.key,
    in_order=lambda letter: (letter.key, letter.language),
    more=_more,
    tries=_tried,
    beside="admin/letter.html",
)  # fmt: skip
