"""Pages of one kind of record kept in a register: list, add, change, delete, history, and taking a change back.

Nothing here knows which kinds there are: each is described in a `Kept`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from casedesk.errors import Conflict, FieldProblem, Invalid, Stale
from casedesk.identity import Actor
from casedesk.journal import histories
from casedesk.language import gettext as _
from casedesk.permissions import can
from casedesk.setup import picking, uses
from casedesk.web import asking, forms, guard, refusals
from casedesk.web.admin import changes, drawing, form_fields
from casedesk.web.admin.form_fields import Field, Typed
from casedesk.web.admin.kept import Kept, Names, Texts
from casedesk.web.admin.page_views import EditPage, ListPage, RemovalPage, Row
from casedesk.web.forms import Form
from casedesk.web.guard import Handler

_A_PAGE = 50
_LONGEST = 200


def lists(kept: Kept) -> Handler:
    """Return the handler of the list."""

    async def show(request: Request) -> Response:
        by, words = guard.actor_of(request), kept.words()
        query = request.query_params
        text = query.get("q", "").strip()[:_LONGEST] if kept.filter else ""
        after = query.get("after", "")
        start = int(after) if after.isascii() and after.isdigit() and len(after) <= 18 else 0
        narrowed = {kept.filter: text} if text else None
        found = await kept.register.page(by=by, after=start, limit=_A_PAGE + 1, narrowed=narrowed)
        shown = found[:_A_PAGE]
        if kept.in_order is not None:
            shown = tuple(sorted(shown, key=kept.in_order))
        known = await _names(kept, shown, by)
        follow = {"after": str(found[_A_PAGE - 1].id), **({"q": text} if text else {})} if len(found) > _A_PAGE else {}
        page = ListPage(
            title=words.title,
            intro=words.intro,
            columns=kept.columns(),
            rows=tuple(
                Row(kept.named(each), f"{kept.url}/{each.id}", kept.cells(each, known), kept.is_off(each))
                for each in shown
            ),
            url=kept.url,
            add_label=words.adds if can(by, kept.register.write) else "",
            empty=words.empty,
            searchable=bool(kept.filter),
            searched=text,
            more_url=f"{kept.url}?{urlencode(follow)}" if follow else "",
            said=_("Deleted") if query.get("deleted") == "1" else "",
        )
        return await drawing.page(request, "admin/list.html", here=kept.key, page=page)

    return show


def new(kept: Kept) -> Handler:
    """Return the handler of the empty form."""

    async def show(request: Request) -> Response:
        fields = await kept.fields(guard.actor_of(request))
        given = {name: (value[:_LONGEST],) for name, value in request.query_params.items()}
        return await _drawn_new(request, kept, fields, given, ())

    return show


def adds(kept: Kept) -> Handler:
    """Return the handler that stores a new record."""

    async def store(request: Request) -> Response:
        by, form = guard.actor_of(request), await forms.read(request)
        fields = await kept.fields(by)
        if kept.tries is not None and form.text("act"):
            tried = await kept.tries(request, form, _texts(fields, form))
            return await _drawn_new(request, kept, fields, tried.texts, tried.problems, more=tried.more)
        typed = await form_fields.read(fields, form, by=by)
        try:
            values = _storable(kept, typed)
            made = await (kept.add or kept.register.add)(values, by=by)
        except (Invalid, Conflict) as error:
            return await _drawn_new(request, kept, fields, _texts(fields, form), problems_of(error))
        return RedirectResponse(f"{kept.url}/{made.id}?said=added", 303)

    return store


def shows(kept: Kept) -> Handler:
    """Return the handler of one record's page."""

    async def show(request: Request) -> Response:
        by = guard.actor_of(request)
        record = await kept.register.find(asking.whole_id(request, "id"), by=by)
        return await drawn(request, kept, record)

    return show


def changes_of(kept: Kept) -> Handler:
    """Return the handler that stores what was changed; a form grown old comes back with both values."""

    async def store(request: Request) -> Response:
        by, form = guard.actor_of(request), await forms.read(request)
        record_id = asking.whole_id(request, "id")
        fields = await kept.fields(by)
        if kept.tries is not None and form.text("act"):
            tried = await kept.tries(request, form, _texts(fields, form))
            record = await kept.register.find(record_id, by=by)
            error = Invalid(tried.problems) if tried.problems else None
            version = form.number("version") or record.version
            return await drawn(request, kept, record, texts=tried.texts, error=error, more=tried.more, version=version)
        typed = await form_fields.read(fields, form, by=by)
        try:
            values = _storable(kept, typed)
            await (kept.change or kept.register.change)(
                record_id, values, by=by, if_version=form.number("version") or None
            )
        except (Invalid, Conflict) as error:
            record = await kept.register.find(record_id, by=by)
            texts = _texts(fields, form)
            return await drawn(request, kept, record, texts=texts, error=error)
        return RedirectResponse(f"{kept.url}/{record_id}?said=saved", 303)

    return store


def asks_removal(kept: Kept) -> Handler:
    """Return the handler of the question before a record is deleted."""

    async def show(request: Request) -> Response:
        record = await kept.register.find(asking.whole_id(request, "id"), by=guard.actor_of(request))
        return await _removal(request, kept, record)

    return show


def removes(kept: Kept) -> Handler:
    """Return the handler that deletes a record, or says what stands against it."""

    async def remove(request: Request) -> Response:
        by, form = guard.actor_of(request), await forms.read(request)
        record_id = asking.whole_id(request, "id")
        try:
            await (kept.remove or kept.register.remove)(record_id, by=by, if_version=form.number("version") or None)
        except Conflict as error:
            record = await kept.register.find(record_id, by=by)
            return await _removal(request, kept, record, refused=refusals.sentence(error.message))
        return RedirectResponse(f"{kept.url}?deleted=1", 303)

    return remove


def reverts(kept: Kept) -> Handler:
    """Return the handler that gives fields the values they had before one change."""

    async def revert(request: Request) -> Response:
        by, form = guard.actor_of(request), await forms.read(request)
        record_id = asking.whole_id(request, "id")
        try:
            values = await kept.register.values_before(record_id, form.number("event") or 0, by=by)
            await (kept.change or kept.register.change)(
                record_id, values, by=by, if_version=form.number("version") or None
            )
        except (Invalid, Conflict) as error:
            record = await kept.register.find(record_id, by=by)
            return await drawn(request, kept, record, error=error)
        return RedirectResponse(f"{kept.url}/{record_id}?said=reverted", 303)

    return revert


async def drawn(
    request: Request,
    kept: Kept,
    record: Any,
    *,
    texts: Texts | None = None,
    error: Invalid | Conflict | None = None,
    more: object = None,
    version: int = 0,
) -> Response:
    """Return the page of one record; `texts` is what was typed and refused with `error`, `more` stands beside.

    `version` is the one a form that is not stored yet was begun at.
    """
    by, words = guard.actor_of(request), kept.words()
    fields = await kept.fields(by)
    known = await _names(kept, [record], by)
    stored = await _stored_texts(kept, fields, record, known)
    problems = problems_of(error) if error is not None else ()
    stale = isinstance(error, Stale)
    page = EditPage(
        title=kept.named(record),
        list_title=words.title,
        list_url=kept.url,
        url=f"{kept.url}/{record.id}",
        fields=_views(fields, stored if texts is None else texts, problems, now=stored if stale else None),
        version=version or record.version,
        affects=changes.used_words(await uses.of_record(kept.register.noun, record)),
        problems=summary(fields, problems),
        stale=stale,
        may_change=can(by, kept.register.write),
        may_remove=can(by, kept.register.write),
        history=changes.rows(await histories.of_record(kept.register.noun, record.id), fields),
        said=_said(request.query_params.get("said", "")) if error is None else "",
        save_label=_("Save changes"),
    )
    if more is None and kept.more is not None:
        more = await kept.more(request, record)
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return await drawing.page(request, kept.beside, here=kept.key, status=status, page=page, more=more)


def problems_of(error: Invalid | Conflict) -> tuple[FieldProblem, ...]:
    """Return what is wrong as the page says it, each with its field; a conflict has none."""
    if isinstance(error, Invalid):
        return tuple(FieldProblem(each.field, _(each.message)) for each in error.problems)
    if isinstance(error, Stale):
        return (
            FieldProblem(
                "", _("Somebody changed this while you were writing. Both values are shown; saving keeps yours.")
            ),
        )
    return (FieldProblem("", refusals.sentence(error.message)),)


def field_of(problem: FieldProblem) -> str:
    """Return the field of the form a problem is about: `week.0` and `holidays[2]` are parts of one."""
    return problem.field.partition(".")[0].partition("[")[0]


def summary(fields: Sequence[Field], problems: Sequence[FieldProblem]) -> tuple[tuple[str, str], ...]:
    """Return the problems for the top of the page: the id of the field and words that name it."""
    labels = {each.name: each.label for each in fields}
    found = []
    for problem in problems:
        name = field_of(problem)
        words = problem.message
        if name in labels:
            words = _("%(field)s: %(problem)s") % {"field": labels[name], "problem": words}
        found.append((f"f-{name}" if name in labels else "", words))
    return tuple(found)


async def _drawn_new(
    request: Request,
    kept: Kept,
    fields: tuple[Field, ...],
    texts: Texts,
    problems: tuple[FieldProblem, ...],
    *,
    more: object = None,
) -> Response:
    words = kept.words()
    if more is None and kept.tries is not None and kept.more is not None:
        more = await kept.more(request, None)
    page = EditPage(
        title=words.new_title,
        list_title=words.title,
        list_url=kept.url,
        url=f"{kept.url}/new",
        fields=_views(fields, texts, problems),
        intro=words.intro,
        problems=summary(fields, problems),
        save_label=words.adds,
    )
    status = 422 if problems else 200
    template = kept.beside if kept.tries is not None else "admin/edit.html"
    return await drawing.page(request, template, here=kept.key, status=status, page=page, more=more)


async def _removal(request: Request, kept: Kept, record: Any, *, refused: str = "") -> Response:
    page = RemovalPage(
        title=kept.named(record),
        list_title=kept.words().title,
        list_url=kept.url,
        url=f"{kept.url}/{record.id}/removal",
        back_url=f"{kept.url}/{record.id}",
        version=record.version,
        affects=changes.used_words(await uses.of_record(kept.register.noun, record)),
        refused=refused,
    )
    return await drawing.page(request, "admin/removal.html", here=kept.key, status=409 if refused else 200, page=page)


def _storable(kept: Kept, typed: Typed) -> Mapping[str, Any]:
    if typed.problems:
        raise Invalid(typed.problems)
    return kept.stored(typed.values) if kept.stored is not None else typed.values


def _texts(fields: Sequence[Field], form: Form) -> dict[str, tuple[str, ...]]:
    return {each.name: form_fields.texts_typed(each, form) for each in fields}


async def _stored_texts(kept: Kept, fields: Sequence[Field], record: Any, known: Names) -> dict[str, tuple[str, ...]]:
    values = await kept.values_of(record) if kept.values_of is not None else {}
    return {
        each.name: form_fields.texts_of(
            each, values[each.name] if each.name in values else getattr(record, each.name), known
        )
        for each in fields
    }


def _views(
    fields: Sequence[Field],
    texts: Texts,
    problems: Sequence[FieldProblem],
    now: Texts | None = None,
) -> tuple[form_fields.FieldView, ...]:
    wrong = {field_of(problem): refusals.sentence(problem.message) for problem in problems}
    views = []
    for each in fields:
        given = texts.get(each.name, ())
        stored = now.get(each.name, ()) if now is not None else given
        differs = [t.strip() for t in stored if t.strip()] != [t.strip() for t in given if t.strip()]
        words = _spoken(each, stored) if differs else ""
        views.append(form_fields.drawn(each, given, problem=wrong.get(each.name, ""), now=words))
    return tuple(views)


def _spoken(one: Field, texts: Sequence[str]) -> str:
    labels = {each.value: each.label for each in one.options}
    return ", ".join(labels.get(text, text) for text in texts if text) or _("nothing")


def _said(word: str) -> str:
    return {
        "added": _("Added"),
        "saved": _("Saved"),
        "reverted": _("The change was taken back"),
        "sent": _("A link was sent"),
    }.get(word, "")


async def _names(kept: Kept, records: Sequence[Any], by: Actor) -> Names:
    """Return the names of everything the records pick, one question for each kind."""
    wanted: dict[str, set[int]] = {}
    for name, what in (kept.picks or {}).items():
        for record in records:
            value = getattr(record, name)
            picked = value if isinstance(value, tuple | list) else (value,)
            wanted.setdefault(what, set()).update(each for each in picked if each is not None)
    found: dict[tuple[str, int], str] = {}
    for what, ids in wanted.items():
        found |= {(what, number): name for number, name in (await picking.names(what, ids, by=by)).items()}
    return found
