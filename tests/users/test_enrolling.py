"""Members of staff and the tokens of their programs."""

import pytest

from casedesk.errors import Conflict, Invalid, NotFound, Stale
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.users import directory, enrolling, signing_in


def actor(record: directory.UserRecord, **more: object) -> Actor:
    return Actor(ActorKind.USER, id=record.id, role=record.role, **more)  # type: ignore[arg-type]


async def test_two_users_cannot_share_an_address(add_user) -> None:
    await add_user()

    with pytest.raises(Conflict):
        await add_user("TESS@halden.example")


async def test_only_administrators_add_users(add_user) -> None:
    max_ = await add_user("max@halden.example", role="supervisor")

    with pytest.raises(NotFound):
        await enrolling.add_user({"name": "X", "email": "x@halden.example", "role": "agent"}, by=actor(max_))


async def test_a_change_made_on_an_old_version_is_stale(add_user) -> None:
    tess = await add_user()
    await enrolling.change_user(tess.id, {"name": "Tessa"}, by=SYSTEM, if_version=1)

    with pytest.raises(Stale):
        await enrolling.change_user(tess.id, {"name": "Tess"}, by=SYSTEM, if_version=1)

    assert (await directory.find_user(tess.id)).name == "Tessa"


async def test_the_last_administrator_stays(add_user) -> None:
    ada = await add_user("ada@halden.example", role="administrator")

    for change in ({"role": "agent"}, {"active": False}):
        with pytest.raises(Conflict):
            await enrolling.change_user(ada.id, change, by=SYSTEM)
    with pytest.raises(Conflict):
        await enrolling.remove_user(ada.id, by=SYSTEM)


async def test_who_left_traces_is_suspended_not_deleted(add_user) -> None:
    tess = await add_user()
    idle = await add_user("idle@halden.example")
    await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")

    with pytest.raises(Conflict):
        await enrolling.remove_user(tess.id, by=SYSTEM)
    await enrolling.remove_user(idle.id, by=SYSTEM)

    assert [user.email for user in await directory.list_users()] == ["tess@halden.example"]


async def test_a_token_acts_as_its_user_within_its_scopes(add_user) -> None:
    tess = await add_user()
    token = await enrolling.add_token(tess.id, by=actor(tess), name="script", scopes=["case.read"])

    found = await signing_in.actor_of_token(token.secret)

    assert found == Actor(
        ActorKind.USER, tess.id, tess.name, tess.email, Role.AGENT, frozenset({"case.read"}), token_id=token.id
    )


async def test_a_revoked_token_is_nobody_at_once(add_user) -> None:
    tess = await add_user()
    token = await enrolling.add_token(tess.id, by=actor(tess))

    await enrolling.revoke_token(token.id, by=actor(tess))

    assert await signing_in.actor_of_token(token.secret) is None


async def test_a_token_is_neither_made_nor_revoked_for_somebody_else(add_user) -> None:
    tess, uma = await add_user(), await add_user("uma@halden.example")
    token = await enrolling.add_token(tess.id, by=actor(tess))

    with pytest.raises(NotFound):
        await enrolling.add_token(tess.id, by=actor(uma))
    with pytest.raises(NotFound):
        await enrolling.revoke_token(token.id, by=actor(uma))


async def test_a_narrow_token_makes_no_mightier_one(add_user) -> None:
    tess = await add_user()
    narrow = actor(tess, scopes=frozenset({"case.read"}))

    for scopes in (None, ["case.read", "case.reply"]):
        with pytest.raises(Invalid):
            await enrolling.add_token(tess.id, by=narrow, scopes=scopes)


async def test_a_scope_must_name_a_right(add_user) -> None:
    tess = await add_user()

    with pytest.raises(Invalid) as refused:
        await enrolling.add_token(tess.id, by=SYSTEM, scopes=["case.*", "case.fly"])

    assert refused.value.problems[0].message == "there is no right called case.fly"


async def test_a_list_of_tokens_shows_no_secret(add_user) -> None:
    tess = await add_user()
    token = await enrolling.add_token(tess.id, by=SYSTEM, name="script")

    listed = await directory.list_tokens(user_id=tess.id)

    assert [(each.name, each.user_email) for each in listed] == [("script", "tess@halden.example")]
    assert token.secret not in str(listed)


async def test_preferences_are_kept_and_taken_back(add_user) -> None:
    tess = await add_user()

    await enrolling.set_preferences({"theme": "dark", "language": "de"}, by=actor(tess))
    await enrolling.set_preferences({"language": None}, by=actor(tess))

    assert await directory.preferences(tess.id) == {"theme": "dark"}
