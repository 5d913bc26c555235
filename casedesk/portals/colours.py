"""Colours of a brand: whether text in them can be read, and the shades that a page needs in light and in dark.

Contrast is that of WCAG 2.2 (section 1.4.3): 4.5:1 is the least for text. Pure arithmetic; no page and no row here.
"""

import colorsys
import re
from dataclasses import dataclass

LEAST = 4.5
PAPER = ("#ffffff", "#f5f4f0")
"""What text stands on in light: cards and the page itself."""
NIGHT = ("#1b1a18", "#131211")
_EASY = 7.0
_GENTLE = 0.6
"""How strong a colour may be that shines out of the dark."""
_DUSK = 0.2
_WHITE, _BLACK = "#ffffff", "#000000"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of a page in one theme, each `#rrggbb`: the bar with its text, links and buttons with theirs."""

    bar: str
    on_bar: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str


def is_colour(text: str) -> bool:
    """Say whether `text` is a colour such as #0c5a52, in lower case."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def worst_on_paper(colour: str) -> float:
    """Return the contrast of text in this colour on the paper it can be read least on."""
    return min(contrast(colour, paper) for paper in PAPER)


def by_day(primary: str, bar: str) -> Shades:
    """Return the shades for light paper; `primary` is one that can be read there."""
    hover = _mixed(primary, _BLACK, 0.2)
    return Shades(bar, _text_on(bar), primary, hover, _softened(primary, _WHITE, primary), _text_on(primary))


def by_night(primary: str, bar: str) -> Shades:
    """Return the shades for dark paper, made from those for light."""
    accent = _until_readable(primary, NIGHT)
    dimmed = _dimmed(bar)
    soft = _softened(primary, NIGHT[0], accent)
    return Shades(dimmed, _text_on(dimmed), accent, _mixed(accent, _WHITE, 0.3), soft, _text_on(accent))


def _until_readable(colour: str, papers: tuple[str, ...]) -> str:
    """Return the same hue as light as it takes to be read easily (7:1) on dark paper."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    for percent in range(round(lightness * 100), 100, 2):
        parts = colorsys.hls_to_rgb(hue, percent / 100, min(saturation, _GENTLE))
        lighter = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
        if min(contrast(lighter, paper) for paper in papers) >= _EASY:
            return lighter
    return _WHITE


def _dimmed(colour: str) -> str:
    """Return the same hue as a bar that does not shine in the dark."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    parts = colorsys.hls_to_rgb(hue, min(lightness * 0.64, _DUSK), saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _softened(colour: str, paper: str, text: str) -> str:
    """Return a tint of `paper` on which `text` can still be read."""
    for share in range(88, 101, 2):
        tint = _mixed(colour, paper, share / 100)
        if contrast(text, tint) >= LEAST:
            return tint
    return paper


def _text_on(colour: str) -> str:
    # One of the two always has 4.58:1 or more.
    return max((_WHITE, _BLACK), key=lambda text: contrast(text, colour))


def _mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` (0 to 1) of another in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
