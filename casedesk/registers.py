"""Registers: the one way in which simple nouns beside cases (accounts, products, queues …) are kept.

Listed, read, added, changed and removed, with rights, optimistic versions, references that must exist, and one
journal event for each change. A slice describes its noun in a `Register`; what only that noun knows stands in its
`check`. Cases are not kept so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tortoise.exceptions import IntegrityError, ValidationError
from tortoise.expressions import Q
from tortoise.models import Model

from casedesk import clock, database, journal
from casedesk.database import reading, transaction
from casedesk.database.inserting import insert, insert_row
from casedesk.database.selecting import exists
from casedesk.errors import Conflict, Invalid, NotFound, Stale
from casedesk.events import EventName
from casedesk.fulltext import database_engine
from casedesk.fulltext.database_engine import Kind
from casedesk.identity import Actor
from casedesk.journal import histories
from casedesk.language import gettext as _
from casedesk.permissions import Permission, require
from casedesk.records import EditedRecord
from casedesk.remembering import forget

Row = TypeVar("Row", bound=EditedRecord)
Shown = TypeVar("Shown")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A field (one value, or a list of them) that names rows of `table` by `column`; `what` is the word for them.

    With `stores` the row's id is kept in that column instead of the value as it was given.
    """

    table: str
    what: str
    column: str = "id"
    stores: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What stands against a removal: rows of `table` whose `column` holds the record's `of`; `words` name them."""

    words: str
    table: str
    column: str
    of: str = "id"


@dataclass(frozen=True, slots=True)
class Part:
    """A field kept as rows of its own: `model` with the parent's id in `parent` and one value of the list in `value`.

    The rows stand in the order of the list; `keeps` are further columns that outlive a reordering.
    """

    model: type[Model]
    parent: str
    value: str
    keeps: tuple[str, ...] = ()


async def _as_given(values: Values, row: Any, by: Actor) -> Values:
    return values


def _everything(by: Actor) -> Q:
    return Q()


@dataclass(frozen=True, slots=True)
class Register(Generic[Row, Shown]):
    """One noun. `show` turns rows into records with a fixed number of queries, whatever the number of rows.

    `check(values, row, by)` gets what was given (`row` None when adding), and returns what to store or raises Invalid.
    `scope` is which rows an actor may see and change; `words` are the fields that hold what people wrote; `unique`
    those of which no two rows may share a value; `filters` what a list may be narrowed by. `removable(row)` raises
    Conflict where more than `uses` stands against it. `remembered` is forgotten with each change, `search` feeds the
    index.
    """

    noun: str
    model: type[Row]
    read: Permission
    write: Permission
    show: Callable[[Sequence[Row]], Awaitable[tuple[Shown, ...]]]
    check: Callable[[Values, Row | None, Actor], Awaitable[Values]] = _as_given
    scope: Callable[[Actor], Q] = _everything
    words: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    filters: Mapping[str, Callable[[Any], Q]] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    removable: Callable[[Row], Awaitable[None]] | None = None
    remembered: tuple[str, ...] = ()
    search: tuple[Kind, Callable[[Shown], str]] | None = None

    async def page(
        self, *, by: Actor, after: int = 0, limit: int = 50, narrowed: Mapping[str, Any] | None = None
    ) -> tuple[Shown, ...]:
        """Return up to `limit` records with an id above `after`, by id; raises NotFound without the right to read.

        `narrowed` holds values of `filters`; None among them narrows nothing.
        """
        require(by, self.read)
        wanted = [self.filters[name](value) for name, value in (narrowed or {}).items() if value is not None]
        async with reading():
            chosen = self.model.filter(self.scope(by), *wanted, id__gt=after)
            try:
                return await self.show(await chosen.order_by("id").limit(limit))
            except ValidationError:  # a value longer than its column can hold is nobody's
                return ()

    async def find(self, record_id: int, *, by: Actor) -> Shown:
        """Return one record; raises NotFound."""
        require(by, self.read)
        async with reading():
            return (await self.show([await self._row(record_id, by)]))[0]

    async def add(self, given: Mapping[str, Any], *, by: Actor) -> Shown:
        """Store a new record and return it; raises Invalid naming the field, Conflict when its like exists."""
        require(by, self.write)
        async with transaction():
            values = await self._checked(dict(given), None, by)
            row = await self._stored(values)
            await self._tell(EventName.RECORD_CREATED, row.id, values, by)
            return await self._shown_and_indexed(row.id)

    async def add_many(self, given: Sequence[Mapping[str, Any]], *, by: Actor) -> list[int]:
        """Store many new records, each checked and told as by `add`, and return their ids in order."""
        require(by, self.write)
        ids: list[int] = []
        async with transaction():
            for each in given:
                values = await self._checked(dict(each), None, by)
                row = self.model(**{name: value for name, value in values.items() if name not in self.parts})
                await insert_row(row)
                for name in self.parts.keys() & values.keys():
                    part = self.parts[name]
                    await insert(part.model, [{part.parent: row.id, part.value: value} for value in values[name]])
                await self._tell(EventName.RECORD_CREATED, row.id, values, by)
                ids.append(row.id)
            await self._index(ids)
        return ids

    async def _index(self, ids: Sequence[int]) -> None:
        if self.search is None:
            return
        kind, text_of = self.search
        for start in range(0, len(ids), _INDEXED_AT_ONCE):
            shown: Any = await self.show(await self.model.filter(id__in=list(ids[start : start + _INDEXED_AT_ONCE])))
            await database_engine.put_many(kind, [(each.id, text_of(each)) for each in shown])

    async def change(
        self, record_id: int, given: Mapping[str, Any], *, by: Actor, if_version: int | None = None
    ) -> Shown:
        """Change the fields that were given and return the record; a change that changes nothing leaves no trace.

        Raises NotFound, Invalid, Conflict, and Stale when the record is no longer at `if_version`.
        """
        require(by, self.write)
        async with transaction():
            row = await self._row(record_id, by)
            if if_version is not None and row.version != if_version:
                raise Stale
            values = await self._differing(row, await self._checked(dict(given), row, by))
            if not values:
                return (await self.show([row]))[0]
            await self._update(row, values)
            await self._tell(EventName.RECORD_CHANGED, row.id, values, by)
            return await self._shown_and_indexed(row.id)

    async def values_before(self, record_id: int, event_id: int, *, by: Actor) -> Values:
        """Return what the fields that one change set held before it, as `change` takes them, to take the change back.

        Raises NotFound for an event that is not this record's, Conflict for one that has nothing to go back to.
        """
        require(by, self.write)
        async with reading():
            await self._row(record_id, by)
            told = next((each for each in await histories.of_record(self.noun, record_id) if each.id == event_id), None)
        if told is None:
            raise NotFound
        if told.name != EventName.RECORD_CHANGED:
            raise Conflict("Only a change can be taken back.")
        return {name: self._as_it_was(name, told.before) for name in told.values}

    def _as_it_was(self, name: str, before: Mapping[str, Any]) -> Any:
        """Return a field's value from the journal's JSON, or what it begins with where nothing ever set it."""
        if name in self.parts:
            return list(before.get(name) or ())
        column = self.model._meta.fields_map[name]
        if name in before:
            return column.to_python_value(before[name])
        return column.default() if callable(column.default) else column.default

    async def remove(self, record_id: int, *, by: Actor, if_version: int | None = None) -> None:
        """Delete a record that nothing refers to; raises NotFound, Stale, or Conflict saying what refers to it."""
        require(by, self.write)
        async with transaction():
            row = await self._row(record_id, by)
            if if_version is not None and row.version != if_version:
                raise Stale
            for use in self.uses:
                if await _is_used(use, getattr(row, use.of)):
                    words = _("It has %(uses)s; this %(what)s cannot be deleted.")
                    raise Conflict(words % {"uses": _(use.words), "what": self._spoken()})
            if self.removable is not None:
                await self.removable(row)
            try:
                await row.delete()
            except IntegrityError:
                words = _("This %(what)s is still in use and cannot be deleted.")
                raise Conflict(words % {"what": self._spoken()}) from None
            await self._tell(EventName.RECORD_DELETED, record_id, {}, by)
            if self.search is not None:
                await database_engine.drop(self.search[0], record_id)

    async def _row(self, record_id: int, by: Actor) -> Row:
        row = await self.model.filter(self.scope(by), id=record_id).first()
        if row is None:
            raise NotFound
        return row

    async def _shown_and_indexed(self, record_id: int) -> Shown:
        shown = (await self.show([await self.model.get(id=record_id)]))[0]
        if self.search is not None:
            kind, text_of = self.search
            await database_engine.put(kind, record_id, text_of(shown))
        return shown

    async def _checked(self, given: Values, row: Row | None, by: Actor) -> Values:
        values = await self.check(given, row, by)
        for name, reference in self.references.items():
            if name in values:
                await _check_reference(name, values, reference)
        for name in self.unique:
            if values.get(name) is not None:
                await self._check_unique(name, values[name], row)
        for name, part in self.parts.items():
            if values.get(name):
                await self._check_part(name, part, values[name], row)
        return values

    async def _check_unique(self, name: str, value: Any, row: Row | None) -> None:
        others = f'"{name}" = ?' if row is None else f'"{name}" = ? AND id <> {row.id:d}'
        if await exists(self.model, others, value):
            words = _("There is already a %(what)s with this %(field)s.")
            raise Conflict(words % {"what": self._spoken(), "field": _(name.replace("_", " "))})

    async def _check_part(self, name: str, part: Part, wanted: Sequence[Any], row: Row | None) -> None:
        if not part.model._meta.fields_map[part.value].unique:
            return
        others = part.model.filter(**{f"{part.value}__in": list(wanted)})
        if taken := await (others if row is None else others.exclude(**{part.parent: row.id})).first():
            words = _("%(value)s belongs to another %(what)s already.")
            raise Conflict(words % {"value": getattr(taken, part.value), "what": self._spoken()})

    async def _differing(self, row: Row, values: Values) -> Values:
        changed = {
            name: value for name, value in values.items() if name not in self.parts and getattr(row, name) != value
        }
        for name in self.parts.keys() & values.keys():
            if list(values[name]) != await part_values(self.parts[name], row.id):
                changed[name] = values[name]
        return changed

    async def _stored(self, values: Values) -> Row:
        columns = {name: value for name, value in values.items() if name not in self.parts}
        try:
            row = await self.model.create(**columns)
            await self._store_parts(row.id, values)
        except IntegrityError:
            raise Conflict(self._doubled()) from None
        return row

    async def _update(self, row: Row, values: Values) -> None:
        columns = {name: value for name, value in values.items() if name not in self.parts}
        try:
            touched = await self.model.filter(id=row.id, version=row.version).update(
                **columns, version=row.version + 1, updated_at=clock.now()
            )
            await self._store_parts(row.id, values)
        except IntegrityError:
            raise Conflict(self._doubled()) from None
        if not touched:
            raise Stale

    async def _store_parts(self, record_id: int, values: Values) -> None:
        for name in self.parts.keys() & values.keys():
            part = self.parts[name]
            before = {getattr(old, part.value): old for old in await part.model.filter(**{part.parent: record_id})}
            await part.model.filter(**{part.parent: record_id}).delete()
            for value in values[name]:
                kept = {column: getattr(before[value], column) for column in part.keeps} if value in before else {}
                await part.model.create(**{part.parent: record_id, part.value: value, **kept})

    async def _tell(self, name: EventName, record_id: int, values: Values, by: Actor) -> None:
        codes = {key: _plain(value) for key, value in values.items() if key not in self.words and key not in SECRETS}
        words = {key: _plain(value) for key, value in values.items() if key in self.words}
        data = {"fields": sorted(values), "set": codes}
        await journal.record(name, by=by, subject=(self.noun, record_id), data=data, content=words)
        for remembered in self.remembered:
            forget(remembered)

    def _doubled(self) -> str:
        return _("There is already a %(what)s like this.") % {"what": self._spoken()}

    def _spoken(self) -> str:
        return _(self.noun.replace("_", " "))


async def _check_reference(name: str, values: Values, reference: Reference) -> None:
    """Raise Invalid unless every row that `values[name]` names is there; keep its id where the reference says so."""
    given = values[name]
    wanted = [] if given is None else list(given) if isinstance(given, list | tuple) else [given]
    found: dict[Any, int] = {}
    if wanted:
        marks = ", ".join("?" * len(wanted))
        column, table = reference.column, reference.table
        sql = f"SELECT id, {column} AS value FROM {table} WHERE {column} IN ({marks})"  # noqa: S608  # words of ours
        found = {row["value"]: int(row["id"]) for row in await database.rows(sql, *wanted)}
    if missing := [each for each in wanted if each not in found]:
        raise Invalid.field(name, _("there is no %(what)s %(name)s") % {"what": _(reference.what), "name": missing[0]})
    if reference.stores:
        del values[name]
        values[reference.stores] = found[given] if given is not None else None


async def _is_used(use: Use, value: Any) -> bool:
    sql = f"SELECT 1 AS one FROM {use.table} WHERE {use.column} = ? LIMIT 1"  # noqa: S608  # words of ours alone
    return bool(await database.rows(sql, value))


_INDEXED_AT_ONCE = 500

SECRETS = frozenset({"password_hash"})
"""Fields whose values never enter the journal."""


async def part_values(part: Part, record_id: int) -> list[Any]:
    """Return the values of one record's part, in order."""
    found = await part.model.filter(**{part.parent: record_id}).order_by("id").values_list(part.value, flat=True)
    return list(found)


async def parts_of(part: Part, record_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Return the values of a part for several records at once, in order; a record without any has an empty tuple."""
    found: dict[int, list[Any]] = {record_id: [] for record_id in record_ids}
    rows = part.model.filter(**{f"{part.parent}__in": list(record_ids)}).order_by("id")
    for parent, value in await rows.values_list(part.parent, part.value):
        found[parent].append(value)
    return {record_id: tuple(values) for record_id, values in found.items()}


def _plain(value: Any) -> Any:
    """Return a value as the journal's JSON takes it."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
