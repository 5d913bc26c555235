"""What a row points at: by the id of the system it came from, or by what people call it.

Our own ids are never taken: `17` in a foreign file is somebody else's 17.
"""

import re
from collections.abc import Sequence

from casedesk.accounts import recognising
from casedesk.database import rows, run
from casedesk.database.inserting import insert
from casedesk.entitlements.verifying import serial_key
from casedesk.imports.kinds import Kind
from casedesk.imports.models import ForeignId
from casedesk.imports.values import folded
from casedesk.queues import known

_SALESFORCE_15 = re.compile(r"[A-Za-z0-9]{15}")
_SALESFORCE_18 = re.compile(r"[A-Za-z0-9]{15}[A-Z0-5]{3}")
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_OWN_COLUMN = (Kind.ACCOUNTS, Kind.CONTACTS)


class Finder:
    """Looks up what rows of one import point at, each once; what was not found is looked for again."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], int] = {}

    async def account(self, names: Sequence[str]) -> int | None:
        """Return the account with one of these foreign ids, numbers or (where only one is called so) names."""
        return await self._first(Kind.ACCOUNTS, names, ("number", "name"))

    async def contact(self, names: Sequence[str]) -> int | None:
        """Return the contact with one of these foreign ids or addresses."""
        for name in names:
            if found := await self._known_as(Kind.CONTACTS, name):
                return found
            if recognising.is_address(name) and (person := await recognising.find_by_email(name)) is not None:
                return person.id
        return None

    async def product(self, names: Sequence[str]) -> int | None:
        """Return the product with one of these foreign ids, codes or names."""
        return await self._first(Kind.PRODUCTS, names, ("sku", "name"))

    async def asset(self, names: Sequence[str]) -> int | None:
        """Return the asset with one of these foreign ids or serials."""
        for name in names:
            found = await self._known_as(Kind.ASSETS, name)
            found = found or (
                await self._only(Kind.ASSETS, "serial_key", serial_key(name)) if serial_key(name) else None
            )
            if found is not None:
                return found
        return None

    async def contract(self, names: Sequence[str], account_id: int) -> int | None:
        """Return the contract with one of these foreign ids, or of this account with one of these names."""
        for name in names:
            if found := await self._known_as(Kind.CONTRACTS, name):
                return found
            same = await rows("SELECT id FROM contracts WHERE account_id = ? AND name = ? LIMIT 2", account_id, name)
            if len(same) == 1:
                return int(same[0]["id"])
        return None

    async def user(self, names: Sequence[str]) -> int | None:
        """Return the member of staff with one of these foreign ids or addresses."""
        for name in names:
            found = await self._known_as(Kind.USERS, name) or await self._only(Kind.USERS, "email", name.lower())
            if found is not None:
                return found
        return None

    async def queue(self, name: str) -> int | None:
        """Return the queue with this key or name, compared without case."""
        wanted = folded(name)
        for queue in await known.every():
            if wanted in (folded(queue.key), folded(queue.name)):
                return queue.id
        return None

    async def foreign(self, kind: Kind, external_id: str) -> int | None:
        """Return the record known elsewhere under this id."""
        return await self._known_as(kind, external_id)

    async def _first(self, kind: Kind, names: Sequence[str], columns: Sequence[str]) -> int | None:
        for name in names:
            if found := await self._known_as(kind, name):
                return found
        for name in names:
            for column in columns:
                if found := await self._only(kind, column, name):
                    return found
        return None

    async def _known_as(self, kind: Kind, external_id: str) -> int | None:
        asked = (kind, "external_id", external_id)
        if asked not in self._found:
            found = await _by_foreign_id(kind, external_id)
            if found is None:
                return None
            self._found[asked] = found
        return self._found[asked]

    async def _only(self, kind: Kind, column: str, value: str) -> int | None:
        """Return the record with this value in a column of its table; None unless there is exactly one."""
        asked = (kind, column, value)
        if asked not in self._found:
            sql = f"SELECT id FROM {kind.value} WHERE {column} = ? LIMIT 2"  # noqa: S608  # words of ours
            found = await rows(sql, value)
            if len(found) != 1:
                return None
            self._found[asked] = int(found[0]["id"])
        return self._found[asked]


async def remember(kind: Kind, external_id: str, record_id: int) -> None:
    """Keep under which id a record is known elsewhere, in the open transaction."""
    if kind in _OWN_COLUMN:
        return
    await run("DELETE FROM foreign_ids WHERE kind = ? AND external_id = ?", kind.value, external_id)
    await insert(ForeignId, [{"kind": kind.value, "external_id": external_id, "record_id": record_id}])


async def _by_foreign_id(kind: Kind, external_id: str) -> int | None:
    same = _alike(external_id)
    marks = ", ".join("?" * len(same))
    if kind in _OWN_COLUMN:
        sql = f"SELECT id FROM {kind.value} WHERE external_id IN ({marks}) ORDER BY id LIMIT 1"  # noqa: S608
        found = await rows(sql, *same)
    else:
        sql = (
            f"SELECT r.id FROM foreign_ids f JOIN {kind.value} r ON r.id = f.record_id "  # noqa: S608  # words of ours
            f"WHERE f.kind = ? AND f.external_id IN ({marks}) ORDER BY r.id LIMIT 1"
        )
        found = await rows(sql, kind.value, *same)
    return int(found[0]["id"]) if found else None


def _alike(external_id: str) -> tuple[str, ...]:
    """Return the ways to write an id: Salesforce's reports give 15 characters of what its exports write with 18."""
    if _SALESFORCE_15.fullmatch(external_id):
        return (external_id, external_id + _checked(external_id))
    if _SALESFORCE_18.fullmatch(external_id) and external_id[15:] == _checked(external_id[:15]):
        return (external_id, external_id[:15])
    return (external_id,)


def _checked(fifteen: str) -> str:
    """Return the three characters that tell which letters of the fifteen are capitals."""
    chunks = (fifteen[start : start + 5] for start in (0, 5, 10))
    return "".join(_CHECKS[sum(1 << place for place, c in enumerate(chunk) if c.isupper())] for chunk in chunks)
