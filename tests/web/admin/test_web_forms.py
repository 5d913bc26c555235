"""Forms for other web sites: what is wrong is said, and the HTML to copy is what our door takes."""

import html
import re

from casedesk.cases.models import Case
from casedesk.identity import SYSTEM
from intake import web_forms
from intake.web_forms import WEB_FORMS
from tests.web.browser import visitor

PLACE = "/console/setup/web-forms"
FILLED = {
    "name": "Shop",
    "key": "shop",
    "asks": "subject\nserial*\ncustom.plant: Which plant?",
    "active": "yes",
    "hosts": "www.shop.example",
}


def copied(page: str) -> str:
    """Return the HTML that a page offers to copy."""
    return html.unescape(re.search(r'id="web-form-html"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])


async def test_a_form_is_added_and_offers_its_html(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    added = await ines.post(f"{PLACE}/new", data=FILLED)

    form = await web_forms.in_use("shop")
    page = await ines.get(f"{PLACE}/{form.id}")
    assert (added.status_code, form.asks, form.hosts) == (
        303, ("subject", "serial*", "custom.plant: Which plant?"), ("www.shop.example",),
    )  # fmt: skip
    assert '<input id="cd-custom.plant" name="custom.plant"' in copied(page.text)
    assert "style=" not in copied(page.text)


async def test_the_copied_html_names_the_fields_that_the_door_takes(world, sign_in, app) -> None:
    ines = await sign_in(world.ines)
    snippet = copied((await ines.get(f"{PLACE}/1")).text)
    names = set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', snippet))
    filled = {
        name: "nell@x.example" if name == "email" else f"My {name}" for name in names - {"files", "your_reference"}
    }

    async with visitor(app) as stranger:
        answer = await stranger.post(re.search(r'action="https?://[^/]+([^"]+)"', snippet)[1], data=filled)

    assert names == {"your_reference", "name", "email", "company", "phone", "serial", "subject", "description", "files"}
    assert (answer.status_code, (await Case.get()).subject) == (200, "My subject")


async def test_what_is_wrong_with_a_form_is_said_beside_it(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    page = await ines.post(
        f"{PLACE}/new", data={**FILLED, "asks": "shoe_size", "returns_to": "javascript:alert(1)", "hosts": "a b"}
    )

    assert (page.status_code, "shoe_size is none of" in page.text, 'value="javascript:alert(1)"' in page.text) == (
        422, True, True,
    )  # fmt: skip


async def test_a_form_out_of_use_is_marked_in_the_list(world, sign_in) -> None:
    await WEB_FORMS.change(1, {"active": False}, by=SYSTEM)
    ines = await sign_in(world.ines)

    page = await ines.get(PLACE)

    assert "out of use" in page.text
