"""Forms: within limits, as text a database can hold."""

import pytest

from casedesk.errors import CasedeskError, Invalid
from casedesk.web import forms
from tests.web.requests import request_of

FORM = "application/x-www-form-urlencoded"


async def test_fields_are_read_with_their_line_ends_made_one() -> None:
    request = request_of(b"words=a%0D%0Ab%0Dc&tag=x&tag=y&line=+two++words+%0A", FORM)

    form = await forms.read(request)

    assert (form.text("words"), form.texts("tag"), form.line("line"), form.text("absent")) == (
        "a\nb\nc",
        ("x", "y"),
        "two words",
        "",
    )


async def test_a_field_left_empty_is_named() -> None:
    form = await forms.read(request_of(b"a=+&b=x", FORM))

    with pytest.raises(Invalid) as refused:
        form.require("a", "b", "c")

    assert [problem.field for problem in refused.value.problems] == ["a", "c"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=%00", FORM, 422),
        (b"&".join(b"a=1" for _ in range(400)), FORM, 413),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b"whatever", "multipart/form-data", 400),
    ],
)
async def test_a_form_that_cannot_be_taken_is_refused(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(CasedeskError) as refused:
        await forms.read(request_of(body, kind))

    assert refused.value.http_status == status


async def test_numbers_are_numbers() -> None:
    form = await forms.read(request_of("a=17&b=&c=1x&d=٣".encode(), FORM))

    assert (form.number("a"), form.number("b")) == (17, None)
    for name in ("c", "d"):
        with pytest.raises(Invalid):
            form.number(name)
