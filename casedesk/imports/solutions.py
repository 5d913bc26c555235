"""Solutions come in by the import of `knowledge`; here rows become its lines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casedesk.identity import Actor
from casedesk.imports.values import folded
from knowledge.importing import Tally, take_in

_STATUSES = {"online": "published", "veröffentlicht": "published", "entwurf": "draft", "archiviert": "archived"}
_VISIBILITIES = {"intern": "internal", "öffentlich": "public", "everyone": "public", "customers": "portal"}


async def store(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> Tally:
    """Keep the solutions of some rows; the failures count rows from 1 in the order given."""
    return await take_in([json.dumps(_line(row)).encode() for row in rows], by=by)


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    line = dict(row)
    for name, words in (("status", _STATUSES), ("visibility", _VISIBILITIES)):
        if name in line:
            line[name] = words.get(folded(line[name]), folded(line[name]))
    return line
