"""What happens to whom, as data: who writes, a case, the steps of its life.

Making them up is `authoring`, telling them to a desk is `telling`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who writes; `devices` are the serials of their company by product (sku), `weight` how often they do."""

    email: str
    name: str
    language: str
    sites: tuple[str, ...] = ()
    devices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    zone: str = "UTC"
    contract: str = "none"
    weight: int = 1
    medical: bool = False

    @property
    def first(self) -> str:
        """Return what an agent greets them by."""
        names = self.name.split()
        return names[0] if self.language != "ja" or not names else f"{names[0]}様"


@dataclass(frozen=True, slots=True)
class Step:
    """Something done on a case, `after` minutes since the step before; `who` is staff by address, "" the customer."""

    after: float
    do: str
    who: str = ""
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plot:
    """One case: `hours` old, begun with `text` by `contact`, and what happened to it since.

    `key` names a thread written by hand, "" any other; `linked_to` is the number of the case this is a report of.
    """

    hours: float
    contact: str
    name: str
    subject: str
    text: str
    steps: tuple[Step, ...]
    origin: str = "email"
    mailbox: str = "support"
    language: str = "en"
    priority: str | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    on_behalf: str = ""
    key: str = ""
    linked_to: int | None = None
