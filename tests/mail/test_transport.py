"""The ways out, against a real relay that fails in every way there is."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casedesk.mail.transport import (
    FileTransport,
    Outcome,
    OutcomeKind,
    SmtpTransport,
    canonical,
    transport_from,
)
from tests.mail.relay import DROP, STALL, Kept, Relay

LETTER = b"From: support@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: Re: Printer\r\n\r\nSwitch it off.\r\n"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """Give a relay that takes everything until told otherwise."""
    relay = Relay()
    server = await relay.start()
    yield relay
    server.close()


@pytest.fixture
async def transport(relay: Relay) -> AsyncIterator[SmtpTransport]:
    transport = SmtpTransport(
        f"smtp://127.0.0.1:{relay.port}", command_seconds=0.5, answer_seconds=0.5, hostname="desk.example.com"
    )
    yield transport
    await transport.close()


async def send(transport: SmtpTransport, *recipients: str, raw: bytes = LETTER) -> Outcome:
    return await transport.send(raw, mail_from="support@example.com", recipients=recipients or ("ada@premier.example",))


# A relay that works.


async def test_a_letter_reaches_the_relay_as_it_was(relay: Relay, transport: SmtpTransport) -> None:
    outcome = await send(transport, "ada@premier.example", "bo@standard.example")

    assert outcome == Outcome(OutcomeKind.SENT, 250, "kept")
    assert relay.letters == [Kept("support@example.com", ["ada@premier.example", "bo@standard.example"], LETTER)]


async def test_the_connection_is_kept_for_the_next_letter(relay: Relay, transport: SmtpTransport) -> None:
    for _ in range(3):
        assert (await send(transport)).kind is OutcomeKind.SENT

    assert (relay.connections, len(relay.letters)) == (1, 3)


async def test_letters_at_once_use_few_connections(relay: Relay, transport: SmtpTransport) -> None:
    outcomes = await asyncio.gather(*(send(transport) for _ in range(30)))

    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.SENT}
    assert len(relay.letters) == 30
    assert relay.connections <= 4


async def test_a_relay_that_hung_up_meanwhile_is_called_again(relay: Relay, transport: SmtpTransport) -> None:
    await send(transport)
    relay.script["MAIL"] = [DROP, "250 ok"]

    assert (await send(transport)).kind is OutcomeKind.SENT
    assert (relay.connections, len(relay.letters)) == (2, 2)


async def test_the_null_sender_is_sent_as_such(relay: Relay, transport: SmtpTransport) -> None:
    await transport.send(LETTER, mail_from="", recipients=["ada@premier.example"])

    assert [kept.mail_from for kept in relay.letters] == [""]


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (
            b"a: b\n\nline\n.\nMAIL FROM:<eve@otto.example>\n",
            b"a: b\r\n\r\nline\r\n.\r\nMAIL FROM:<eve@otto.example>\r\n",
        ),
        (b"a: b\r\n\r\nx\r.\rEVIL\r\n", b"a: b\r\n\r\nx\r\n.\r\nEVIL\r\n"),
        (b"a: b\r\n\r\n.\r\n..\r\n.x", b"a: b\r\n\r\n.\r\n..\r\n.x\r\n"),
        (b".a: b\r\n\r\n\r\r\n\n\r", b".a: b\r\n\r\n\r\n\r\n\r\n\r\n"),
        (b"", b"\r\n"),
    ],
)
async def test_line_ends_are_made_whole_and_dots_survive(
    relay: Relay, transport: SmtpTransport, raw: bytes, sent: bytes
) -> None:
    await send(transport, raw=raw)
    await send(transport)

    assert [kept.raw for kept in relay.letters] == [sent, LETTER]
    assert canonical(sent) == sent


async def test_what_the_relay_offers_is_used(relay: Relay, transport: SmtpTransport) -> None:
    raw = LETTER + "Grüße\r\n".encode()

    await send(transport, raw=raw)
    await send(transport, "zoë@bücher.example")

    assert [line for line in relay.said if line.startswith("MAIL")] == [
        f"MAIL FROM:<support@example.com> SIZE={len(raw)} BODY=8BITMIME",
        f"MAIL FROM:<support@example.com> SIZE={len(LETTER)} SMTPUTF8",
    ]
    assert relay.letters[1].recipients == ["zoë@bücher.example"]


async def test_an_old_relay_is_spoken_to_plainly(relay: Relay, transport: SmtpTransport) -> None:
    relay.script["EHLO"] = ["502 what?"]

    assert (await send(transport, raw=LETTER + b"\xe9\r\n")).kind is OutcomeKind.SENT
    assert relay.said[:3] == ["EHLO desk.example.com", "HELO desk.example.com", "MAIL FROM:<support@example.com>"]


# A relay that does not.

T, P, A, S = OutcomeKind.TEMPORARY, OutcomeKind.PERMANENT, OutcomeKind.AMBIGUOUS, OutcomeKind.SENT


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        pytest.param({"greeting": ["421 busy"]}, T, 421, id="the greeting says come later"),
        pytest.param({"greeting": ["554 go away"]}, T, 554, id="the greeting refuses us, not the letter"),
        pytest.param({"greeting": [DROP]}, T, None, id="it hangs up at once"),
        pytest.param({"greeting": [STALL]}, T, None, id="it never greets"),
        pytest.param({"greeting": ["hello"]}, T, -1, id="it speaks something else"),
        pytest.param({"EHLO": [DROP]}, T, None, id="it hangs up at EHLO"),
        pytest.param({"MAIL": [DROP]}, T, None, id="it hangs up at MAIL"),
        pytest.param({"MAIL": ["451 later"]}, T, 451, id="the sender may come later"),
        pytest.param({"MAIL": ["550 not you"]}, P, 550, id="the sender is refused"),
        pytest.param({"MAIL": ["530 sign in"]}, T, 530, id="we should sign in"),
        pytest.param({"RCPT": ["450 greylisted"]}, T, 450, id="the recipient may be tried later"),
        pytest.param({"RCPT": ["550 unknown"]}, P, 550, id="the recipient is refused"),
        pytest.param({"RCPT": ["421 closing"]}, T, 421, id="it closes at RCPT"),
        pytest.param({"RCPT": [DROP]}, T, None, id="it hangs up at RCPT"),
        pytest.param({"RCPT": [STALL]}, T, None, id="it falls silent at RCPT"),
        pytest.param({"DATA": ["451 later"]}, T, 451, id="DATA may come later"),
        pytest.param({"DATA": ["554 no"]}, P, 554, id="DATA is refused"),
        pytest.param({"DATA": [DROP]}, T, None, id="it hangs up at DATA"),
        pytest.param({"letter": ["452 full"]}, T, 452, id="the letter may come later"),
        pytest.param({"letter": ["550 spam"]}, P, 550, id="the letter is refused"),
        pytest.param({"letter": ["421 closing"]}, T, 421, id="it closes after the letter"),
        pytest.param({"letter": [DROP]}, A, None, id="it hangs up after the letter"),
        pytest.param({"letter": [STALL]}, A, None, id="it falls silent after the letter"),
        pytest.param({"letter": ["what"]}, A, None, id="it says nonsense after the letter"),
    ],
)
async def test_each_fault_is_told_apart_and_the_next_letter_goes_through(
    relay: Relay, transport: SmtpTransport, script: dict[str, list[str]], kind: OutcomeKind, code: int | None
) -> None:
    relay.script = script

    outcome = await send(transport)

    assert (outcome.kind, outcome.code) == (kind, code)
    assert outcome.text
    relay.script = {}
    relay.letters.clear()
    assert (await send(transport)).kind is S
    assert [kept.raw for kept in relay.letters] == [LETTER]


async def test_a_relay_that_is_not_there_is_temporary() -> None:
    outcome = await send(SmtpTransport("smtp://127.0.0.1:1"))

    assert outcome.kind is T


async def test_some_recipients_refused_is_sent_with_their_names(relay: Relay, transport: SmtpTransport) -> None:
    relay.script = {"RCPT TO:<bo@": ["550 unknown"], "RCPT TO:<cy@": ["450 later"]}

    outcome = await send(transport, "ada@premier.example", "bo@standard.example", "cy@standard.example")

    assert outcome == Outcome(
        S, 250, "kept", {"bo@standard.example": (550, "unknown"), "cy@standard.example": (450, "later")}
    )
    assert relay.letters[0].recipients == ["ada@premier.example"]


async def test_all_refused_is_temporary_while_one_may_be_tried_again(relay: Relay, transport: SmtpTransport) -> None:
    relay.script = {"RCPT TO:<bo@": ["550 unknown"], "RCPT TO:<cy@": ["450 later"]}

    outcome = await send(transport, "bo@standard.example", "cy@standard.example")

    assert (outcome.kind, outcome.code, set(outcome.refused)) == (
        T,
        450,
        {"bo@standard.example", "cy@standard.example"},
    )


@pytest.mark.parametrize("address", ["a@b.example>\r\nDATA", "a b@c.example", "a@b.example> SIZE=1", "a\x00@b.example"])
async def test_an_address_cannot_bring_a_command_along(relay: Relay, transport: SmtpTransport, address: str) -> None:
    outcomes = [
        await send(transport, address),
        await transport.send(LETTER, mail_from=address, recipients=["ada@premier.example"]),
    ]

    assert [outcome.kind for outcome in outcomes] == [P, P]
    assert [line for line in relay.said if not line.startswith("EHLO")] == []


async def test_a_letter_over_the_relays_limit_is_not_even_tried(relay: Relay, transport: SmtpTransport) -> None:
    outcome = await send(transport, raw=LETTER + b"x" * 100_000)

    assert (outcome.kind, outcome.code, relay.letters) == (P, 552, [])


async def test_an_international_address_needs_a_relay_that_takes_it(relay: Relay, transport: SmtpTransport) -> None:
    relay.offers = []

    assert (await send(transport, "zoë@bücher.example")).kind is P


async def test_giving_up_half_way_leaves_no_letter_to_the_next(relay: Relay, transport: SmtpTransport) -> None:
    await send(transport)
    relay.script = {"RCPT": [STALL]}
    sending = asyncio.create_task(send(transport, "ada@premier.example"))
    await asyncio.sleep(0.1)
    sending.cancel()
    await asyncio.wait([sending])
    relay.script = {}

    assert (await send(transport, "bo@standard.example")).kind is S
    assert [kept.recipients for kept in relay.letters] == [["ada@premier.example"], ["bo@standard.example"]]


# Signing in.


async def test_user_and_password_are_those_of_the_url(relay: Relay) -> None:
    relay.offers = ["AUTH PLAIN"]
    relay.script = {"AUTH": ["235 welcome"]}
    transport = SmtpTransport(f"smtp://desk%40example.com:p%3Aw%2F@127.0.0.1:{relay.port}")

    assert (await send(transport)).kind is S

    (line,) = [line for line in relay.said if line.startswith("AUTH")]
    assert base64.b64decode(line.split()[-1]) == b"\0desk@example.com\0p:w/"
    await transport.close()


async def test_a_wrong_password_does_not_bounce_anybodys_mail(relay: Relay) -> None:
    relay.offers = ["AUTH PLAIN"]
    relay.script = {"AUTH": ["535 wrong"]}
    transport = SmtpTransport(f"smtp://desk:pw@127.0.0.1:{relay.port}")

    assert await send(transport) == Outcome(T, 535, "wrong")


# Encryption.

PEM = Path(__file__).parent.parent / "localhost.pem"


@pytest.fixture
async def encrypting(relay: Relay) -> Relay:
    """Give a relay that offers STARTTLS with a certificate of its own making."""
    relay.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    relay.tls.load_cert_chain(PEM)
    relay.offers = ["STARTTLS", "AUTH PLAIN"]
    relay.script = {"AUTH": ["235 welcome"]}
    return relay


async def test_encryption_is_taken_when_it_is_offered(encrypting: Relay) -> None:
    transport = SmtpTransport(f"smtp://127.0.0.1:{encrypting.port}", hostname="desk")

    assert (await send(transport)).kind is S

    assert encrypting.said[:4] == ["EHLO desk", "STARTTLS", "EHLO desk", "MAIL FROM:<support@example.com>"]
    await transport.close()


async def test_a_password_goes_only_to_a_relay_that_proves_its_name(
    encrypting: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casedesk.mail.transport.THIS_MACHINE", frozenset())
    url = f"smtp://desk:pw@localhost:{encrypting.port}"
    stranger, known = SmtpTransport(url), SmtpTransport(url, tls=ssl.create_default_context(cafile=PEM))

    assert (await send(stranger)).kind is T
    assert not [line for line in encrypting.said if line.startswith("AUTH")]
    assert (await send(known)).kind is S
    await known.close()


async def test_a_password_never_goes_out_in_the_clear(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casedesk.mail.transport.THIS_MACHINE", frozenset())
    relay.offers = ["AUTH PLAIN"]

    assert (await send(SmtpTransport(f"smtp://desk:pw@localhost:{relay.port}"))).kind is T
    assert not [line for line in relay.said if line.startswith("AUTH")]


async def test_a_relay_may_be_encrypted_from_the_first_byte() -> None:
    relay = Relay()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    server = await relay.start(context)
    url = f"smtps://localhost:{relay.port}"
    stranger, known = SmtpTransport(url), SmtpTransport(url, tls=ssl.create_default_context(cafile=PEM))

    assert (await send(stranger)).kind is T
    assert (await send(known)).kind is S
    assert len(relay.letters) == 1
    await known.close()
    server.close()


# Into a folder.


async def test_a_letter_becomes_one_whole_file(tmp_path: Path) -> None:
    transport = transport_from("file:", tmp_path)

    for _ in range(2):
        outcome = await transport.send(LETTER, mail_from="", recipients=["ada@premier.example"])
        assert outcome.kind is S

    (file,) = (tmp_path / "outgoing").iterdir()
    assert (file.name, file.suffix, file.read_bytes()) == (outcome.text, ".eml", LETTER)


async def test_letters_with_other_ids_or_recipients_are_files_of_their_own(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)
    other = LETTER.replace(b"<1@", b"<2@")

    for raw, recipient in (
        (LETTER, "ada@premier.example"),
        (LETTER, "bo@standard.example"),
        (other, "ada@premier.example"),
    ):
        await transport.send(raw, mail_from="", recipients=[recipient])

    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == sorted([LETTER, LETTER, other])


async def test_letters_without_an_id_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)

    for raw in (b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n", b"Subject: 2\r\n\r\n"):
        await transport.send(raw, mail_from="", recipients=[])

    assert len(list(tmp_path.iterdir())) == 2


async def test_a_folder_that_cannot_be_written_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "outgoing").write_text("in the way")

    outcome = await transport_from("file:", tmp_path).send(LETTER, mail_from="", recipients=["ada@premier.example"])

    assert outcome.kind is T


@pytest.mark.parametrize("url", ["", "http://relay", "smtp://", "relay:25"])
def test_a_relay_that_makes_no_sense_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="a relay is"):
        transport_from(url, tmp_path)
