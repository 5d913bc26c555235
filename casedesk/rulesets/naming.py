"""Which keys the rule sets in force use, so that nothing they name is renamed or removed beneath them."""

from collections.abc import Iterator
from typing import Any

from casedesk.errors import NotFound
from casedesk.rulesets import published
from casedesk.rulesets.documents import RuleSetKind


async def names(kind: str, key: str) -> bool:
    """Say whether a rule set in force names `key` as its `kind`: queue, template, business_hours."""
    return await times(kind, key) > 0


async def times(kind: str, key: str) -> int:
    """Return how often the rule sets in force name `key` as their `kind`."""
    found = 0
    for each in RuleSetKind:
        try:
            document = (await published.current(each.value)).document
        except NotFound:
            continue
        found += sum(value == key for value in _values(document, kind))
    return found


def _values(part: Any, kind: str) -> Iterator[Any]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == kind:
                yield value
            yield from _values(value, kind)
    elif isinstance(part, list):
        for each in part:
            yield from _values(each, kind)
