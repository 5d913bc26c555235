"""Cases, products and solutions as lines and cards of a list: the same on every page of a portal."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from casedesk import clock, language, richtext
from casedesk.cases.customers_list import CustomersRow
from casedesk.entitlements.owned import OwnedAsset
from casedesk.language import gettext as _
from casedesk.language import ngettext
from casedesk.web.portal import words
from casedesk.web.portal.page_views import CaseLine, ProductCard, SolutionLine
from casedesk.web.portal.place import Place
from casedesk.web.portal.words import Tone
from knowledge import snippets, steps
from knowledge.solution import SolutionView

_SUMMARY = 160
_LOOKED_AT = 4_000
_SHOWN_SERIAL = 5
_USUAL_DAYS = 730
"""A usual warranty: when one began is not known, only when we first heard of the product."""


def case_line(row: CustomersRow, place: Place) -> CaseLine:
    """Return a case as a line."""
    return CaseLine(
        number=row.number,
        url=place.url(f"/cases/{row.number}"),
        subject=row.subject,
        state=words.state_words(row.state),
        tone=words.STATE_TONES[row.state],
        mark=words.STATE_MARKS[row.state],
        next=words.short_next(row.next),
        product=" · ".join(each for each in (row.product, row.serial) if each),
        asked_by="" if row.is_own else row.asked_by,
        last_at=row.last_at,
    )


def product_card(asset: OwnedAsset, place: Place, open_cases: Mapping[int, int]) -> ProductCard:
    """Return an installed product as a card."""
    number = open_cases.get(asset.id, 0)
    many = ngettext("%(number)s open case", "%(number)s open cases", number) % {"number": language.number(number)}
    return ProductCard(
        id=asset.id,
        name=asset.product,
        detail=asset_detail(asset),
        serial=asset.serial,
        site=asset.site,
        warranty=warranty_words(asset),
        tone=_warranty_tone(asset),
        left=_left(asset),
        open_cases=many if number else "",
        cases_url=place.url("/cases", asset=asset.id, whose="company", state="open"),
        ask_url=place.url("/ask", asset=asset.id),
    )


def asset_detail(asset: OwnedAsset) -> str:
    """Say which of several it is: its site, the end of its serial, its warranty."""
    serial = asset.serial if len(asset.serial) <= _SHOWN_SERIAL + 2 else f"…{asset.serial[-_SHOWN_SERIAL:]}"
    number = (_("S/N %(serial)s") % {"serial": serial.replace("…", "…\u2060")}).replace(" ", "\u00a0")
    state = {True: _("in warranty"), False: _("out of warranty"), None: ""}[asset.in_warranty]
    return " · ".join(each for each in (asset.site, number, state) if each)


def warranty_words(asset: OwnedAsset) -> str:
    """Say until when the warranty is, or that it is over."""
    if asset.warranty_until is None:
        return _("No warranty is known to us")
    day = language.day(asset.warranty_until)
    return (
        _("Warranty until %(day)s") % {"day": day} if asset.in_warranty else _("Warranty ended %(day)s") % {"day": day}
    )


def solution_lines(found: Iterable[SolutionView], place: Place, asked: str = "") -> tuple[SolutionLine, ...]:
    """Return solutions as lines; the words that were asked are marked in their titles."""
    why = tuple(asked.split()[:20])
    return tuple(
        SolutionLine(
            title=words.marked(each.title, why, each.language) if why else Markup("{}").format(each.title),
            url=solution_url(each, place),
            summary=richtext.excerpt(snippets.plain(_without_headings(each.body)), _SUMMARY),
            helped=words.helped_words(each.solved),
            minutes=words.minutes_words(steps.minutes_to_read(each.body)),
            updated=words.updated_words(each.updated_at),
        )
        for each in found
    )


def solution_url(solution: SolutionView, place: Place, **query: object) -> str:
    """Return the address of a solution, with its title in it for those who read addresses."""
    return place.url(f"/solutions/{named(solution.id, solution.title)}", **query)


def named(solution_id: int, title: str) -> str:
    """Return the part of an address that names a solution: its id and the words of its title."""
    kept = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in title.lower()).split()[:8])
    return f"{solution_id}-{kept}" if kept else str(solution_id)


def _without_headings(body: str) -> str:
    return "\n".join(line for line in body[:_LOOKED_AT].splitlines() if not line.lstrip().startswith("#"))


def _warranty_tone(asset: OwnedAsset) -> Tone:
    left = _left(asset)
    if left is None:
        return Tone.PLAIN
    return Tone.OK if left > 15 else Tone.WARN


def _left(asset: OwnedAsset) -> int | None:
    """Return the share of the warranty that is left, of two years at least; 0 when it is over."""
    if asset.warranty_until is None:
        return None
    if not asset.in_warranty:
        return 0
    whole = max((asset.warranty_until - asset.known_since).days, _USUAL_DAYS)
    left = (asset.warranty_until - language.local(clock.now()).date()).days
    return max(1, min(100, round(100 * left / whole)))
