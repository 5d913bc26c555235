"""Rights before input: who may not learns nothing, not even that their form was wrong."""

import pytest
from starlette.responses import PlainTextResponse

from casedesk.permissions import Permission
from casedesk.web import forms, guard
from tests.web.browser import signed_in, visitor


async def _show(request):
    return PlainTextResponse(f"{guard.actor_of(request).email} sees it")


async def _save(request):
    form = await forms.read(request)
    form.require("name")
    return PlainTextResponse(form.text("name"))


SETUP = guard.page(
    "/setup",
    {"GET": _show, "POST": _save},
    needs={"GET": Permission.QUEUE_READ, "POST": Permission.QUEUE_CHANGE},
)


@pytest.fixture
def setup_page(app):
    """Return the web with one guarded page more."""
    app.app.app.router.routes.insert(0, SETUP)
    return app


async def test_who_may_not_change_gets_404_before_the_form_is_looked_at(setup_page, add_user) -> None:
    await add_user()
    tess = await signed_in(setup_page, "tess@halden.example")

    looked = await tess.get("/setup")
    saved = await tess.post("/setup", data={"nonsense": "x"})
    await tess.aclose()

    assert (looked.text, saved.status_code) == ("tess@halden.example sees it", 404)


async def test_who_may_change_is_told_what_is_wrong(setup_page, add_user) -> None:
    await add_user("max@halden.example", role="supervisor")
    max_ = await signed_in(setup_page, "max@halden.example")

    empty = await max_.post("/setup", data={"nonsense": "x"})
    right = await max_.post("/setup", data={"name": "Premier"})
    await max_.aclose()

    assert (empty.status_code, right.text) == (422, "Premier")


async def test_the_token_may_stand_in_the_form_even_beside_a_file(setup_page, add_user) -> None:
    await add_user("max@halden.example", role="supervisor")
    max_ = await signed_in(setup_page, "max@halden.example")
    token = max_.headers.pop("x-csrf-token")

    answer = await max_.post("/setup", data={"csrf": token, "name": "Premier"}, files={"logo": ("a.png", b"png")})
    await max_.aclose()

    assert (answer.status_code, answer.text) == (200, "Premier")


async def test_a_stranger_posts_into_the_void(setup_page) -> None:
    async with visitor(setup_page) as stranger:
        answer = await stranger.post("/setup", data={"name": "Premier"})

    assert answer.status_code == 401


async def test_a_forged_cookie_is_nobodys(setup_page) -> None:
    async with visitor(setup_page) as stranger:
        answers = [
            await stranger.get("/setup", headers={"cookie": cookie})
            for cookie in ("casedesk=", "casedesk=x", "casedesk=" + "x" * 9_000, "=;;=; casedesk", b"casedesk=\xff")
        ]

    assert {answer.headers["location"] for answer in answers} == {"/sign-in?next=%2Fsetup"}


async def test_every_method_needs_a_right() -> None:
    with pytest.raises(ValueError, match="every method needs"):
        guard.page("/x", {"GET": _show, "POST": _save}, needs={"GET": Permission.QUEUE_READ})
