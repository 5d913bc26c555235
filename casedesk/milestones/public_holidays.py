"""The public holidays of countries, from the library `holidays`; which of them a desk keeps is a calendar's own list."""

import importlib
from datetime import date
from functools import lru_cache
from typing import Any

from casedesk.errors import Invalid
from casedesk.language import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2100


@lru_cache(maxsize=1)
def _library() -> Any:
    # Fifty milliseconds of every start for something asked once a year.
    return importlib.import_module("holidays")


def countries() -> tuple[str, ...]:
    """Return the ISO codes of the countries that are known, sorted."""
    return tuple(sorted(code for code in _library().list_supported_countries() if len(code) == 2))


def of_country(country: str, year: int) -> dict[date, str]:
    """Return the days and names of a country's public holidays in a year; raises Invalid for one that is unknown."""
    if country not in countries():
        raise Invalid.field("country", "choose a country of the list")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid.field(
            "year", _("give a year from %(first)s to %(last)s") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return dict(sorted(_library().country_holidays(country, years=year).items()))
