"""The SMTP edge over real sockets: what it takes, what it refuses, and that 250 means on disk."""

import asyncio
import contextlib
import random
import smtplib
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from intake.smtp import SmtpEdge
from intake.smtp_limits import SmtpLimits, crowd
from intake.spool import Arrival
from intake.spool_sqlite import SqliteSpool

PEM = str(Path(__file__).parent.parent / "localhost.pem")
"""Key and certificate of localhost, worth nothing elsewhere."""

LETTER = b"From: Ada <ada@premier.example>\r\nSubject: Printer\r\n\r\nIt smokes.\r\n"


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def accepts(address: str) -> bool | str:
    if address == "broken@example.com":
        raise RuntimeError("password=hunter2")
    if address == "later@example.com":
        return "451 4.7.1 Come back later"
    return address in ("support@example.com", "billing@example.com", "sales+list@example.com", "postmaster")


@dataclass
class Client:
    """Speaks SMTP by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        """Read one whole reply; empty when the server has hung up."""
        lines = []
        while line := (await asyncio.wait_for(self.reader.readline(), 10)).decode():
            lines.append(line.rstrip())
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, line: str | bytes) -> str:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def begin(self, *recipients: str, sender: str = "ada@premier.example") -> None:
        assert (await self.say("EHLO mx.premier.example"))[:3] == "250"
        assert await self.say(f"MAIL FROM:<{sender}>") == "250 2.1.0 Ok"
        for recipient in recipients or ("support@example.com",):
            assert await self.say(f"RCPT TO:<{recipient}>") == "250 2.1.5 Ok"

    async def send(self, letter: bytes = LETTER, *recipients: str) -> str:
        await self.begin(*recipients)
        assert await self.say("DATA") == "354 End with CRLF.CRLF"
        return await self.say(letter + b".")

    async def rest(self) -> str:
        """Read until the server hangs up."""
        with contextlib.suppress(ConnectionError):
            return (await asyncio.wait_for(self.reader.read(), 10)).decode()
        return ""

    def close(self) -> None:
        self.writer.close()


@dataclass
class Desk:
    """A listening edge, its spool, and clients of it."""

    edge: SmtpEdge
    spool: SqliteSpool
    port: int
    clients: list[Client] = field(default_factory=list)

    async def connect(self, greeting: str = "220 desk.example.com ESMTP casedesk") -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        assert await client.reply() == greeting
        return client

    async def letters(self) -> list[bytes]:
        return [mail.raw for mail in await self.spool.read_on(0, 1000)]

    async def arrivals(self) -> list[Arrival]:
        return [mail.arrival for mail in await self.spool.read_on(0, 1000)]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def open_desk(tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Give what opens a desk with other limits than usual."""
    desks: list[Desk] = []

    async def open_one(*, reserve_bytes: int = 0, tls: ssl.SSLContext | None = None, **limits: float) -> Desk:
        spool = SqliteSpool(tmp_path, reserve_bytes=reserve_bytes)
        await spool.open()
        edge = SmtpEdge(
            spool,
            accepts,
            hostname="desk.example.com",
            limits=replace(SmtpLimits(), **limits),  # type: ignore[arg-type]
            tls=tls,
        )
        _, port = await edge.start("127.0.0.1", 0)
        desks.append(Desk(edge, spool, port))
        return desks[-1]

    yield open_one
    for desk in desks:
        await desk.edge.stop(grace=0.2)
        for client in desk.clients:
            client.close()
        await desk.spool.close()


@pytest.fixture
async def desk(open_desk: OpenDesk) -> Desk:
    return await open_desk()


# Letters.


async def test_a_letter_is_stored_as_it_came_with_its_envelope(desk: Desk) -> None:
    client = await desk.connect()

    reply = await client.send(LETTER, "support@example.com", "billing@example.com")

    (arrival,) = await desk.arrivals()
    assert reply == f"250 2.0.0 Ok: queued as {arrival.id}"
    assert (arrival.envelope_from, arrival.envelope_to, arrival.peer, arrival.helo, arrival.channel) == (
        "ada@premier.example",
        ("support@example.com", "billing@example.com"),
        "127.0.0.1",
        "mx.premier.example",
        "smtp",
    )
    assert await desk.letters() == [LETTER]


async def test_a_session_brings_one_letter_after_another(desk: Desk) -> None:
    client = await desk.connect()

    for number in range(5):
        assert (await client.send(LETTER + b"%d\r\n" % number))[:3] == "250"

    assert await client.say("QUIT") == "221 Bye"
    assert await desk.letters() == [LETTER + b"%d\r\n" % number for number in range(5)]


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        b"\r\n",
        b".\r\n",
        b"..\r\n...\r\n. \r\n.x\r\n",
        b"ends in dot.\r\n",
        b"bare\nlf\rcr\r\n\n.\n.\r.\r\r\n",
        b"\x00\xff\x80 8 bit\r\n",
        b"x" * 300_000 + b"\r\n",
        b"\r\n" * 5000,
    ],
)
async def test_every_byte_of_a_letter_is_kept(desk: Desk, letter: bytes) -> None:
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")

    stuffed = (b"\r\n" + letter).replace(b"\r\n.", b"\r\n..")[2:]
    reply = await client.say(stuffed + b".")

    assert reply[:3] == "250"
    assert await desk.letters() == [letter]


async def test_a_letter_may_come_in_any_pieces(desk: Desk) -> None:
    dice = random.Random(3)
    letter = b".a\r\n.\r\r\n\r\n..\r\nb.\r\n"
    stream = (b"\r\n" + letter).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\nNOOP\r\n"

    for _ in range(60):
        client = await desk.connect()
        await client.begin()
        await client.say("DATA")
        cuts = sorted(dice.sample(range(1, len(stream)), dice.randint(1, 6)))
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            client.writer.write(stream[start:end])
            await asyncio.sleep(0)
        assert (await client.reply())[:3] == "250"
        assert await client.reply() == "250 OK"
        client.close()

    assert await desk.letters() == [letter] * 60


@pytest.mark.parametrize(
    "false_end",
    [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n.\r", b"\r\n\x00.\r\n", b"\r.\r\n", b"\r\n.\x00\r\n"],
)
async def test_only_crlf_dot_crlf_ends_a_letter(desk: Desk, false_end: bytes) -> None:
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")
    smuggled = b"MAIL FROM:<eve@otto.example>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nhello\r\n"

    reply = await client.say(b"Subject: one" + false_end + smuggled + b".")

    assert reply[:3] == "250"
    assert len(await desk.letters()) == 1


async def test_commands_may_come_all_at_once_even_with_the_letter(desk: Desk) -> None:
    client = await desk.connect()
    big = b"y" * 700_000 + b"\r\n"

    for letter in (LETTER, big):
        client.writer.write(
            b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@example.com>\r\nDATA\r\n"
            + letter
            + b".\r\nNOOP\r\n"
        )
        replies = [(await client.reply())[:3] for _ in range(6)]
        assert replies == ["250", "250", "250", "354", "250", "250"]

    assert await desk.letters() == [LETTER, big]


async def test_a_letter_cut_off_before_its_end_is_not_kept(desk: Desk) -> None:
    for rude in (False, True):
        client = await desk.connect()
        await client.begin()
        await client.say("DATA")
        client.writer.write(LETTER)
        await desk.until(lambda: desk.edge.room.held > 2)
        client.writer.transport.abort() if rude else client.writer.write_eof()
        await desk.until(lambda: desk.edge.room.held == 0)

    assert await desk.letters() == []


async def test_the_standard_library_can_send(desk: Desk) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", desk.port, timeout=10) as client:
            client.sendmail("ada@premier.example", ["support@example.com"], LETTER)
            client.sendmail("", ["support@example.com"], LETTER)

    await asyncio.to_thread(send)

    assert [arrival.envelope_from for arrival in await desk.arrivals()] == ["ada@premier.example", ""]


async def test_international_addresses_are_kept(desk: Desk) -> None:
    client = await desk.connect()
    await client.say("EHLO x")

    assert await client.say("MAIL FROM:<zoë@bücher.example> SMTPUTF8 BODY=8BITMIME SIZE=100") == "250 2.1.0 Ok"
    await client.say("RCPT TO:<support@example.com>")
    await client.say("DATA")
    await client.say(LETTER + b".")

    assert [arrival.envelope_from for arrival in await desk.arrivals()] == ["zoë@bücher.example"]


async def test_a_sender_that_is_not_utf8_is_kept_readable(desk: Desk) -> None:
    client = await desk.connect()
    await client.say("EHLO x")

    assert await client.say(b"MAIL FROM:<zo\xeb@premier.example>") == "250 2.1.0 Ok"
    await client.say("RCPT TO:<support@example.com>")
    await client.say("DATA")
    await client.say(LETTER + b".")

    assert [arrival.envelope_from for arrival in await desk.arrivals()] == ["zoë@premier.example"]


# Size and memory.


async def test_a_letter_over_the_limit_is_refused_and_the_session_goes_on(open_desk: OpenDesk) -> None:
    desk = await open_desk(message_bytes=100_000)
    client = await desk.connect()

    assert await client.send(b"x" * 99_998 + b"\r\n") == "250 2.0.0 Ok: queued as 1"
    assert await client.send(b"x" * 99_999 + b"\r\n") == "552 5.3.4 Too big, the limit is 100000 bytes"
    assert await client.send(LETTER) == "250 2.0.0 Ok: queued as 2"


async def test_a_letter_that_says_it_is_too_big_is_refused_before_it_is_sent(open_desk: OpenDesk) -> None:
    desk = await open_desk(message_bytes=100_000)
    client = await desk.connect()

    assert "SIZE 100000" in await client.say("EHLO x")
    assert await client.say("MAIL FROM:<a@b.example> SIZE=100001") == "552 5.3.4 Too big, the limit is 100000 bytes"


async def test_a_letter_without_end_is_cut_off_and_never_kept_in_memory(open_desk: OpenDesk) -> None:
    desk = await open_desk(message_bytes=100_000)
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")
    most = 0

    with contextlib.suppress(ConnectionError):
        for _ in range(400):
            client.writer.write(b"x" * 10_000)
            await client.writer.drain()
            most = max(most, desk.edge.room.held)

    assert await client.rest() in ("552 5.3.4 Too big\r\n", "")
    assert most <= 100_000 + (1 << 18)
    await desk.until(lambda: desk.edge.room.held == 0)


async def test_a_command_without_end_is_cut_off(desk: Desk) -> None:
    client = await desk.connect()

    with contextlib.suppress(ConnectionError):
        for _ in range(400):
            client.writer.write(b"x" * 10_000)
            await client.writer.drain()

    assert await client.rest() in ("421 4.7.0 Too much at once\r\n", "")


async def test_all_unfinished_letters_together_have_a_limit(open_desk: OpenDesk) -> None:
    desk = await open_desk(held_bytes=150_000)
    first, second = await desk.connect(), await desk.connect()
    for client in (first, second):
        await client.begin()
        await client.say("DATA")
    first.writer.write(b"x" * 100_000)
    await desk.until(lambda: desk.edge.room.held > 100_000)

    assert await second.say(b"y" * 100_000 + b"\r\n.") == "452 4.3.1 No room at the moment, please try again"
    assert await first.say(b"\r\n.") == "250 2.0.0 Ok: queued as 1"
    assert desk.edge.room.held == 0


async def test_a_letter_that_went_round_in_circles_is_refused(desk: Desk) -> None:
    client = await desk.connect()

    assert await client.send(b"Received: by x\r\n" * 101 + LETTER) == "554 5.4.6 Too many hops"
    assert await client.send(b"Received: by x\r\n" * 100 + LETTER) == "250 2.0.0 Ok: queued as 1"


# Recipients.


@pytest.mark.parametrize(
    "path",
    [
        "<support@example.com>",
        "<SUPPORT@Example.COM>",
        "<support+Tok3n-x_y.z@example.com>",
        "<support++@example.com>",
        "<sales+list@example.com>",
        "<sales+list+x@example.com>",
        " <support@example.com>",
        "support@example.com",
        '<"support"@example.com>',
        '<"sup\\port"@example.com>',
        "<postmaster>",
        "<Postmaster>",
    ],
)
async def test_recipient_is_taken(desk: Desk, path: str) -> None:
    client = await desk.connect()
    await client.begin()

    taken = await client.say(f"RCPT TO:{path}") == "250 2.1.5 Ok"

    assert taken is not path.startswith("<sales+list+")  # only what stands before the first + is a mailbox of its own


@pytest.mark.parametrize(
    "path",
    [
        "<victim@elsewhere.example>",
        "<support>",
        "<support@example.com.>",
        "<support@example.org>",
        "<supp@ort@example.com>",
        "<@example.com:victim@elsewhere.example>",
        "<@a.example,@b.example:support@example.com>",
        "<@elsewhere.example:support@example.com>",
        "<victim%elsewhere.example@example.com>",
        "<support%example.com@example.com>",
        "<support%elsewhere.example@example.com>",
        "<elsewhere.example!victim@example.com>",
        "<elsewhere.example!support@example.com>",
        '<"victim@elsewhere.example"@example.com>',
        '<"support@example.com"@elsewhere.example>',
        '<"support@example.com">',
        '<"support "@example.com>',
        '<"support%x"@example.com>',
        "<victim@elsewhere.example@example.com>",
        "<support@example.com@elsewhere.example>",
        "<support@[127.0.0.1]>",
        "<support@127.0.0.1>",
        "<support@localhost>",
        "<support@desk.example.com>",
        "<sup port@example.com>",
        "<support@exam ple.com>",
        "<support@example.com >x",
        "<support@example.com,victim@elsewhere.example>",
        "<support@example.com> <victim@elsewhere.example>",
        "<support@example.com;victim@elsewhere.example>",
        "<victim@elsewhere.example>,<support@example.com>",
        "<support(victim@elsewhere.example)@example.com>",
        "<+support@example.com>",
        "<+@example.com>",
        "<supp+ort@example.com>",
        "<@example.com>",
        "<support@>",
        "<>",
        "<",
        "",
        "support@example.com>",
        "<support@example.com",
        "<<support@example.com>>",
        "< >",
        "<support@example.com\x00>",
        "<support\x00@example.com>",
        '<"support\r"@example.com>',
        '<"sup\rport"@example.com>',
        "<support\t@example.com>",
        "<support@example.com\x0b>",
        "<support@example.com\x7f>",
        "<support@example.com\u2028>",
        "<suppört@example.com>",
        "<support@exämple.com>",
        "<ѕupport@example.com>",
        "<support＠example.com>",
        "<support@example.com> NOTIFY=NEVER",
        "<support@example.com> X",
        f"<support+{'x' * 400}@example.com>",
        f"<{'support+' * 500}@example.com>",
    ],
)
async def test_recipient_is_refused(desk: Desk, path: str) -> None:
    client = await desk.connect()
    await client.begin()

    reply = await client.say(f"RCPT TO:{path}")

    assert reply[:3] in ("500", "501", "550", "555")
    assert await client.say("NOOP") == "250 OK"


async def test_the_address_is_kept_as_written_and_once(desk: Desk) -> None:
    client = await desk.connect()

    await client.send(LETTER, "Support+ToKeN@Example.com", "support@example.com", "support@example.com")

    assert [arrival.envelope_to for arrival in await desk.arrivals()] == [
        ("Support+ToKeN@Example.com", "support@example.com")
    ]


async def test_recipients_over_the_limit_wait_and_the_others_get_the_letter(open_desk: OpenDesk) -> None:
    desk = await open_desk(recipients=3)
    client = await desk.connect()
    await client.begin("support+1@example.com", "support+2@example.com", "support+3@example.com")

    assert await client.say("RCPT TO:<support+4@example.com>") == "452 4.5.3 Too many recipients"
    await client.say("DATA")
    assert (await client.say(LETTER + b"."))[:3] == "250"


async def test_a_mailbox_may_ask_to_come_back_later(desk: Desk) -> None:
    client = await desk.connect()
    await client.begin()

    assert await client.say("RCPT TO:<later@example.com>") == "451 4.7.1 Come back later"


async def test_nothing_is_told_about_who_exists(desk: Desk) -> None:
    client = await desk.connect()
    await client.say("EHLO x")

    for address in ("support@example.com", "nobody@example.com"):
        assert await client.say(f"VRFY {address}") == "252 2.5.2 Send a letter and see"
        assert await client.say(f"EXPN {address}") == "502 5.5.1 Not offered"
    assert await client.say("AUTH PLAIN AGEAYg==") == "502 5.5.1 Not offered"
    assert await client.say("HELP MAIL") == "214 2.0.0 See RFC 5321"


async def test_the_greeting_offers_what_is_there_and_no_more(desk: Desk) -> None:
    client = await desk.connect()

    assert (await client.say("EHLO x")).split("\n") == [
        "250-desk.example.com",
        "250-SIZE 26214400",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-PIPELINING",
        "250 ENHANCEDSTATUSCODES",
    ]
    assert await client.say("HELO x") == "250 desk.example.com"


# Order of commands, and senders.


@pytest.mark.parametrize(
    ("lines", "replies"),
    [
        (["MAIL FROM:<a@b.example>"], ["503 5.5.1 EHLO or HELO first"]),
        (["RCPT TO:<support@example.com>"], ["503 5.5.1 MAIL first"]),
        (["DATA"], ["503 5.5.1 MAIL first"]),
        (["EHLO"], ["501 5.5.4 Say your name"]),
        (["HELO x", "MAIL FROM:<>", "DATA"], ["250", "250 2.1.0 Ok", "503 5.5.1 RCPT first"]),
        (["HELO x", "MAIL FROM:<>", "MAIL FROM:<>"], ["250", "250 2.1.0 Ok", "503 5.5.1 A letter is begun already"]),
        (["HELO x", "MAIL FROM:<>", "RSET", "MAIL FROM:<a@b.c>"], ["250", "250 2.1.0 Ok", "250 OK", "250 2.1.0 Ok"]),
        (["HELO x", "MAIL FROM:<>", "HELO x", "MAIL FROM:<>"], ["250", "250 2.1.0 Ok", "250", "250 2.1.0 Ok"]),
        (["HELO x", "MAIL FROM:<@a.b,@c.d:e@f.example>"], ["250", "250 2.1.0 Ok"]),
        (["HELO x", "mail from:a@b.example"], ["250", "250 2.1.0 Ok"]),
        (["HELO x", "MAIL a@b.example"], ["250", "501 5.5.4 Syntax: FROM:<address>"]),
        (["HELO x", "MAIL FROM:<a@b.example"], ["250", "501 5.1.7 Malformed address"]),
        (["HELO x", "MAIL FROM:<a\x00@b.example>"], ["250", "501 5.1.7 Malformed address"]),
        (["HELO x", 'MAIL FROM:<"a\rb"@b.example>'], ["250", "501 5.1.7 Malformed address"]),
        (["HELO x", f"MAIL FROM:<{'a' * 400}@b.example>"], ["250", "501 5.1.7 Address too long"]),
        (["HELO x", "MAIL FROM:<> SIZE=x"], ["250", "501 5.5.4 Parameter not understood"]),
        (["HELO x", "MAIL FROM:<> BODY=BINARYMIME"], ["250", "501 5.5.4 Parameter not understood"]),
        (["HELO x", "MAIL FROM:<> AUTH=<>"], ["250", "555 5.5.4 Parameter not known"]),
    ],
)
async def test_commands_answer(desk: Desk, lines: list[str], replies: list[str]) -> None:
    client = await desk.connect()

    answered = [await client.say(line) for line in lines]

    assert [answer[: len(reply)] for answer, reply in zip(answered, replies, strict=True)] == replies


# When something is wrong here.


async def test_an_error_of_ours_asks_to_come_back_and_tells_nothing(desk: Desk) -> None:
    client = await desk.connect()
    await client.begin()

    assert await client.say("RCPT TO:<broken@example.com>") == "451 4.3.0 Temporary failure, please try again"
    assert await client.say("RCPT TO:<support@example.com>") == "250 2.1.5 Ok"


async def test_a_full_disk_is_452(open_desk: OpenDesk) -> None:
    desk = await open_desk(reserve_bytes=1 << 60)
    client = await desk.connect()

    assert await client.send() == "452 4.3.1 No room at the moment, please try again"
    assert await desk.letters() == []


async def test_a_locked_spool_is_451_and_more_letters_are_not_even_asked_for(
    open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.spool_sqlite.BUSY_SECONDS", 1.0)
    desk = await open_desk(waiting_letters=1)
    bully = sqlite3.connect(desk.spool.path, isolation_level=None)
    bully.execute("begin immediate")
    first, second = await desk.connect(), await desk.connect()
    await second.begin()

    waiting = asyncio.create_task(first.send())
    await desk.until(lambda: desk.edge.overloaded)

    assert await second.say("DATA") == "451 4.3.2 Busy, please try again"
    await second.say("RSET")
    assert await second.say("MAIL FROM:<>") == "451 4.3.2 Busy, please try again"
    assert await waiting == "451 4.3.0 Busy, please try again"
    bully.close()
    assert await second.send() == "250 2.0.0 Ok: queued as 1"


# Time and numbers.


async def test_an_idle_session_is_ended(open_desk: OpenDesk) -> None:
    desk = await open_desk(idle=0.2)
    client = await desk.connect()

    assert await client.rest() == "421 4.4.2 Timed out\r\n"


async def test_a_letter_that_stalls_is_ended(open_desk: OpenDesk) -> None:
    desk = await open_desk(data_read=0.2)
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")
    client.writer.write(b"Subject: x\r\n")

    assert await client.rest() == "421 4.4.2 Timed out\r\n"


async def test_a_letter_that_drips_is_ended(open_desk: OpenDesk) -> None:
    desk = await open_desk(data_read=5, data_total=0.4)
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")
    ended = asyncio.create_task(client.rest())

    with contextlib.suppress(ConnectionError):
        while not ended.done():
            client.writer.write(b"x")
            await asyncio.sleep(0.02)

    assert await ended in ("421 4.4.2 Timed out\r\n", "")
    assert await desk.letters() == []


async def test_one_peer_gets_so_many_connections(open_desk: OpenDesk) -> None:
    desk = await open_desk(connections_per_peer=3)
    clients = [await desk.connect() for _ in range(3)]

    fourth = await desk.connect(greeting="421 4.7.0 Too many connections from you")
    assert await fourth.rest() == ""

    clients[0].close()
    await desk.until(lambda: len(desk.edge._sessions) == 2)
    assert (await (await desk.connect()).send())[:3] == "250"


async def test_all_peers_together_get_so_many_connections(open_desk: OpenDesk) -> None:
    desk = await open_desk(connections=2)
    for _ in range(2):
        await desk.connect()

    await desk.connect(greeting="421 4.3.2 Too many connections, please try again")

    assert desk.edge.counters.turned_away == 1


@pytest.mark.parametrize(
    ("peer", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_who_counts_as_one_peer(peer: str, counted_as: str) -> None:
    assert crowd(peer) == counted_as


async def test_too_many_errors_end_the_session(open_desk: OpenDesk) -> None:
    desk = await open_desk(errors=5)
    client = await desk.connect()
    await client.begin()

    for _ in range(5):
        assert await client.say("RCPT TO:<nobody@example.com>") == "550 5.1.1 No such mailbox here"

    client.writer.write(b"RCPT TO:<nobody@example.com>\r\n")
    assert await client.rest() == "550 5.1.1 No such mailbox here\r\n421 4.7.0 Too many errors or commands\r\n"


async def test_commands_that_lead_to_no_letter_end_the_session(open_desk: OpenDesk) -> None:
    desk = await open_desk(commands_between_letters=10)
    client = await desk.connect()

    for _ in range(3):
        assert (await client.send())[:3] == "250"
    client.writer.write(b"NOOP\r\n" * 30)

    assert (await client.rest()).endswith("250 OK\r\n421 4.7.0 Too many errors or commands\r\n")


async def test_counters_tell_what_was_done(desk: Desk) -> None:
    client = await desk.connect()
    await client.send()
    await client.begin()
    await client.say("RCPT TO:<nobody@example.com>")

    counters = desk.edge.counters
    assert (counters.connections, counters.accepted, counters.accepted_bytes) == (1, 1, len(LETTER))
    assert counters.refused == {"550": 1}


FRAGMENTS = [
    *(b"EHLO x\r\n", b"HELO \xff\r\n", b"MAIL FROM:<a@b.example>\r\n", b"MAIL FROM:<>\r\n", b"MAIL FROM:"),
    *(b"RCPT TO:<support@example.com>\r\n", b"RCPT TO:<\x00>\r\n", b"DATA\r\n", b".\r\n", b"\r\n.\r\n", b"\r\n"),
    *(
        b"RSET\r\n",
        b"NOOP\n",
        b"STARTTLS\r\n",
        b"AUTH LOGIN\r\n",
        b"VRFY\r\n",
        b"HELP\r\n",
        b"\xff\xfe\r\n",
        b"\r",
        b"\n",
    ),
    *(b"\x00", b"x" * 5000, b"x" * 70_000 + b"\r\n", b" ", b"<", b">", b'"', b"QUIT x\r\n", b"bdat 5 last\r\nhello"),
]


async def test_whatever_strangers_send_the_next_letter_goes_through(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(11)

    async def stranger() -> None:
        client = Client(*await asyncio.open_connection("127.0.0.1", desk.port))
        with contextlib.suppress(ConnectionError, TimeoutError, RuntimeError):  # the last: hung up on, says uvloop
            for _ in range(dice.randint(1, 60)):
                client.writer.write(dice.choice(FRAGMENTS))
                if dice.random() < 0.2:
                    await asyncio.sleep(0.001)  # so that some are answered before the end, some not
            client.writer.write_eof() if dice.random() < 0.5 else client.writer.transport.abort()
            await asyncio.wait_for(client.reader.read(), 10)
        client.close()

    for _ in range(20):
        await asyncio.gather(*(stranger() for _ in range(10)))

    reply = await (await desk.connect()).send(b"Subject: canary\r\n\r\n")
    assert reply[:3] == "250"
    assert (await desk.letters())[-1] == b"Subject: canary\r\n\r\n"
    assert [record.message for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []
    await desk.until(lambda: len(desk.edge._sessions) == 1)
    assert desk.edge.room.held == 0


# Shutting down.


async def test_stopping_lets_a_letter_finish_and_ends_the_others(desk: Desk) -> None:
    busy, idle = await desk.connect(), await desk.connect()
    await busy.begin()
    await busy.say("DATA")

    stopping = asyncio.create_task(desk.edge.stop(grace=8))

    assert await idle.rest() == "421 4.3.2 Shutting down, please come back later\r\n"
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", desk.port)
    assert await busy.say(LETTER + b".") == "250 2.0.0 Ok: queued as 1"
    assert await busy.rest() == "421 4.3.2 Shutting down, please come back later\r\n"
    await asyncio.wait_for(stopping, 1)
    assert await desk.letters() == [LETTER]


async def test_stopping_does_not_wait_longer_than_its_grace(desk: Desk) -> None:
    client = await desk.connect()
    await client.begin()
    await client.say("DATA")

    await asyncio.wait_for(desk.edge.stop(grace=0.2), 2)

    assert await client.rest() == "421 4.3.2 Shutting down, please come back later\r\n"


# Encryption.


@pytest.fixture
def certificate() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    return context


async def test_a_letter_may_come_encrypted(open_desk: OpenDesk, certificate: ssl.SSLContext) -> None:
    desk = await open_desk(tls=certificate)

    def send() -> tuple[bool, bool]:
        with smtplib.SMTP("localhost", desk.port, timeout=10) as client:
            client.ehlo()
            offered = client.has_extn("starttls")
            client.starttls(context=ssl.create_default_context(cafile=PEM))
            client.ehlo()
            client.sendmail("ada@premier.example", ["support@example.com"], LETTER * 3000)
            return offered, client.has_extn("starttls") or client.has_extn("auth")

    assert await asyncio.to_thread(send) == (True, False)
    assert await desk.letters() == [LETTER * 3000]


async def test_what_was_said_in_the_clear_does_not_count_after_encryption(
    open_desk: OpenDesk, certificate: ssl.SSLContext
) -> None:
    desk = await open_desk(tls=certificate)
    client = await desk.connect()
    await client.begin()

    client.writer.write(b"STARTTLS\r\nRCPT TO:<billing@example.com>\r\nNOOP\r\n")
    assert await client.reply() == "220 Ready to start TLS"
    await client.writer.start_tls(ssl.create_default_context(cafile=PEM), server_hostname="localhost")

    assert await client.say("MAIL FROM:<a@b.example>") == "503 5.5.1 EHLO or HELO first"
    assert await client.say("DATA") == "503 5.5.1 MAIL first"


async def test_a_failed_handshake_ends_that_session_alone(open_desk: OpenDesk, certificate: ssl.SSLContext) -> None:
    desk = await open_desk(tls=certificate)
    client = await desk.connect()
    await client.say("EHLO x")
    await client.say("STARTTLS")

    client.writer.write(b"this is no handshake\r\n")

    await client.rest()
    await desk.until(lambda: not desk.edge._sessions)
    assert (await (await desk.connect()).send())[:3] == "250"
