"""The fields of setup's forms: described once, shown from a record, read back from what was typed.

Reading never loses anything: what cannot be read stays as it was typed beside the words that say what would be right.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from casedesk.errors import FieldProblem
from casedesk.identity import Actor
from casedesk.language import gettext as _
from casedesk.setup import picking
from casedesk.web.forms import Form
from casedesk.web.views import Choice

_PICKED = re.compile(r"^.*#(\d{1,18})$", re.DOTALL)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


class Kind(StrEnum):
    """How a field looks and what it reads."""

    LINE = "line"
    EMAIL = "email"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    TICKS = "ticks"
    LINES = "lines"
    PICK = "pick"
    PICKS = "picks"
    WEEK = "week"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `empty` is what nothing is stored as ("" or None); `picks` the kind of record that a pick finds.

    `pattern` must fit the whole of a line, `cure` says so; `lowest` and `highest` bound a number.
    """

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    required: bool = False
    empty: str | None = None
    longest: int = 200
    pattern: str = ""
    cure: str = ""
    options: tuple[Choice, ...] = ()
    picks: str = ""
    lowest: int = 0
    highest: int = 2**31 - 1
    rows: int = 4


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a week: its name and its opening hours as pairs of "09:00"."""

    day: int
    label: str
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as the page draws it; `now` is what is stored where somebody else changed it meanwhile."""

    name: str
    label: str
    kind: Kind
    value: str = ""
    hint: str = ""
    problem: str = ""
    required: bool = False
    options: tuple[Choice, ...] = ()
    find_url: str = ""
    rows: int = 4
    now: str = ""
    week: tuple[DayView, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form held: `values` that could be read, `problems` with those that could not."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()


def texts_of(one: Field, stored: Any, names: Mapping[tuple[str, int], str]) -> tuple[str, ...]:
    """Return a stored value as the texts a form would send for it."""
    if stored is None:
        return ()
    if one.kind is Kind.PICK:
        return (_picked(stored, names.get((one.picks, stored), "")),)
    if one.kind is Kind.PICKS:
        return ("\n".join(_picked(each, names.get((one.picks, each), "")) for each in stored),)
    if one.kind is Kind.LINES:
        return ("\n".join(stored),)
    if one.kind is Kind.TICKS:
        return tuple(str(each) for each in stored)
    if one.kind is Kind.WEEK:
        return tuple(f"{day} {begin} {end}" for day in sorted(stored) for begin, end in stored[day])
    return (stored.isoformat() if isinstance(stored, date) else str(stored),)


def texts_typed(one: Field, form: Form) -> tuple[str, ...]:
    """Return what was typed into a field, in the texts that `drawn` takes."""
    if one.kind is not Kind.WEEK:
        return form.texts(one.name)
    return tuple(
        f"{day} {begin.strip() or '-'} {end.strip() or '-'}"
        for day in range(7)
        for begin, end in _pairs(one, form, day)
    )


def drawn(one: Field, texts: Sequence[str], *, problem: str = "", now: str = "") -> FieldView:
    """Return a field as the page draws it, holding `texts`."""
    chosen = set(texts)
    options = tuple(Choice(each.value, each.label, each.value in chosen, each.hint) for each in one.options)
    strangers = tuple(
        Choice(text, text, True) for text in texts if one.options and text and text not in {o.value for o in options}
    )
    return FieldView(
        name=one.name,
        label=one.label,
        kind=one.kind,
        value=texts[-1] if texts and one.kind not in (Kind.TICKS, Kind.WEEK) else "",
        hint=one.hint,
        problem=problem,
        required=one.required,
        options=options + strangers,
        find_url=f"/console/setup/find/{one.picks}" if one.picks else "",
        rows=one.rows,
        now=now,
        week=_week(texts) if one.kind is Kind.WEEK else (),
    )


async def read(fields: Iterable[Field], form: Form, *, by: Actor) -> Typed:
    """Return the values of a form, each as its register takes it, with what is wrong in words."""
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for one in fields:
        try:
            values[one.name] = await _value(one, form, by)
        except ValueError as error:
            problems.append(FieldProblem(one.name, str(error)))
    return Typed(values, tuple(problems))


async def _value(one: Field, form: Form, by: Actor) -> Any:
    """Return the value of one field; raises ValueError saying what would be right."""
    if one.kind is Kind.WEEK:
        return {str(day): hours for day in range(7) if (hours := [list(each) for each in _pairs(one, form, day)])}
    if one.kind is Kind.TICKS:
        return [_number_or_word(each) for each in form.texts(one.name)]
    text = form.text(one.name) if one.kind in (Kind.TEXT, Kind.LINES, Kind.PICKS) else form.line(one.name)
    if one.kind is Kind.LINES:
        return _lines(one, text)
    if one.kind is Kind.PICKS:
        return [await _pick(one, line, by) for line in text.splitlines() if line.strip()] or one.empty
    return await _one_value(one, text, by)


async def _one_value(one: Field, text: str, by: Actor) -> Any:
    if not text.strip():
        if one.required:
            raise ValueError(_("must be filled in"))
        return one.empty
    if one.kind is Kind.NUMBER:
        return _number(one, text)
    if one.kind is Kind.DAY:
        return _day(text)
    if one.kind is Kind.PICK:
        return await _pick(one, text, by)
    if one.kind is Kind.CHOICE and text not in {each.value for each in one.options}:
        raise ValueError(_("choose one of the list"))
    return _text(one, text)


def _pairs(one: Field, form: Form, day: int) -> list[tuple[str, str]]:
    """Return the opening hours typed for one day; a pair of which both are empty is none."""
    begins, ends = form.texts(f"{one.name}-{day}-from"), form.texts(f"{one.name}-{day}-to")
    pairs = [(begin.strip(), end.strip()) for begin, end in zip(begins, ends, strict=False)]
    return [pair for pair in pairs if any(pair)]


def _week(texts: Sequence[str]) -> tuple[DayView, ...]:
    """Return the days as the page draws them, each with one empty pair more than it has."""
    hours: dict[int, list[tuple[str, str]]] = {day: [] for day in range(7)}
    for text in texts:
        day, begin, end = text.split(" ", 2)
        hours[int(day)].append(("" if begin == "-" else begin, "" if end == "-" else end))
    names = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
    return tuple(DayView(day, names[day], (*pairs, ("", ""))) for day, pairs in hours.items())


def _text(one: Field, text: str) -> str:
    if len(text) > one.longest:
        raise ValueError(_("give at most %(most)s characters") % {"most": one.longest})
    if one.pattern and not re.fullmatch(one.pattern, text):
        raise ValueError(one.cure)
    return text


def _lines(one: Field, text: str) -> list[str]:
    found = list(dict.fromkeys(line.strip() for line in re.split(r"[\n,;]", text) if line.strip()))
    return [_text(one, line) for line in found]


def _number(one: Field, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(_("give a whole number"))
    number = int(text)
    if not one.lowest <= number <= one.highest:
        raise ValueError(_("give %(lowest)s to %(highest)s") % {"lowest": one.lowest, "highest": one.highest})
    return number


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("give a day such as 2027-12-31")) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(_("give a year from 1900 to 9000"))
    return day


async def _pick(one: Field, text: str, by: Actor) -> int:
    """Return the id of the record a text names: "Ridgeline #12", "#12", or a name that only one has."""
    text = text.strip()
    if match := _PICKED.match(text):
        return int(match[1])
    found = await picking.find(one.picks, text[: one.longest], by=by)
    exact = [each for each in found if each.name.casefold() == text.casefold()]
    if len(exact or found) == 1:
        return (exact or list(found))[0].id
    if not found:
        raise ValueError(_("nothing is called %(text)s") % {"text": text})
    several = ", ".join(_picked(each.id, each.name) for each in (exact or list(found))[:5])
    raise ValueError(_("several are called so: %(several)s. Give the number too.") % {"several": several})


def _number_or_word(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else text


def _picked(number: int, name: str) -> str:
    return f"{name} #{number}".strip()
