"""Letters and brands: previews by what is typed, placeholders that are none, colours that cannot be read."""

import re

from casedesk.mail.templates import TEMPLATES
from casedesk.portals.branding import PORTALS

LETTER = {
    "key": "hello",
    "language": "en",
    "subject": "Case {{ case.number }}",
    "text": "Hello {{ contact.name }},\n\n<b>hi</b>",
}
BRAND = {"name": "Kindle", "slug": "kindle", "languages": "en\nde", "registration": "open", "primary_colour": "#0c5a52"}


async def test_a_preview_shows_the_words_as_they_are_typed_with_samples(world, sign_in) -> None:
    leader = await sign_in(world.max)

    page = (await leader.post("/console/setup/letters/new", data={**LETTER, "act": "preview"})).text

    assert '<p class="cd-strong" dir="auto">Case HAL-20418</p>' in page
    assert "Hello Élodie Marchand," in page
    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert "hello" not in [letter.key for letter in await TEMPLATES.page(by=world.max)]


async def test_a_preview_may_be_about_a_case(world, sign_in, open_case) -> None:
    case, leader = await open_case(), await sign_in(world.max)

    given = {**LETTER, "act": "preview", "number": case.number}
    page = (await leader.post("/console/setup/letters/new", data=given)).text

    assert f'<p class="cd-strong" dir="auto">Case {case.number}</p>' in page


async def test_a_preview_about_a_case_that_is_not_there_is_refused_calmly(world, sign_in) -> None:
    leader = await sign_in(world.max)

    given = {**LETTER, "act": "preview", "number": "CD-99999"}
    answer = await leader.post("/console/setup/letters/new", data=given)

    assert (answer.status_code, "There is no case CD-99999." in answer.text) == (422, True)


async def test_a_placeholder_that_nobody_fills_is_named(world, sign_in) -> None:
    leader = await sign_in(world.max)

    answers = [
        await leader.post("/console/setup/letters/new", data={**LETTER, "text": "{{ case.nummer }}", **act})
        for act in ({}, {"act": "preview"})
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(re.search(r'id="f-text-problem">.*case\.nummer', answer.text, re.DOTALL) for answer in answers)


async def test_words_of_a_letter_cannot_bring_a_script_into_the_preview(world, sign_in) -> None:
    leader = await sign_in(world.max)

    given = {**LETTER, "act": "preview", "html": '<img src=x onerror="alert(1)"><script>alert(2)</script><p>fine</p>'}
    page = (await leader.post("/console/setup/letters/new", data=given)).text
    shown = page[page.index("cd-letter") : page.index("As plain text")]

    assert ("onerror" in shown, "<script" in shown, "<p>fine</p>" in shown) == (False, False, True)


async def test_a_brand_is_added_with_its_look(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    answer = await ines.post("/console/setup/brands/new", data=BRAND)

    made = (await PORTALS.page(by=world.ines))[-1]
    assert (answer.status_code, made.slug, made.languages, made.bar_colour) == (303, "kindle", ("en", "de"), None)


async def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    answer = await ines.post("/console/setup/brands/new", data={**BRAND, "primary_colour": "#ffdd00"})

    found = re.search(r'id="f-primary_colour-problem">.*?(\d\.\d):1', answer.text, re.DOTALL)
    assert found is not None
    assert (answer.status_code, found[1]) == (422, "1.2")


async def test_a_preview_of_a_brand_stores_nothing(world, sign_in) -> None:
    ines = await sign_in(world.ines)

    page = (
        await ines.post("/console/setup/brands/new", data={**BRAND, "act": "preview", "bar_colour": "#203040"})
    ).text

    assert 'fill="#203040" data-fill="bar"' in page
    assert "kindle" not in [brand.slug for brand in await PORTALS.page(by=world.ines)]
