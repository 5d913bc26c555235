"""Cursors: where the next page of a list begins, as an opaque word. They hold ids and keys of rows already shown."""

import base64
import binascii
import json
from collections.abc import Sequence

from casedesk.errors import Invalid

MOST = 200
USUAL = 50
_LONGEST = 400


def cursor_of(*keys: int | str) -> str:
    """Return the cursor for the row with these keys."""
    return base64.urlsafe_b64encode(json.dumps(keys, separators=(",", ":")).encode()).decode("ascii").rstrip("=")


def keys_of(cursor: str | None, *kinds: type[int] | type[str]) -> tuple[int | str, ...] | None:
    """Return the keys in a cursor of `cursor_of`, None for no cursor; raises Invalid unless they are of `kinds`."""
    if not cursor:
        return None
    keys = _opened(cursor)
    if (
        keys is None
        or len(keys) != len(kinds)
        or not all(_is(key, kind) for key, kind in zip(keys, kinds, strict=True))
    ):
        raise Invalid.field("cursor", "must be the `next` of an earlier page")
    return tuple(keys)


def after_id(cursor: str | None) -> int:
    """Return the id after which a list by id goes on; 0 for the first page. Raises Invalid."""
    keys = keys_of(cursor, int)
    return int(keys[0]) if keys else 0


def next_after(ids: Sequence[int], limit: int) -> tuple[int, str | None]:
    """Return how many of the read ids to show and the cursor of the next page, where one more than `limit` was read."""
    if len(ids) <= limit:
        return len(ids), None
    return limit, cursor_of(ids[limit - 1])


def _opened(cursor: str) -> list[int | str] | None:
    if len(cursor) > _LONGEST or not cursor.isascii():
        return None
    try:
        keys = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return keys if isinstance(keys, list) else None


def _is(key: object, kind: type[int] | type[str]) -> bool:
    if kind is int:
        return type(key) is int and 0 <= key < 2**63
    return isinstance(key, str) and "\x00" not in key and not any("\ud800" <= letter <= "\udfff" for letter in key)
