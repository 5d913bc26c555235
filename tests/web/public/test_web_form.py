"""A form of another site: thanks, a case, or the form again with everything kept; machines get the thanks alone."""

import re
from typing import Any

import pytest

from casedesk import clock, security
from casedesk.cases import attaching
from casedesk.cases.models import Attachment, Case, Message
from casedesk.database import rows
from casedesk.identity import SYSTEM
from casedesk.journal import pending
from casedesk.mail.models import OutgoingMail
from casedesk.reactions import reactions_to
from casedesk.settings import Settings
from casedesk.web.middleware import Shield
from casedesk.web.routes import create_web
from intake import by_web, ledger, web_forms
from intake.web_forms import WEB_FORMS
from tests.web.browser import visitor
from tests.world import World

FILLED = {
    "name": "Nell Park",
    "email": "nell@somewhere.example",
    "subject": "The pump hums",
    "description": "Since Monday.\nLouder every day.",
    "phone": "+44 20 7946 0000",
}
ELSEWHERE = {"origin": "https://www.elsewhere.example", "sec-fetch-site": "cross-site"}


@pytest.fixture
def app(world: World, peopled: Settings) -> Shield:
    """Return the whole web of a desk with everybody in it."""
    security.configure(peopled)
    return create_web(peopled)


async def send(app: Shield, path: str = "/web-to-case/contact", ip: str = "127.0.0.1", **filled: Any) -> Any:
    """Send the form from another site and return the answer."""
    files = filled.pop("files", None)
    async with visitor(app, **ELSEWHERE) as stranger:
        stranger._transport.client = (ip, 50_000)  # type: ignore[attr-defined]
        return await stranger.post(path, data={**FILLED, **filled}, files=files)


async def change_form(**values: Any) -> None:
    """Change the form of a new desk."""
    form = await web_forms.in_use("contact")
    await WEB_FORMS.change(form.id, values, by=SYSTEM)


async def react() -> None:
    """Run what follows the events that wait, as the worker does."""
    while events := await pending.claim(100):
        for event in events:
            for reaction in reactions_to(event.name).values():
                await reaction(event)
        await pending.clear([event.id for event in events])


async def entries(world: World) -> list[tuple[str, str, str]]:
    """Return channel, fate and reason of every line of the ledger."""
    return [(e.channel, e.fate, e.reason) for e in (await ledger.entries(by=world.max)).items]


async def test_a_form_of_another_site_becomes_a_case_and_a_line_of_the_ledger(app, world):
    answer = await send(app)

    case = await Case.get()
    message = await Message.get(case_id=case.id)
    (entry,) = (await ledger.entries(by=world.max)).items
    assert (answer.status_code, "Your message is with us" in answer.text) == (200, True)
    assert (case.subject, case.origin, case.queue_id is not None) == ("The pump hums", "web", True)
    assert message.text == "Since Monday.\nLouder every day.\n\nPhone: +44 20 7946 0000"
    assert (entry.channel, entry.fate, entry.shape["from"], len(entry.raw_sha256)) == (
        "web", "created", {"name": "Nell Park", "email": "nell@somewhere.example"}, 64,
    )  # fmt: skip


async def test_the_address_alone_serves_the_only_form_there_is(app, world):
    answer = await send(app, "/web-to-case")

    assert (answer.status_code, await Case.all().count()) == (200, 1)


async def test_a_form_is_named_by_a_hidden_field_where_there_are_several(app, world):
    await WEB_FORMS.add({"key": "billing", "name": "Billing", "tags": ["bill"]}, by=SYSTEM)

    unknown = await send(app, "/web-to-case")
    named = await send(app, "/web-to-case", form="billing")

    case = await Case.get()
    assert (unknown.status_code, named.status_code, case.tags) == (404, 200, ["bill"])


async def test_the_answer_sets_no_cookie_and_opens_to_no_script_of_another_site(app, world):
    answer = await send(app)

    assert [name for name in answer.headers if name.startswith(("access-control", "set-cookie"))] == []


async def test_what_is_missing_comes_back_beside_everything_that_was_typed(app, world):
    answer = await send(app, email="nobody", description="", name='<b>"Nell"</b>')

    assert answer.status_code == 422
    assert "Give an address such as ann@example.com." in answer.text
    assert "Tell us what happened." in answer.text
    assert all(each in answer.text for each in ("&lt;b&gt;&#34;Nell&#34;&lt;/b&gt;", 'value="nobody"', "The pump hums"))
    assert await Case.all().count() == 0


async def test_files_that_came_with_a_wrong_form_need_not_be_sent_again(app, world):
    wrong = await send(app, email="nobody", files={"files": ("pump.log", b"hum", "text/plain")})
    ticket = re.search(r'name="file" value="([^"]+)"', wrong.text)

    await send(app, file=ticket[1] if ticket else "")

    case = await Case.get()
    assert [(f.filename, f.case_id) for f in await Attachment.all()] == [("pump.log", case.id)]


async def test_a_file_of_somebody_else_cannot_be_had_by_its_number(app, world):
    await send(app, email="nobody", files={"files": ("secret.log", b"hum", "text/plain")})
    waiting = await Attachment.get()

    await send(app, file=f"{waiting.id}.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

    assert (await Attachment.get()).case_id is None


async def test_two_clicks_on_a_mended_form_make_one_case_with_its_file(app, world):
    wrong = await send(app, email="nobody", files={"files": ("pump.log", b"hum", "text/plain")})
    ticket = re.search(r'name="file" value="([^"]+)"', wrong.text)[1]

    answers = [await send(app, file=ticket) for _ in range(2)]

    assert ([answer.status_code for answer in answers], await Case.all().count()) == ([200, 200], 1)
    assert [fate for _channel, fate, _reason in await entries(world)] == ["created", "ignored"]


async def test_a_file_that_waited_too_long_is_asked_for_again_and_all_else_is_kept(app, world, frozen):
    wrong = await send(app, email="nobody", files={"files": ("pump.log", b"hum", "text/plain")})
    ticket = re.search(r'name="file" value="([^"]+)"', wrong.text)[1]
    frozen.forward(hours=2)
    await attaching.sweep()

    answer = await send(app, file=ticket)

    assert (answer.status_code, "Please attach it again." in answer.text, "The pump hums" in answer.text) == (
        422, True, True,
    )  # fmt: skip
    assert await Case.all().count() == 0


async def test_ten_megabytes_of_text_are_answered_calmly_and_come_back_whole(app, world):
    answer = await send(app, description="x" * 10_000_000)

    assert (answer.status_code, "This is longer than we can take" in answer.text) == (422, True)
    assert answer.text.count("x") >= 10_000_000


async def test_even_more_is_refused_with_a_way_back(app, world):
    answer = await send(app, description="x" * 13_000_000)

    assert (answer.status_code, "what you wrote is still there" in answer.text) == (413, True)


async def test_a_machine_that_fills_everything_gets_the_same_thanks_and_makes_nothing(app, world):
    person = await send(app)
    machine = await send(
        app, your_reference="http://spam.example", description="Buy this", email="nell@somewhere.example"
    )

    assert re.sub(r'nonce-[^\'"]+', "", machine.text) == re.sub(r'nonce-[^\'"]+', "", person.text)
    assert (await entries(world))[1] == ("web", "quarantined", "a field was filled in that people do not see")
    assert await Case.all().count() == 1


async def test_what_was_held_back_can_still_be_read(app, world):
    await send(app, your_reference="x")

    (entry,) = (await ledger.entries(by=world.max, fate="quarantined")).items
    assert (entry.shape["text"], entry.case) == ("Since Monday.\nLouder every day.", None)


async def test_our_own_page_tells_a_quick_machine_from_a_person(app, world, frozen):
    async with visitor(app) as stranger:
        page = await stranger.get("/web-to-case/contact")
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.text)[1]

    await send(app, stamp=stamp)
    await send(app, stamp="1:1.forged")
    frozen.forward(seconds=20)
    await send(app, stamp=stamp)

    assert [(fate, reason) for _web, fate, reason in await entries(world)] == [
        ("quarantined", "filled in faster than anybody can type"),
        ("quarantined", "the mark of the page was forged"),
        ("created", "form contact"),
    ]


async def test_whoever_mends_one_field_may_be_quick(app, world, frozen):
    wrong = await send(app, email="nobody")
    stamp = re.search(r'name="stamp" value="([^"]+)"', wrong.text)[1]

    await send(app, stamp=stamp)

    assert await entries(world) == [("web", "created", "form contact")]


async def test_the_same_form_twice_is_one_case(app, world):
    for _time in range(2):
        await send(app)

    assert await Case.all().count() == 1
    assert [(fate, reason) for _web, fate, reason in await entries(world)] == [
        ("created", "form contact"),
        ("ignored", "sent twice"),
    ]


async def test_twenty_forms_an_hour_are_taken_from_one_place_and_the_next_one_is_kept_for_its_sender(
    app, world, frozen
):
    for n in range(by_web.operator.current().forms_per_caller):
        assert (await send(app, email=f"v{n}@victim.example", subject=f"Nr {n}")).status_code == 200

    answer = await send(app, email="last@victim.example")
    from_elsewhere = await send(app, ip="198.51.100.7", email="other@victim.example")
    frozen.forward(hours=1)
    later = await send(app, email="last@victim.example")

    assert (answer.status_code, "retry-after" in answer.headers) == (429, True)
    assert all(
        each in answer.text
        for each in ("Louder every day.", 'value="last@victim.example"', "mailto:support@example.com")
    )
    assert (from_elsewhere.status_code, later.status_code) == (200, 200)


async def test_nobody_can_bomb_a_mailbox_through_the_form(app, world, frozen):
    for n in range(25):
        await send(
            app, ip=f"203.0.113.{n}", subject=f"Buy {n}", description=f"http://spam.example/{n}", name="Cheap pills"
        )
    await react()

    mails = await OutgoingMail.filter(recipient="nell@somewhere.example")
    assert (len(mails), await Case.all().count()) == (3, 20)
    assert [
        text for mail in mails for text in ("spam.example", "Cheap", "Buy") if text in mail.text + mail.subject
    ] == []


async def test_a_house_with_many_addresses_of_ipv6_is_one_caller(app, world):
    networks = {by_web.network_of(each) for each in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")}

    assert (networks, by_web.network_of("198.51.100.7")) == ({"2001:db8:1:2::", "2001:db8:1:3::"}, "198.51.100.7")


@pytest.mark.parametrize(
    ("wished", "led_to"),
    [
        ("", "https://www.elsewhere.example/thanks"),
        ("https://www.elsewhere.example/other", "https://www.elsewhere.example/other"),
        ("https://shop.example/done", "https://shop.example/done"),
        ("https://evil.example/", "https://www.elsewhere.example/thanks"),
        ("//evil.example/", "https://www.elsewhere.example/thanks"),
        ("javascript:alert(1)", "https://www.elsewhere.example/thanks"),
        ("https://shop.example@evil.example/", "https://www.elsewhere.example/thanks"),
        ("https://shop.example\\@evil.example/", "https://www.elsewhere.example/thanks"),
    ],
)
async def test_a_sender_is_led_only_to_hosts_that_the_form_names(app, world, wished, led_to):
    await change_form(returns_to="https://www.elsewhere.example/thanks", hosts=["shop.example"])

    answer = await send(app, retURL=wished)

    assert (answer.status_code, answer.headers["location"]) == (303, led_to)


async def test_our_own_page_says_the_thanks_itself_and_links_back(app, world, frozen):
    await change_form(returns_to="https://www.elsewhere.example/thanks")
    stamp = by_web.stamp(await web_forms.in_use("contact"))
    frozen.forward(minutes=1)

    answer = await send(app, stamp=stamp)

    assert (answer.status_code, 'href="https://www.elsewhere.example/thanks"' in answer.text) == (200, True)


async def test_what_the_form_asks_beside_becomes_fields_of_the_case(app, world):
    await change_form(asks=["type*", "priority", "custom.plant*: Which plant?", "serial"], tags=["shop"])

    empty = await send(app)
    filled = await send(
        app, **{"type": "billing_question", "priority": "high", "custom.plant": "Leeds", "custom.other": "x"}
    )

    case = await Case.get()
    assert (empty.status_code, filled.status_code, "Which plant?" in empty.text) == (422, 200, True)
    assert (case.type, case.priority, case.custom, case.tags) == (
        "billing_question",
        "high",
        {"plant": "Leeds"},
        ["shop"],
    )


async def test_a_serial_in_the_form_finds_the_product_of_the_sender(app, world):
    await send(app, email=world.ada.email, serial=world.ada.serial)

    case = await Case.get()
    assert (case.asset_id, case.contact_id, case.account_id) == (world.ada.asset_id, world.ada.id, world.ada.account_id)


async def test_a_customer_is_promised_no_more_than_a_stranger(app, world, frozen):
    stranger = await send(app)
    customer = await send(app, email=world.ada.email)

    promises = [re.search(r"A person answers before [^<]+", answer.text)[0] for answer in (stranger, customer)]
    assert promises[0] == promises[1]
    assert (await Case.all().order_by("-id").first()).level == "premier"


async def test_a_form_that_is_not_in_use_is_not_there(app, world):
    await change_form(active=False)

    async with visitor(app) as stranger:
        looked = await stranger.get("/web-to-case/contact")
    assert (looked.status_code, (await send(app)).status_code) == (404, 404)


async def test_a_form_speaks_its_own_language(app, world):
    await change_form(language="de")

    answer = await send(app, email="")

    assert 'lang="de"' in answer.text


async def test_what_is_sent_is_counted_in_the_database(app, world):
    await send(app)

    assert len(await rows("SELECT id FROM attempt_counts WHERE key LIKE 'form-%'")) == 2
    assert clock.now().tzinfo is not None
