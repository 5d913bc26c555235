"""What the console shows of a demo: how far it is being filled, and a tour of its plot lines that is nothing but links."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casedesk import language
from casedesk.language import gettext as _


@dataclass(slots=True)
class DemoStand:
    """A demo as it stands: `told` of `cases` cases are in; `stops` are numbers of cases by the name of their thread."""

    cases: int
    told: int = 0
    stops: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TourStop:
    """A step of the tour."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DemoNote:
    """What the views' pane shows: one sentence while the demo is being filled, and the tour until it is put away."""

    filling: str
    tour: tuple[TourStop, ...]


def note(stand: DemoStand | None, *, with_tour: bool) -> DemoNote | None:
    """Return what is shown of a demo, None for any other desk and where there is nothing to say."""
    if stand is None:
        return None
    filling = ""
    if stand.told < stand.cases:
        told, cases = language.number(stand.told), language.number(stand.cases)
        filling = _("The demo is being filled: %(told)s of %(cases)s cases") % {"told": told, "cases": cases}
    tour = tuple(_tour(stand.stops)) if with_tour else ()
    return DemoNote(filling, tour) if filling or tour else None


def _tour(stops: Mapping[str, str]) -> list[TourStop]:
    labels = {
        "firmware-4.2": _("One fault, many reports since yesterday"),
        "blood-bank": _("A blood bank asks for a manager"),
        "invoice": _("An invoice that was handed on three times"),
        "japanese": _("A thread in Japanese, one in Arabic beside it"),
        "warranty": _("A warranty that ended last week"),
        "bad-survey": _("A bad survey, and somebody who calls back"),
    }
    found = [TourStop(label, f"/console/c/{stops[key]}") for key, label in labels.items() if key in stops]
    return [*found[:1], TourStop(_("A Premier case whose answer is due within the hour"), "/console/v/due"), *found[1:]]
