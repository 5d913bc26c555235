"""What a rule may ask about a case: fields, their kinds, and the operators each kind understands.

The list of a case's fields belongs to the case; here is only what an entry of it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class FieldKind(StrEnum):
    """What a field holds; facts are str, str, int or float, bool, aware datetime, date, and a list of str."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    BOOL = "bool"
    INSTANT = "instant"
    DATE = "date"
    LIST = "list"


class Operator(StrEnum):
    """How a fact is compared; text without regard to case."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    LESS = "less"
    GREATER = "greater"
    IS_EMPTY = "is_empty"
    IS_TRUE = "is_true"


_EQUALITY = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN, Operator.NOT_IN, Operator.IS_EMPTY})
_TEXTUAL = _EQUALITY | {Operator.CONTAINS, Operator.STARTS_WITH}
_ORDERED = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.LESS, Operator.GREATER, Operator.IS_EMPTY})

OPERATORS_OF_KIND: Mapping[FieldKind, frozenset[Operator]] = MappingProxyType(
    {
        FieldKind.TEXT: _TEXTUAL,
        FieldKind.CHOICE: _TEXTUAL,
        FieldKind.NUMBER: _ORDERED | _EQUALITY,
        FieldKind.BOOL: frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.IS_TRUE, Operator.IS_EMPTY}),
        FieldKind.INSTANT: _ORDERED,
        FieldKind.DATE: _ORDERED,
        FieldKind.LIST: frozenset({Operator.CONTAINS, Operator.IN, Operator.NOT_IN, Operator.IS_EMPTY}),
    }
)
"""The operators a field of a kind understands unless its entry narrows them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of the catalogue.

    `key` is the name in rules and facts ("account.region"); `choices` are the values a choice may have, none meaning
    any; `operators` narrows what the kind allows, None meaning all of it; `settable` says whether a rule may write it.
    """

    key: str
    kind: FieldKind = FieldKind.TEXT
    label: str = ""
    choices: tuple[str, ...] = ()
    operators: frozenset[Operator] | None = None
    settable: bool = False


Catalogue = Mapping[str, Field]
"""Fields by key."""


def catalogue_of(*fields: Field) -> Catalogue:
    """Return `fields` as a catalogue; a key named twice keeps the later entry."""
    return MappingProxyType({field.key: field for field in fields})


def operators_of(field: Field) -> frozenset[Operator]:
    """Return the operators a rule may use on `field`."""
    allowed = OPERATORS_OF_KIND[field.kind]
    return allowed if field.operators is None else allowed & field.operators
