"""The pages as they are drawn: well-formed, safe under the content policy, reachable, and kind to what was typed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import Markup
from playwright.sync_api import Browser, Page, expect, sync_playwright

from casedesk.clock import frozen_at
from casedesk.language import Reader, speaking_to
from casedesk.rendering import HTMX, icon, render, static_file, static_url
from casedesk.web.console.timeline_views import Entry, EntryKind
from casedesk.web.pages import Theme
from casedesk.web.views import Person
from tests.web import samples
from tests.web.stage import Answer, Stage, open_stage

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PAGES = list(samples.pages())
CASE = "/console/c/HAL-20418"


@pytest.fixture(autouse=True)
def _moment() -> Iterator[None]:
    with frozen_at(samples.NOW), speaking_to(Reader("en_GB", "Europe/Paris")):
        yield


def drawn(name: str, theme: Theme = Theme.LIGHT) -> str:
    template, context = samples.pages(theme)[name]
    return render(template, **context)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_and_nothing_the_content_policy_forbids(name: str) -> None:
    page = drawn(name)

    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.findall(r"\sstyle=|\son[a-z]+=\"|javascript:", page) == []
    assert re.findall(r"<script(?![^>]*nonce=)", page) == []


@pytest.mark.parametrize("name", PAGES)
def test_ids_of_a_page_are_unique_so_that_parts_can_be_found(name: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', drawn(name))

    assert sorted(ids) == sorted(set(ids))


def test_composer_menus_and_dialogs_are_never_inside_a_part_that_is_replaced() -> None:
    page = drawn("case")
    outside = page[page.index('id="composer"') : page.index('id="context"')] + page[page.index('id="menu-status"') :]

    assert 'data-part="' not in outside


def test_words_of_strangers_are_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    page = render("console/view.html", frame=samples.frame(), shell=samples.shell(),
                  list=replace(samples.case_list(), title=nasty))  # fmt: skip

    assert nasty not in page


def test_a_clock_chip_draws_its_ring_without_any_style() -> None:
    page = drawn("view")

    assert 'stroke-dasharray="77 100"' in page
    assert '<span data-left data-over="{time} over">14m</span>' in page


def test_an_arabic_reader_gets_a_page_that_runs_from_the_right() -> None:
    with speaking_to(Reader("ar", "Asia/Dubai")):
        page = drawn("case")

    assert '<html lang="ar" dir="rtl"' in page


def test_an_icon_is_hidden_from_screen_readers_and_read_from_the_package_once() -> None:
    assert 'aria-hidden="true"' in icon("inbox")
    assert icon("inbox") is icon("inbox")


def test_static_files_come_from_two_places_and_never_from_outside() -> None:
    assert static_file("htmx.min.js") == HTMX
    assert HTMX.is_file()
    assert static_file("../../rendering.py") is None
    assert static_file("css/absent.css") is None
    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{10}", static_url("css/tokens.css"))


def test_the_console_stays_within_its_weight() -> None:
    import gzip

    page = drawn("case")
    scripts = b"".join(path.read_bytes() for path in _with_imports(HERE / "js" / "console.js"))
    styles = b"".join((HERE / name).read_bytes() for name in re.findall(r'href="/static/(css/[^?"]+)', page))
    cold = sum(len(gzip.compress(each)) for each in (scripts, styles, HTMX.read_bytes(), page.encode()))

    assert len(gzip.compress(scripts)) <= 25 * 1024
    assert cold <= 120 * 1024


HERE = Path(__file__).parents[2] / "casedesk" / "web" / "static"


def _with_imports(script: Path) -> set[Path]:
    """Return a script and all that it brings in at its start."""
    found, waiting = set[Path](), [script]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            names = re.findall(r'^import .*?from "\./([\w-]+\.js)"', path.read_text("utf-8"), re.MULTILINE)
            waiting += [path.parent / name for name in names]
    return found


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


def show(page: Page, stage: Stage, name: str = "case", path: str = CASE) -> list[str]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    stage.pages[path] = drawn(name)
    stage.answers.setdefault(f"PUT {CASE}/drafts", Answer(204, ""))
    page.goto(stage.url + path)
    return complaints


def part(name: str, context: dict[str, Any]) -> str:
    return render(f"console/_{name}.html", frame=samples.frame(), **context)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme", "turn"), [(1440, Theme.LIGHT, 0), (390, Theme.DARK, 1)])
def test_every_page_passes_the_accessibility_rules_and_fits_its_window(
    browser: Browser, stage: Stage, width: int, theme: Theme, turn: int
) -> None:
    # Each page once, in one of two looks by turns: the whole matrix is `make check-pages`.
    wrong: dict[str, object] = {}
    window = browser.new_page(viewport={"width": width, "height": 900})
    for name in PAGES[turn::2]:
        stage.pages[f"/{name}"] = drawn(name, theme)
        window.goto(f"{stage.url}/{name}")
        found = [violation["id"] for violation in Axe().run(window, options=WCAG).response["violations"]]
        wide = window.evaluate("document.body.scrollWidth > innerWidth")
        if found or wide:
            wrong[name] = (found, wide)
    window.close()

    assert wrong == {}


@pytest.mark.browser
def test_the_kinds_of_answer_differ_in_colour_button_and_text_and_keep_their_words_apart(
    page: Page, stage: Stage
) -> None:
    complaints = show(page, stage)
    page.keyboard.press("n")
    page.keyboard.type("check slot B")

    expect(page.get_by_role("button", name="Add note")).to_be_visible()
    expect(page.get_by_role("button", name="Send, set Waiting on customer")).to_be_hidden()
    assert page.locator("#composer-note").input_value() == "check slot B"
    assert page.locator("#composer-reply").input_value().startswith("Bonjour Élodie")
    page.get_by_role("button", name="Log call").first.click()
    expect(page.get_by_label("What was said")).to_be_focused()
    assert complaints == []


@pytest.mark.browser
def test_a_draft_reaches_the_server_when_typing_stops_and_says_when(page: Page, stage: Stage) -> None:
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.press("End")
    with page.expect_response(f"**{CASE}/drafts"):
        page.keyboard.type(" and wait")

    expect(page.locator('[data-draft-state="reply"] [data-words]')).to_have_text(
        re.compile(r"Draft saved (?!11:02:07)\d\d:")
    )
    assert "and+wait" in stage.sent(f"PUT {CASE}/drafts")[-1]


@pytest.mark.browser
def test_a_send_happens_once_clears_the_text_and_can_be_taken_back(page: Page, stage: Stage) -> None:
    stage.answers[f"POST {CASE}/messages"] = Answer.json(
        {"toast": "Reply to Élodie", "undo_url": f"{CASE}/undo/5", "seen": 890}, 201
    )
    stage.answers[f"POST {CASE}/undo/5"] = Answer.json({"kind": "reply", "text": "Bonjour, the text again"})
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Reply to Élodie")).to_be_visible()
    expect(page.locator("#composer-reply")).to_have_value("")
    assert len(stage.sent(f"POST {CASE}/messages")) == 1
    assert "waiting_on_customer" in stage.sent(f"POST {CASE}/messages")[0]
    page.locator("#timeline").focus()
    page.keyboard.press("z")
    expect(page.locator("#composer-reply")).to_have_value("Bonjour, the text again")


@pytest.mark.browser
def test_a_send_that_did_not_know_of_a_newer_reply_is_held_and_can_go_anyway(page: Page, stage: Stage) -> None:
    stage.answers[f"POST {CASE}/messages"] = Answer(409, part("collision", {"collision": samples.collision()}))
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Priya Nair replied while you were writing")).to_be_visible()
    stage.answers[f"POST {CASE}/messages"] = Answer.json({"toast": "Reply to Élodie"}, 201)
    page.get_by_role("button", name="Send anyway").click()

    expect(page.locator("#composer-reply")).to_have_value("")
    assert ["anyway" in body for body in stage.sent(f"POST {CASE}/messages")] == [False, True]


@pytest.mark.browser
def test_a_server_error_keeps_the_text_and_offers_to_try_again(page: Page, stage: Stage) -> None:
    broken = {"detail": "Something broke", "instance": "urn:casedesk:request:7f3a19c2"}
    stage.answers[f"POST {CASE}/messages"] = Answer.json(broken, 500)
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Not sent. Your text is kept. Something broke (7f3a19c2)")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.locator("#composer-reply")).to_have_value(re.compile("Bonjour"))


@pytest.mark.browser
def test_an_ended_session_asks_for_the_password_and_then_sends(page: Page, stage: Stage) -> None:
    stage.answers[f"POST {CASE}/messages"] = Answer.json({"title": "Please sign in"}, 401)
    stage.answers["POST /sign-in"] = Answer.json({"csrf": "fresh"})
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_label("Email").fill("mara@halden.example")
    page.get_by_role("dialog").get_by_label("Password").fill("secret")
    stage.answers[f"POST {CASE}/messages"] = Answer.json({"toast": "Reply to Élodie"}, 201)
    page.get_by_role("dialog").get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Reply to Élodie")).to_be_visible()
    assert "fresh" in stage.sent(f"POST {CASE}/messages")[-1]


@pytest.mark.browser
def test_a_live_message_arrives_beside_what_is_being_typed(page: Page, stage: Stage) -> None:
    older = samples.timeline()
    newer = Entry(
        "m-890", EntryKind.MESSAGE, samples.NOW, Person("Élodie Marchand", "ÉM", 1), Markup("<p>It is blue now!</p>")
    )
    stage.answers[f"GET {CASE}/parts"] = Answer(200, part("timeline", {
        "timeline": replace(older, entries=(*older.entries, newer), seen=890)}))  # fmt: skip
    show(page, stage)
    page.keyboard.press("r")
    page.keyboard.type("Hold on ")
    page.locator("#timeline").evaluate("box => { box.scrollTop = 0 }")
    stage.live.put('id: 9\nevent: case\ndata: {"ids": [20418]}\n\n')

    expect(page.get_by_text("It is blue now!")).to_be_attached()
    expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    expect(page.locator("#composer-reply")).to_be_focused()
    assert "Hold on " in page.locator("#composer-reply").input_value()
    assert page.locator('form[data-kind="reply"] input[name="seen"]').input_value() == "887"


@pytest.mark.browser
def test_new_cases_wait_behind_a_pill_and_move_no_row(page: Page, stage: Stage) -> None:
    show(page, stage, "view", "/console/v/mine")
    before = page.locator("#row-20410").bounding_box()
    fresh = replace(samples.case_list().rows[0], id=20999, number="HAL-20999", here=False)
    stage.answers["GET /console/v/mine/rows"] = Answer(200, part("rows", {"rows": (fresh,)}))
    stage.live.put('id: 9\nevent: case\ndata: {"ids": [20999]}\n\n')

    expect(page.get_by_text("1 new case · show")).to_be_visible()
    assert page.locator("#row-20410").bounding_box() == before


@pytest.mark.browser
def test_single_letters_do_nothing_in_fields_and_can_be_switched_off(page: Page, stage: Stage) -> None:
    show(page, stage)
    page.locator("#composer-reply").focus()
    page.keyboard.type("en")
    assert page.locator("dialog[open]").count() == 0
    page.locator("#timeline").focus()
    page.evaluate("document.body.dataset.letterKeys = 'off'")
    page.keyboard.press("e")
    assert page.locator("dialog[open]").count() == 0
    page.evaluate("document.body.dataset.letterKeys = 'on'")
    page.keyboard.press("e")

    expect(page.get_by_role("dialog", name="Escalate HAL-20418")).to_be_visible()


@pytest.mark.browser
def test_the_sheet_of_keys_lists_what_this_page_can_do(page: Page, stage: Stage) -> None:
    show(page, stage)
    page.locator("#timeline").focus()
    page.keyboard.press("?")

    lines = page.get_by_role("dialog", name="Keys of this page").locator("li").all_inner_texts()
    assert {"Reply", "Note", "Log call", "Escalate", "Resolve", "New case", "Next case"} <= {
        line.split("\n")[0] for line in lines
    }


@pytest.mark.browser
def test_escalating_shows_only_the_questions_of_the_reason(page: Page, stage: Stage) -> None:
    show(page, stage)
    page.locator("#timeline").focus()
    page.keyboard.press("e")
    expect(page.get_by_label("What was tried")).to_be_visible()
    page.get_by_label("A manager should know").check()

    expect(page.get_by_label("What was tried")).to_be_hidden()
    expect(page.get_by_role("dialog").get_by_label("Note")).to_be_visible()


@pytest.mark.browser
def test_steps_of_a_solution_go_into_the_reply_where_the_caret_is(page: Page, stage: Stage) -> None:
    show(page, stage)
    page.get_by_role("button", name="Insert steps").first.click()

    expect(page.locator("#composer-reply")).to_have_value(
        re.compile("1. Hold Reset for 10 seconds\n2. Wait for the blue LED")
    )
    expect(page.locator("#composer-reply")).to_be_focused()


@pytest.mark.browser
def test_the_first_letter_in_a_case_that_nobody_has_takes_it(page: Page, stage: Stage) -> None:
    stage.answers[f"POST {CASE}/take"] = Answer.json({"toast": "Yours now", "undo_url": f"{CASE}/assign"})
    sample = samples.case()
    free = replace(sample, composer=replace(sample.composer, take_url=f"{CASE}/take"))
    show(page, stage)
    stage.pages[CASE] = render("console/case.html", frame=samples.frame(), shell=samples.shell(pane="case"),
                               list=samples.case_list(), case=free)  # fmt: skip
    page.reload()
    page.keyboard.press("r")
    page.keyboard.type("ab")

    expect(page.get_by_text("Yours now")).to_be_visible()
    assert len(stage.sent(f"POST {CASE}/take")) == 1


@pytest.mark.browser
def test_a_lost_stream_is_told_and_found_again(page: Page, stage: Stage) -> None:
    stage.live_is_broken = True
    show(page, stage)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "lost")
    stage.live_is_broken = False

    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "live", timeout=10_000)
