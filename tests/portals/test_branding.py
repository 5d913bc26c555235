"""Brands as data: colours that can be read, languages that exist, hosts of their own."""

import pytest

from casedesk.errors import Conflict, Invalid
from casedesk.identity import SYSTEM
from casedesk.portals import branding, colours
from casedesk.portals.branding import PORTALS

BRANDS = ("#0c5a52", "#2546c9", "#7a3e9d", "#b01f14", "#000000", "#4b5320", "#005a9c", "#6b4f00", "#c2185b")


@pytest.mark.parametrize("primary", BRANDS)
def test_every_text_of_a_brand_can_be_read_in_light_and_in_dark(primary: str) -> None:
    day, night = colours.by_day(primary, primary), colours.by_night(primary, primary)
    pairs = [
        *((shades.on_bar, shades.bar) for shades in (day, night)),
        *((shades.on_accent, shades.accent) for shades in (day, night)),
        *((shades.on_accent, shades.accent_hover) for shades in (day, night)),
        *((shades.accent, shades.accent_soft) for shades in (day, night)),
        *((day.accent, paper) for paper in colours.PAPER),
        *((night.accent, paper) for paper in colours.NIGHT),
    ]

    assert [(pair, ratio) for pair in pairs if (ratio := colours.contrast(*pair)) < colours.LEAST] == []


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


async def test_a_colour_nobody_can_read_is_refused_with_its_ratio(portal) -> None:
    with pytest.raises(Invalid) as refused:
        await PORTALS.change(portal.id, {"primary_colour": "#F2B65C"}, by=SYSTEM)

    assert "1.6:1" in refused.value.message
    assert "4.5:1" in refused.value.message


async def test_a_bar_may_be_bright_because_its_text_is_computed(portal) -> None:
    changed = await PORTALS.change(portal.id, {"bar_colour": "#FFE94F"}, by=SYSTEM)

    assert (changed.bar_colour, colours.by_day("#0c5a52", "#ffe94f").on_bar) == ("#ffe94f", "#000000")


@pytest.mark.parametrize(
    "given",
    [
        {"primary_colour": "red"}, {"bar_colour": "#12345"}, {"primary_colour": "#12345g"}, {"languages": []},
        {"languages": ["xx_tlh"]}, {"languages": ["en"] * 3 + [f"x{n}" for n in range(20)]}, {"registration": "closed"},
        {"intro": "x" * 2001},
    ],
)  # fmt: skip
async def test_what_is_no_colour_language_or_rule_is_refused(portal, given: dict) -> None:
    with pytest.raises(Invalid):
        await PORTALS.change(portal.id, given, by=SYSTEM)


async def test_a_host_belongs_to_one_brand(portal, other_portal) -> None:
    await PORTALS.change(portal.id, {"host": "Help.Example"}, by=SYSTEM)

    assert await branding.by_host("help.example:8443") == await branding.by_slug("help")
    assert await branding.by_host("help.example.evil.example") is None
    with pytest.raises(Conflict):
        await PORTALS.change(other_portal.id, {"host": "help.example"}, by=SYSTEM)
