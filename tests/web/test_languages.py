"""Every page in the languages of readers that nobody is: no word is forgotten, nothing breaks when words grow or turn."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from babel import Locale

from casedesk import language
from casedesk.database import rows
from casedesk.portals.branding import PORTALS
from casedesk.settings import Settings
from casedesk.users.enrolling import set_preferences
from casedesk.web.routes import create_web
from tests.check_pages import CUSTOMERS, DOORS, PAGES, SALES, SETUP, fill
from tests.web.browser import OUR_ORIGIN, signed_in, visitor
from tests.web.strange import Strange, from_the_right, lengthened, unbracketed
from tests.world import PASSWORD, World

pytestmark = pytest.mark.sqlite_only  # what pages say does not depend on the engine

LONG, TURNED = "en_GB", "ar"
STRANGERS = {"sign-in": "/sign-in", "nowhere": "/nowhere", **DOORS}
READERS = {"max": PAGES, "ines": SETUP, "sally": SALES, "ada": CUSTOMERS, "stranger": STRANGERS}
"""Who looks at which pages."""
MADE_UP = frozenset({"components", "setup-letter"})
"""Pages with made-up names: the gallery, and a letter as it would look."""
LOOKED_AT = (
    "mine", "case", "escalation", "call", "tasks", "search-found", "operations", "me", "setup", "setup-queue", "behalf",
    "sign-in", "portal-home", "portal-register", "portal-me",
)  # fmt: skip
"""Pages with every kind of part; the browser looks at these."""
DATA = (
    "users", "contacts", "contact_emails", "accounts", "account_domains", "cases", "messages", "queues", "products", "assets",
    "contracts", "entitlements", "solutions", "solution_categories", "portals", "mailboxes", "email_templates", "business_hours",
    "rule_sets", "web_forms", "tasks",
    "calendar_events", "customer_links",
)  # fmt: skip
"""Where what people wrote is kept: it is shown as it is."""
CODES = frozenset({"status", "status_category", "priority", "type", "role", "origin", "kind", "language", "visibility"})
"""Columns of theirs that hold words of ours."""
NUMBERS = re.compile(r"[A-Z]{2,4}-[\d-]+|#\d+|S/N")
NOT_WORDS = {
    "keys of the keyboard": r"((Ctrl|Shift|Alt|Enter|Esc|Tab|[A-Z?])\+?)+",
    "instants and days, which Babel says": r"[\d:., ]*(Mon|Tue|Wed|Thu|Fri|Sat|Sun)?[a-z]*[\d:., ]*"
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)?[a-z]*[\d:., ]*(UTC)?",
    "faces": r"[A-ZÉÖ]{1,2}|\?",
    "sizes": r"[\d.,]+ [KMG]B",
    "names of languages, which Babel says or which say themselves": r"English|German|Deutsch|French|العربية",
    "names of time zones": r"[A-Z][a-z]+/[A-Z][a-zA-Z_]+|UTC",
    "the product": r"casedesk",
    "addresses": r"https?|/[\w/.{}-]+",
}
"""What stands on pages without being a word of ours, by reason."""

RULES = re.compile(r"\{.*\}", re.DOTALL)
"""Rules as JSON, for experts."""
COUNTRIES = frozenset(Locale.parse("en_GB").territories.values())
"""Names that Babel says."""


@pytest.fixture
async def paths(world: World) -> dict[str, str]:
    """Fill the desk and return the address of every page by name."""
    numbers = await fill(world)
    return {name: path.format(**numbers) for pages in READERS.values() for name, path in pages.items()}


@pytest.fixture
async def readers(paths: dict[str, str], peopled: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Return who looks at each page, at their browser."""
    app = create_web(peopled)
    browsers = {name: await signed_in(app, f"{name}@halden.example", PASSWORD) for name in ("max", "ines", "sally")}
    browsers |= {name: visitor(app, origin=OUR_ORIGIN) for name in ("ada", "stranger")}
    entered = await browsers["ada"].post(
        "/portal/help/in", data={"email": "ada@ridgeline.example", "password": PASSWORD}
    )
    assert entered.status_code == 303
    yield {page: browsers[name] for name, pages in READERS.items() for page in pages}
    for each in browsers.values():
        await each.aclose()


@pytest.fixture
def catalogues() -> Iterator[None]:
    """Let there be the words of readers that nobody is."""
    language.add_catalogue(LONG, Strange(lengthened))
    language.add_catalogue(TURNED, Strange(from_the_right))
    yield
    language.forget_catalogues()


async def test_no_page_says_a_word_that_the_catalogues_cannot_translate(
    paths: dict[str, str], readers: dict[str, httpx.AsyncClient], catalogues: None
) -> None:
    data, forgotten = await _data(), {}

    for name in paths.keys() - MADE_UP:
        page = await readers[name].get(paths[name])
        if words := sorted({piece for piece in unbracketed(page.text) if not _is_data(piece, data)}):
            forgotten[name] = words

    assert forgotten == {}


@pytest.mark.browser
async def test_longer_words_and_words_from_the_right_break_no_page(
    world: World, paths: dict[str, str], readers: dict[str, httpx.AsyncClient], catalogues: None, browser: Any
) -> None:
    wrong = []

    for locale in (LONG, TURNED):
        for reader in (world.max, world.ines, world.sally):
            await set_preferences({"language": locale}, by=reader)
        portal = (await PORTALS.page(by=world.ines))[0]
        await PORTALS.change(portal.id, {"languages": ["en" if locale == LONG else locale]}, by=world.ines)
        for width in (1440, 390):
            context = await browser.new_context(viewport={"width": width, "height": 900}, base_url=OUR_ORIGIN)
            shown = await context.new_page()
            await shown.route("**/*", _answering(readers, paths))
            for name in LOOKED_AT:
                await shown.goto(paths[name])
                wrong += [f"{locale} {width} {name}: {each}" for each in await shown.evaluate(BROKEN)]
                turned = name != "sign-in" and locale == TURNED  # the door knows nobody's choice yet
                assert await shown.evaluate("document.dir") == ("rtl" if turned else "ltr"), name
            await context.close()

    assert wrong == []


BROKEN = """() => {
  const wrong = [], root = document.documentElement
  if (root.scrollWidth > innerWidth) wrong.push(`wider than its window by ${root.scrollWidth - innerWidth}`)
  const seen = each => each.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const named = each => `${each.tagName.toLowerCase()}.${each.className} “${each.textContent.trim().slice(0, 40)}”`
  const clips = each => each.clientWidth && each.scrollWidth > each.clientWidth + 1
  const stays = each => ["fixed", "sticky"].includes(getComputedStyle(each).position)
  const floats = each => each && (stays(each) || floats(each.parentElement))
  const meet = (a, b) => ({
    left: Math.max(a.left, b.left), right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom),
  })
  const visible = each => {
    let box = each.getBoundingClientRect()
    for (let around = each.parentElement; around; around = around.parentElement)
      if (getComputedStyle(around).overflow !== "visible") box = meet(box, around.getBoundingClientRect())
    return box
  }
  const acts = [...document.querySelectorAll("button, a.cd-btn, summary, select, input:not([type=hidden])")]
    .filter(each => seen(each) && !each.matches(".cd-hidden-text"))
  for (const each of acts) if (each.matches("button, a") && clips(each)) wrong.push(`clipped: ${named(each)}`)
  const boxes = acts.filter(each => !floats(each)).map(each => [each, visible(each)])
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    const { left, right, top, bottom } = meet(a, b)
    const apart = right - left <= 2 || bottom - top <= 2
    if (!apart && !one.contains(other) && !other.contains(one)) wrong.push(`${named(one)} lies over ${named(other)}`)
  }))
  return wrong
}"""
"""What is broken on a page: wider than its window, words that leave their button, acts that lie over one another."""


def _answering(readers: dict[str, httpx.AsyncClient], paths: dict[str, str]) -> Any:
    """Return what answers the requests of a page from the application, without a server."""
    names = {path: name for name, path in paths.items()}
    kept: dict[str, httpx.Response] = {}

    async def answer(route: Any) -> None:
        path = route.request.url.removeprefix(OUR_ORIGIN)
        if path.startswith("/live") or route.request.method != "GET":
            await route.abort()
            return
        told = kept.get(path) or await readers[names.get(path, "mine")].get(path)
        if path.startswith("/static/"):
            kept[path] = told
        headers = {
            name: value for name, value in told.headers.items() if name not in ("content-encoding", "content-length")
        }
        await route.fulfill(status=told.status_code, headers=headers, body=told.content)

    return answer


async def _data() -> str:
    """Return everything that people wrote, as one text to look for pieces in."""
    found = []
    for table in DATA:
        for row in await rows(f"SELECT * FROM {table}"):  # names of ours alone
            found += [str(value) for column, value in row.items() if column not in CODES]
    return _bare("\n".join(found))


def _is_data(piece: str, data: str) -> bool:
    if piece in COUNTRIES or RULES.fullmatch(piece):
        return True
    parts = [part.strip() for part in re.split(r"[·|()→×–,:“”]|\. ", NUMBERS.sub("·", piece))]
    return all(_is_plain(part) or _bare(part) in data for part in parts)


def _bare(text: str) -> str:
    """Return a text without the marks of Markdown, in small letters."""
    return re.sub(r"[#*\s\d.]+", " ", text).strip().casefold()


_ALLOWED = re.compile("|".join(f"({pattern})" for pattern in NOT_WORDS.values()))


def _is_plain(part: str) -> bool:
    return not any(letter.isalpha() for letter in part) or _ALLOWED.fullmatch(part) is not None
