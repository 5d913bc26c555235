"""What a kind of record is to setup: its words, its form, its list; the pages made from that are `kept_pages`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from casedesk.errors import FieldProblem
from casedesk.identity import Actor
from casedesk.permissions import Permission
from casedesk.registers import Register
from casedesk.web.admin import entries
from casedesk.web.admin.form_fields import Field
from casedesk.web.admin.page_views import Cell
from casedesk.web.forms import Form

Names = Mapping[tuple[str, int], str]
Texts = Mapping[str, tuple[str, ...]]
"""What a form holds, by field."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying something out gave: the form's texts, what is drawn beside, and what was wrong."""

    texts: Texts
    more: object
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind is called and what its pages say; `adds` and `saves` are the words of the buttons."""

    title: str
    intro: str
    adds: str
    empty: str
    new_title: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind. `fields(by)` describe its form, `cells(record, names)` a row beside its name, under `columns`.

    `named` is what a record is called; `picks` say which of its fields hold ids of which kind, so that lists and forms
    speak names. `values_of` overrides what a form shows of a record, `stored` what is stored of what was read. `add`,
    `change` and `remove` stand in for the register's own. `filter` names the filter of the list's search. `more` gives
    the page of a record what is drawn beside its form by `beside`, a template; `record` is None for a new one, which only
    those with `tries` draw so. `tries(request, form, texts)` does what a further button of the form asks (`act`) without
    storing anything: it returns what the form then holds and what is drawn beside it.
    """

    key: str
    register: Register[Any, Any]
    words: Callable[[], Words]
    fields: Callable[[Actor], Awaitable[tuple[Field, ...]]]
    columns: Callable[[], tuple[str, ...]]
    cells: Callable[[Any, Names], tuple[Cell, ...]]
    named: Callable[[Any], str]
    picks: Mapping[str, str] | None = None
    values_of: Callable[[Any], Awaitable[Mapping[str, Any]]] | None = None
    stored: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    add: Callable[..., Awaitable[Any]] | None = None
    change: Callable[..., Awaitable[Any]] | None = None
    remove: Callable[..., Awaitable[None]] | None = None
    filter: str = ""
    in_order: Callable[[Any], Any] | None = None
    is_off: Callable[[Any], bool] = lambda record: False
    more: Callable[[Request, Any], Awaitable[object]] | None = None
    tries: Callable[[Request, Form, Texts], Awaitable[Tried]] | None = None
    beside: str = "admin/edit.html"

    @property
    def url(self) -> str:
        """The address of the list."""
        return f"{entries.ROOT}/{self.key}"

    @property
    def sees(self) -> Permission:
        """The right to look."""
        return entries.SEES[self.key]
