"""The letters a manager edits: what may stand in them."""

import pytest

from casedesk.errors import FieldProblem, Invalid
from casedesk.language import listed
from casedesk.mail.placeholders import PLACEHOLDERS
from casedesk.mail.templates import TEMPLATES
from tests.world import World

GIVEN = {"key": "welcome", "language": "en", "subject": "[{{ case.number }}]", "text": "Hello {{ contact.name }}"}


async def test_a_letter_with_known_placeholders_is_kept(world: World) -> None:
    kept = await TEMPLATES.add(GIVEN, by=world.ines)

    assert (kept.subject, kept.text) == (GIVEN["subject"], GIVEN["text"])


async def test_a_placeholder_nobody_fills_is_refused_by_its_field(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        await TEMPLATES.add({**GIVEN, "text": "Dear {{ contact.nickname }}"}, by=world.ines)

    told = f"there is no placeholder contact.nickname; there are {listed(PLACEHOLDERS)}"
    assert refused.value.problems == (FieldProblem("text", told),)
