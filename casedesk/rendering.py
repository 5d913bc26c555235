"""Pages from templates: one Jinja2 environment that escapes everything and forgives nothing.

Templates get finished values (frozen view models) and compute nothing; an unknown name is an error, not an empty place.
People who use casedesk never write Jinja: their texts are filled by substitution over a fixed list of names (see the
mail abilities).
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import js_lib_htmx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lucide.jinja import lucide
from markupsafe import Markup, escape

from casedesk import language

_HERE = Path(__file__).parent
STATIC = _HERE / "web" / "static"
HTMX = Path(js_lib_htmx.__file__).parent / "static" / "htmx" / "htmx.min.js"


def render(template: str, /, **context: object) -> str:
    """Return the text of `template` (a path under the templates folder) filled with `context`.

    Raises jinja2.UndefinedError for a name the context does not hold: a missing value is a mistake of ours.
    """
    return _environment().get_template(template).render(**context)


def template_folder() -> Path:
    """Return where the templates lie: inside the installed package, or at the top of a checkout."""
    installed = _HERE / "templates"
    return installed if installed.is_dir() else _HERE.parent / "templates"


@lru_cache(maxsize=256)
def icon(name: str, kind: str = "") -> Markup:
    """Return the Lucide icon `name` as inline SVG, hidden from screen readers: words stand beside every icon.

    `kind` is a class suffix: `icon("phone", "large")` is drawn with `cd-icon cd-icon-large`.
    """
    classes = f"cd-icon cd-icon-{kind}" if kind else "cd-icon"
    drawing = lucide(name, size=16, aria_hidden="true", focusable="false", **{"class": classes})
    return Markup(drawing)  # noqa: S704  # drawn from the installed package by names in our own templates


def static_file(path: str) -> Path | None:
    """Return the file behind `/static/{path}`, or None; never anything outside the two places it serves from."""
    if path == "htmx.min.js":
        return HTMX
    wanted = (STATIC / path).resolve()
    return wanted if wanted.is_relative_to(STATIC) and wanted.is_file() else None


@lru_cache(maxsize=256)
def static_url(path: str) -> str:
    """Return the address of a static file with a mark of its content, so that it may be cached for good.

    Raises FileNotFoundError for a file that does not exist: a page must not link into the void.
    """
    file = static_file(path)
    if file is None:
        raise FileNotFoundError(path)
    return f"/static/{path}?v={sha256(file.read_bytes()).hexdigest()[:10]}"


def isolate(text: str) -> Markup:
    """Return text of a person in a <bdi>, so that its direction cannot disturb the words around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def iso(instant: datetime | date) -> str:
    """Return an instant as the `datetime` attribute wants it: UTC, whole seconds; a date stays a date."""
    if isinstance(instant, datetime):
        return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return instant.isoformat()


def time_element(instant: datetime) -> Markup:
    """Return <time> with the time of day, the full moment in its title."""
    return _time(instant, language.clock_time(instant), "")


def relative_element(instant: datetime) -> Markup:
    """Return <time> with the short distance (57m, 3h), which the page keeps up to date by itself."""
    return _time(instant, language.relative(instant), "relative")


def day_element(when: datetime | date) -> Markup:
    """Return <time> with the day alone."""
    if isinstance(when, datetime):
        return _time(when, language.day(when), "")
    return Markup('<time datetime="{}">{}</time>').format(iso(when), language.day(when))


def _time(instant: datetime, words: str, ticks: str) -> Markup:
    tick = Markup(' data-time="{}"').format(ticks) if ticks else Markup("")
    element = Markup('<time datetime="{}" title="{}"{}>{}</time>')
    return element.format(iso(instant), language.moment(instant), tick, words)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        auto_reload=False,  # a page includes some thirty parts; each would be looked at on disk for each page
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext
    )
    environment.globals.update(
        icon=icon,
        static=static_url,
        language_tag=language.language_tag,
        direction=language.direction,
        units=language.units,
    )
    environment.filters.update(
        time=time_element,
        relative=relative_element,
        day=day_element,
        moment=language.moment,
        named_day=language.named_day,
        clock_time=language.clock_time,
        span=language.span,
        bytes=language.size,
        number=language.number,
        bdi=isolate,
        iso=iso,
        e=escape,
    )
    return environment
