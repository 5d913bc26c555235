"""Signing in and out, and what ends a session or a token at once."""

import pytest

from casedesk.database import rows, run
from casedesk.errors import Invalid, SignInNeeded, TooMany
from casedesk.identity import SYSTEM, Role
from casedesk.security import passwords
from casedesk.users import enrolling, signing_in
from casedesk.users.directory import actor_of


async def test_the_right_password_opens_a_session_for_its_user(add_user) -> None:
    tess = await add_user()

    secret, signed_in = await signing_in.sign_in(" Tess@Halden.Example ", "casedesk-test", address="192.0.2.1")

    found = await signing_in.session_of(secret)
    assert found is not None
    assert (found.id, found.actor.id, found.actor.role, found.csrf_token) == (
        signed_in.id,
        tess.id,
        Role.AGENT,
        signed_in.csrf_token,
    )


async def test_the_secret_itself_is_stored_nowhere(add_user) -> None:
    await add_user()
    secret, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="192.0.2.1")

    stored = await rows("SELECT * FROM staff_sessions")

    assert secret not in str(stored)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("tess@halden.example", "wrong"),
        ("nobody@halden.example", "casedesk-test"),
        ("\x00", "x"),
        ("x" * 400 + "@x.example", "x"),
        ("sam@halden.example", ""),
    ],
)
async def test_wrong_unknown_and_unset_are_refused_in_the_same_words(add_user, email: str, password: str) -> None:
    await add_user()
    await add_user("sam@halden.example", password=None)

    with pytest.raises(SignInNeeded) as refused:
        await signing_in.sign_in(email, password, address="192.0.2.1")

    assert refused.value.message == "That email and password do not go together."


async def test_an_account_is_tried_ten_times_in_a_quarter_of_an_hour_and_then_rests(add_user, frozen) -> None:
    await add_user()
    for number in range(10):
        with pytest.raises(SignInNeeded):
            await signing_in.sign_in("tess@halden.example", "wrong", address=f"192.0.2.{number}")

    with pytest.raises(TooMany):
        await signing_in.sign_in("TESS@halden.example ", "casedesk-test", address="192.0.2.99")


async def test_an_address_that_tries_many_accounts_is_stopped(frozen) -> None:
    for number in range(100):
        with pytest.raises(SignInNeeded):
            await signing_in.sign_in(f"{number}@halden.example", "wrong", address="192.0.2.1")

    with pytest.raises(TooMany):
        await signing_in.sign_in("somebody@halden.example", "wrong", address="192.0.2.1")


async def test_successes_use_up_nothing(add_user, frozen) -> None:
    await add_user()

    for _ in range(12):
        await signing_in.sign_in("tess@halden.example", "casedesk-test", address="192.0.2.1")


async def test_an_unused_session_ends_and_a_used_one_goes_on(add_user, frozen) -> None:
    await add_user()
    used, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="", hours=12)
    unused, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="", hours=12)
    frozen.forward(hours=11)
    await signing_in.session_of(used, hours=12)
    frozen.forward(hours=2)

    found = [await signing_in.session_of(secret, hours=12) is not None for secret in (used, unused)]

    assert found == [True, False]


async def test_no_session_outlives_thirty_days_however_much_it_is_used(add_user, frozen) -> None:
    await add_user()
    secret, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="", hours=48)
    for _ in range(30):
        frozen.forward(days=1)
        alive = await signing_in.session_of(secret, hours=48)

    assert alive is None


async def test_signing_out_ends_the_session_and_twice_is_safe(add_user) -> None:
    await add_user()
    secret, signed_in = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")

    await signing_in.sign_out(signed_in)
    await signing_in.sign_out(signed_in)

    assert (await signing_in.session_of(secret), await signing_in.is_alive(signed_in.id)) == (None, False)


async def test_suspending_a_user_ends_their_sessions_and_tokens_at_once(add_user) -> None:
    tess = await add_user()
    secret, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")
    token = await enrolling.add_token(tess.id, by=SYSTEM)

    await enrolling.change_user(tess.id, {"active": False}, by=SYSTEM)

    assert (await signing_in.session_of(secret), await signing_in.actor_of_token(token.secret)) == (None, None)


async def test_a_suspended_user_cannot_sign_in(add_user) -> None:
    await add_user(active=False)

    with pytest.raises(SignInNeeded):
        await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")


async def test_a_hash_of_old_costs_is_renewed_at_sign_in(add_user) -> None:
    await add_user()
    passwords.use_costs(memory_kib=32, rounds=2)

    await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")

    kept = await rows("SELECT password_hash FROM users")
    assert [passwords.is_outdated(row["password_hash"]) for row in kept] == [False]


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(add_user) -> None:
    await add_user()
    here, signed_in = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")
    there, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")

    await signing_in.change_own_password(signed_in, old="casedesk-test", new="another password")

    found = [await signing_in.session_of(secret) is not None for secret in (here, there)]
    assert found == [True, False]
    await signing_in.sign_in("tess@halden.example", "another password", address="")


async def test_a_new_password_needs_the_old_one(add_user) -> None:
    await add_user()
    _, signed_in = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="")

    with pytest.raises(Invalid) as refused:
        await signing_in.change_own_password(signed_in, old="wrong", new="another password")

    assert [problem.field for problem in refused.value.problems] == ["old"]


@pytest.mark.sqlite_only
async def test_a_database_that_takes_no_words_turns_nobody_away(add_user, frozen) -> None:
    tess = await add_user()
    secret, _ = await signing_in.sign_in("tess@halden.example", "casedesk-test", address="192.0.2.1")
    token = await enrolling.add_token(tess.id, by=actor_of(tess))
    frozen.forward(minutes=6)

    await run("PRAGMA query_only = ON")  # fails writes as a full disk does
    by_cookie, by_token = await signing_in.session_of(secret), await signing_in.actor_of_token(token.secret)
    await run("PRAGMA query_only = OFF")

    assert by_cookie is not None
    assert by_token is not None
