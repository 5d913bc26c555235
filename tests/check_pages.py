"""Walk every page of a served desk in two themes and two widths: axe, width, complaints of the browser; keeps pictures.

Run it with `make check-pages`; pictures go to .tests/pages. What is wrong is printed and makes it fail.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

from casedesk import clock, settings
from casedesk.accounts.directory import ACCOUNTS, CONTACTS
from casedesk.activities.events import EVENTS
from casedesk.activities.tasks import TASKS
from casedesk.calls import ringing
from casedesk.calls.ringing import Rang
from casedesk.cases import assigning, closing, conversing, creating
from casedesk.cases.creating import NewCase
from casedesk.database import close_database
from casedesk.database.migrating import migrate
from casedesk.entitlements.catalogue import ASSETS, PRODUCTS
from casedesk.identity import SYSTEM
from casedesk.mail.models import OutgoingMail
from casedesk.portals import access, branding, links
from casedesk.portals.branding import PORTALS
from casedesk.portals.links import Purpose, Wish
from casedesk.security import passwords
from casedesk.settings import Settings
from knowledge import writing
from knowledge.solution import Draft, Status, Visibility
from tests.browsers import open_browser
from tests.engines import CHEAP
from tests.portals.mailed import newest_token, words_of
from tests.serving import Served
from tests.world import FOUNDED, PASSWORD, World, open_fresh, populate

PICTURES = Path(".tests/pages")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDTHS = (1440, 390)
_SCROLLS_AWAY = "document.body.matches('.cd-console') && document.documentElement.scrollHeight > innerHeight"
THEMES = ("light", "dark")
PAGES = {
    "mine": "/console/v/mine",
    "unassigned": "/console/v/unassigned",
    "breached": "/console/v/breached",
    "all": "/console/v/all",
    "queue": "/console/v/q-premier",
    "nothing-found": "/console/v/all?q=zebra",
    "case": "/console/c/{first}?v=all",
    "case-note": "/console/c/{first}?compose=note",
    "case-call": "/console/c/{first}?compose=call",
    "case-history": "/console/c/{first}?tl=history",
    "case-outsider": "/console/c/{outsider}",
    "case-resolved": "/console/c/{resolved}",
    "escalation": "/console/c/{first}/escalation",
    "resolution": "/console/c/{first}/resolution",
    "new": "/console/new",
    "call": "/console/call?call_id=c-1",
    "call-by-hand": "/console/call?who=ada&contact=1&subject=gateway+red",
    "call-picker": "/console/call?who=example",
    "call-unknown": "/console/call?who=%2B49+30+1234567",
    "call-not-covered": "/console/call?contact=3",
    "tasks": "/console/tasks",
    "tasks-of-a-case": "/console/tasks?case={first}",
    "search": "/console/search",
    "search-found": "/console/search?q=gateway",
    "solutions": "/console/solutions",
    "solution": "/console/solutions/1",
    "components": "/console/setup/ui",
    "operations": "/console/setup/operations",
    "me": "/console/me",
    "absent": "/console/c/CD-1",
    "web-form": "/web-to-case/contact",
}

SETUP = {
    "setup": "/console/setup",
    "setup-found": "/console/setup?q=sla",
    "setup-nothing": "/console/setup?q=zebra",
    "setup-checklist": "/console/setup/checklist",
    "setup-people": "/console/setup/people",
    "setup-person": "/console/setup/people/2",
    "setup-person-new": "/console/setup/people/new",
    "setup-hours": "/console/setup/hours/2",
    "setup-assignment": "/console/setup/assignment",
    "setup-assignment-open": "/console/setup/assignment?open=1",
    "setup-service-levels": "/console/setup/service-levels?open=0",
    "setup-escalation": "/console/setup/escalation?open=0",
    "setup-triggers": "/console/setup/triggers",
    "setup-queues": "/console/setup/queues",
    "setup-queue": "/console/setup/queues/2",
    "setup-queue-new": "/console/setup/queues/new",
    "setup-queue-removal": "/console/setup/queues/2/removal",
    "setup-mailbox": "/console/setup/mailboxes/1",
    "setup-web-forms": "/console/setup/web-forms",
    "setup-web-form": "/console/setup/web-forms/1",
    "setup-imports": "/console/setup/imports",
    "setup-letters": "/console/setup/letters",
    "setup-letter": "/console/setup/letters/1",
    "setup-brand": "/console/setup/brands/1",
    "setup-accounts": "/console/setup/accounts",
    "setup-contact": "/console/setup/contacts/1",
    "setup-asset": "/console/setup/assets/1",
    "setup-contract": "/console/setup/contracts/1",
    "setup-entitlements": "/console/setup/entitlements",
    "setup-entitlement": "/console/setup/entitlements/1",
}
"""What an administrator sees beside."""

SALES = {
    "behalf": "/console",
    "behalf-new": "/console/new?contact=1&subject=gateway+red",
    "behalf-case": "/console/c/{logged}",
}
"""What sales see who log a case on behalf of somebody."""


_READERS = (("max@halden.example", PAGES), ("ines@halden.example", SETUP), ("sally@halden.example", SALES))


DOORS = {
    "portal-home": "/portal/help/",
    "portal-in": "/portal/help/in",
    "portal-register": "/portal/help/register",
    "portal-forgot": "/portal/help/forgot",
    "portal-sent": "/portal/help/sent/link",
    "portal-confirm": "/portal/help/verify/{confirm}",
    "portal-reset": "/portal/help/reset/{reset}",
    "portal-expired": "/portal/help/verify/used",
    "portal-case-link": "/portal/help/c/{case}",
    "portal-case-link-old": "/portal/help/c/old",
    "portal-absent": "/portal/help/nothing",
    "portal-other-brand": "/portal/pumps/in",
}
"""What anybody sees of a portal."""

CUSTOMERS = {
    "portal-me": "/portal/help/me",
    "portal-me-said": "/portal/help/me?said=kept",
    "portal-home-known": "/portal/help/",
    "portal-solutions": "/portal/help/solutions",
    "portal-category": "/portal/help/solutions/Gateways",
    "portal-search": "/portal/help/search?q=gateway+red",
    "portal-search-nothing": "/portal/help/search?q=zebra",
    "portal-solution": "/portal/help/solutions/1",
    "portal-solution-no": "/portal/help/solutions/1?rated=no",
    "portal-ask": "/portal/help/ask",
    "portal-ask-answered": "/portal/help/ask?q=gateway+stays+red",
    "portal-solved": "/portal/help/ask/solved?solution=1",
    "portal-cases": "/portal/help/cases",
    "portal-cases-none": "/portal/help/cases?q=zebra",
    "portal-case": "/portal/help/cases/{first}",
    "portal-case-edit": "/portal/help/cases/{first}/edit",
    "portal-case-absent": "/portal/help/cases/{outsider}",
    "portal-products": "/portal/help/products",
}
"""What a signed-in customer sees."""


@dataclass
class Walk:
    """Where the walk is served, the cases it meets, and what it found wrong."""

    http: str
    numbers: dict[str, str]
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Make a desk, walk it, say what is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="casedesk-pages-"))
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    try:
        desk = settings.load(data=folder, **CHEAP)
        numbers = asyncio.run(_filled(desk))
        served = Served(desk)
        try:
            wrong = asyncio.run(_walked(Walk(served.http, numbers)))
        finally:
            served.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    total = (len(PAGES) + len(SETUP) + len(SALES) + len(DOORS) + len(CUSTOMERS) + 1) * len(WIDTHS) * len(THEMES)
    sys.stdout.write(f"{total} pages looked at, {len(wrong)} complaints; pictures in {PICTURES}\n")
    return 1 if wrong else 0


async def _filled(desk: Settings) -> dict[str, str]:
    await migrate(desk, lambda _name: None)
    await open_fresh(desk)
    try:
        with clock.frozen_at(FOUNDED):
            world = await populate()
        return await fill(world)
    finally:
        await close_database()


async def fill(world: World) -> dict[str, str]:
    """Fill a peopled desk, so that every page has something to show; return the numbers and tokens their paths name."""
    return {**await _cases_of(world), **await _portals_of(world), "logged": await _calls_of(world)}


async def _cases_of(world: World) -> dict[str, str]:
    """Let customers ask and staff answer, so that every kind of entry, card and chip is somewhere."""
    body = "## Problem\n\nThe LED is red.\n\n## Fix\n\n1. Hold **Reset** for ten seconds.\n2. Wait for blue.\n"
    for title, visibility in (
        ("Restore a gateway that stays red", Visibility.PUBLIC),
        ("Slot B may be bad", Visibility.INTERNAL),
    ):
        draft = Draft(title, body, visibility=visibility, status=Status.PUBLISHED, categories=("Gateways",))
        await writing.create(draft, by=SYSTEM)
    asked = (
        ("Gateway stays red after the update", "It blinks three times, then nothing.", world.ada, "email", "high"),
        ("Pump stops at 38 °C with alarm E17", "It started after the filter change.", world.bo, "phone", "urgent"),
        ("لا يعمل جهاز P4 بعد التحديث!", "مرحبا", world.otto, "email", "normal"),
        ("Add two users to our account", "Ann and Ben, please.", world.ada, "web", "low"),
        ("How do I read the log?", "I cannot find it.", world.bo, "portal", "normal"),
    )
    made = []
    for subject, text, customer, origin, priority in asked:
        new = NewCase(subject=subject, description=text, origin=origin, contact_id=customer.id, priority=priority)
        made.append((await creating.create_case(new, by=world.tess)).number)
    await assigning.take(made[0], by=world.max)
    await conversing.reply(made[0], by=world.max, text="Please send the log.\n\nMax", status="waiting_on_customer")
    await conversing.note(made[0], by=world.uma, text="Same as slot B, see https://example.com/slot-b.")
    await conversing.log_call(
        made[0], by=world.max, text="Asked for it.", details={"direction": "out", "duration_s": 90}
    )
    await closing.resolve(made[4], by=world.max, resolution="Showed the way.")
    return {"first": made[0], "outsider": made[2], "resolved": made[4]}


async def _portals_of(world: World) -> dict[str, str]:
    """Let Ada into the portal, mail a link of each kind, and open another brand; return the links' tokens."""
    portal = (await branding.every())[0]
    brand = {
        "slug": "pumps",
        "name": "Pump Care",
        "primary_colour": "#7a3e9d",
        "bar_colour": "#ffe94f",
        "phone": "+33 4 67",
    }
    await PORTALS.add(brand, by=SYSTEM)
    await access.grant(world.ada.id, portal.id, by=SYSTEM, password_hash=await passwords.hashed(PASSWORD))
    tokens = {}
    for name, purpose, email in (
        ("confirm", Purpose.REGISTER, "new@elsewhere.example"),
        ("reset", Purpose.RESET, world.ada.email),
    ):
        await links.ask(Wish(purpose, portal.id, email, "en", detail={"name": "Nia New"}), address="192.0.2.1")
        tokens[name] = await newest_token()
    acknowledged = await OutgoingMail.filter(kind="acknowledgement", recipient=world.ada.email).first()
    return {**tokens, "case": words_of(acknowledged).split("/c/")[1].split()[0]}


async def _calls_of(world: World) -> str:
    """Let a known customer be on the telephone with Max, give him a week, and let Sally log a case; return its number."""
    await CONTACTS.change(world.ada.id, {"phones": ["+1 303 555 0142"]}, by=SYSTEM)
    await ACCOUNTS.change(world.ada.account_id, {"phones": ["+1 303 555 0100"]}, by=SYSTEM)
    today = clock.now().date()
    for name, sku, serial, days in (
        ("Fjord pump P4", "P4", "P4-23-00871", 400),
        ("Chiller C9", "C9", "C9-19-0034", -900),
    ):
        product = await PRODUCTS.add({"name": name, "sku": sku}, by=SYSTEM)
        asset = {"serial": serial, "product_id": product.id, "account_id": world.ada.account_id}
        await ASSETS.add({**asset, "warranty_until": today + timedelta(days=days)}, by=SYSTEM)
    rang = Rang("c-1", "+1 303 555 0142", "+1 800 555 0100", "in", "max@halden.example", "US Premier", "1")
    await ringing.ring(rang, by=world.ines)
    for subject, hours in (
        ("Ring Bo back about E17", -3),
        ("Ask whether the gateway stays blue", 2),
        ("Send the manual", 40),
    ):
        await TASKS.add({"subject": subject, "due_at": clock.now() + timedelta(hours=hours)}, by=world.max)
    visit = clock.now() + timedelta(days=1)
    event = {"subject": "Visit Ridgeline", "starts_at": visit, "ends_at": visit + timedelta(hours=2), "place": "Denver"}
    await EVENTS.add(event, by=world.max)
    new = NewCase(subject="Two more pumps", origin="phone", contact_id=world.ada.id, logged_on_behalf=True)
    logged = (await creating.create_case(new, by=world.sally)).number
    await conversing.reply(logged, by=world.max, text="They leave on Monday.")
    return logged


async def _walked(walk: Walk) -> list[str]:
    async with open_browser() as browser:
        for theme in THEMES:
            for width in WIDTHS:
                context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
                await _one_round(walk, context, f"{width}-{theme}")
                await context.close()
    return walk.wrong


async def _one_round(walk: Walk, context: BrowserContext, look: str) -> None:
    page = await context.new_page()
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda line: told.append(line.text) if line.type == "error" and "404" not in line.text else None)
    await page.goto(f"{walk.http}/sign-in")
    await _look_at(walk, page, "sign-in", look)
    for email, pages in _READERS:
        await page.goto("about:blank")  # so that its live stream does not ask on without a cookie
        await context.clear_cookies()
        await _sign_in(walk, page, email)
        for name, path in pages.items():
            await page.goto(walk.http + path.format(**walk.numbers))
            await _look_at(walk, page, name, look)
    await _portal_round(walk, page, look)
    walk.wrong += [f"{look}: {line}" for line in told]


async def _portal_round(walk: Walk, page: Page, look: str) -> None:
    await page.goto("about:blank")
    await page.context.clear_cookies()
    for name, path in DOORS.items():
        await page.goto(walk.http + path.format(**walk.numbers))
        await _look_at(walk, page, name, look)
    await page.goto(f"{walk.http}/portal/help/in")
    await page.get_by_label("Email").fill("ada@ridgeline.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/portal/help/")
    for name, path in CUSTOMERS.items():
        await page.goto(walk.http + path.format(**walk.numbers))
        await _look_at(walk, page, name, look)


async def _sign_in(walk: Walk, page: Page, email: str) -> None:
    await page.goto(f"{walk.http}/sign-in")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/console**")


async def _look_at(walk: Walk, page: Page, name: str, look: str) -> None:
    found = (await Axe().run(page, options=WCAG)).response["violations"]
    for violation in found:
        where = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
        walk.wrong.append(f"{look} {name}: {violation['id']} at {where}")
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        walk.wrong.append(f"{look} {name}: wider than its window")
    if await page.evaluate(_SCROLLS_AWAY):
        walk.wrong.append(f"{look} {name}: the frame of the console can be scrolled away")
    await page.screenshot(path=PICTURES / f"{name}-{look}.png")


if __name__ == "__main__":
    sys.exit(main())
