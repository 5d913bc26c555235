"""The SMTP edge: takes mail for the desk's own addresses and answers 250 once the spool holds it durably.

It parses no mail and decides nothing about cases. Everything a stranger can make grow has a limit in `SmtpLimits`.
aiosmtpd's session is kept for the connection, the command loop and STARTTLS; the commands and the reading of
letters are our own, because there its limits are too few or too strict (a line without end, one of 1,002 octets).
"""

import asyncio
import collections
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import cast

from aiosmtpd.smtp import SMTP

from casedesk.errors import CasedeskError
from intake.envelope import BadPathError, names_of, read_path, without_route
from intake.incoming_letter import IncomingLetter, Room
from intake.smtp_limits import SmtpCounters, SmtpLimits, crowd
from intake.spool import Spool, StoredMail

log = logging.getLogger("casedesk.smtp")

COMMAND_BYTES = 4096
"""Longest command line; RFC 5321 section 4.5.3.1.4 asks for 512 and more with extensions."""

UNANSWERED_BYTES = 1 << 20
"""A client that sends this much without a line end, or without waiting for answers, is cut off."""

Accepts = Callable[[str], Awaitable[bool | str]]
"""Says whether the desk has a mailbox (a lower-case address): yes, no, or the SMTP reply to give instead."""


class SmtpEdge:
    """A listening SMTP server in the running event loop.

    `hostname` is what it calls itself. With `tls`, STARTTLS is offered. `counters` is for the metrics page.
    """

    def __init__(
        self,
        spool: Spool,
        accepts: Accepts,
        *,
        hostname: str,
        limits: SmtpLimits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.spool = spool
        self.accepts = accepts
        self.hostname = hostname
        self.limits = limits or SmtpLimits()
        self.tls = tls
        self.counters = SmtpCounters()
        self.room = Room(self.limits.held_bytes)
        self.stopping = False
        self._sessions: set[SmtpSession] = set()
        self._by_peer: collections.Counter[str] = collections.Counter()
        self._emptied = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen, and return the address and port taken (port 0 picks a free one). Raises OSError if it is in use."""
        # aiosmtpd logs each command, addresses and all, at its info level.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SmtpSession(self, loop), host, port, backlog=512)
        taken: tuple[str, int] = self._server.sockets[0].getsockname()[:2]
        return taken

    async def stop(self, grace: float = 8.0) -> None:
        """Take no new connection, let letters on their way in finish for `grace` seconds, then close. Safe twice."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        for session in list(self._sessions):
            if not session.in_letter:
                session.hang_up("421 4.3.2 Shutting down, please come back later")
        if self._sessions:
            self._emptied.clear()
            try:
                await asyncio.wait_for(self._emptied.wait(), grace)
            except TimeoutError:
                for session in list(self._sessions):
                    session.hang_up("421 4.3.2 Shutting down, please come back later")

    @property
    def overloaded(self) -> bool:
        """Whether so many letters wait for the disk that no more should be asked for."""
        return self.spool.waiting >= self.limits.waiting_letters

    def admit(self, session: "SmtpSession", peer: str) -> str | None:
        """Count a new connection in, or return why not (an SMTP reply)."""
        self.counters.connections += 1
        if self.stopping:
            return "421 4.3.2 Shutting down, please come back later"
        if len(self._sessions) >= self.limits.connections:
            return "421 4.3.2 Too many connections, please try again"
        if self._by_peer[peer] >= self.limits.connections_per_peer:
            return "421 4.7.0 Too many connections from you"
        self._sessions.add(session)
        self._by_peer[peer] += 1
        return None

    def leave(self, session: "SmtpSession", peer: str) -> None:
        """Count a connection out. Safe twice."""
        if session not in self._sessions:
            return
        self._sessions.remove(session)
        self._by_peer[peer] -= 1
        if not self._by_peer[peer]:
            del self._by_peer[peer]
        if not self._sessions:
            self._emptied.set()


class SmtpSession(SMTP):
    """One connection. Replies carry enhanced status codes (RFC 2034) and nothing of what went wrong inside."""

    command_size_limit = COMMAND_BYTES
    command_size_limits: dict[str, int] = collections.defaultdict(lambda: COMMAND_BYTES)
    line_length_limit = COMMAND_BYTES  # of commands: letters do not pass through the stream reader

    def __init__(self, edge: SmtpEdge, loop: asyncio.AbstractEventLoop) -> None:
        limits = edge.limits
        super().__init__(
            None,
            data_size_limit=limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=edge.hostname,
            ident="ESMTP casedesk",
            tls_context=edge.tls,
            timeout=limits.idle,
            loop=loop,
        )
        self.in_letter = False
        self._edge = edge
        self._limits = limits
        self._peer = ""
        self._helo = ""
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._admitted = False
        self._letter: IncomingLetter | None = None
        self._errors = 0
        self._commands = 0
        self._unanswered = 0

    # The connection.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admit the client or turn it away; also called when STARTTLS has put its layer in between."""
        if self._admitted:
            self._helo = ""  # what was said in the clear does not count (RFC 3207 section 4.2)
            super().connection_made(transport)
            return
        name = transport.get_extra_info("peername")
        self._peer = str(name[0]) if name else ""
        refusal = self._edge.admit(self, crowd(self._peer))
        if refusal is None:
            self._admitted = True
            super().connection_made(transport)
            return
        self._edge.counters.turned_away += 1
        turned_away = cast(asyncio.WriteTransport, transport)
        turned_away.write(refusal.encode() + b"\r\n")
        turned_away.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Count the client out; the command loop is cancelled, and with it a letter that is not whole."""
        if not self._admitted:
            return
        self._edge.leave(self, crowd(self._peer))
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """End the session, as aiosmtpd does; nothing to end for a client that was turned away."""
        return super().eof_received() if self._admitted else None

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the letter being received, else to the command loop."""
        if not self._admitted:
            return
        if self._letter is not None:
            self._to_letter(self._letter, data)
            return
        self._unanswered += len(data)
        if self._unanswered > UNANSWERED_BYTES:
            self.hang_up("421 4.7.0 Too much at once")
            return
        super().data_received(data)

    def hang_up(self, reply: str) -> None:
        """Say `reply` and end the session; what the client still sends is not read."""
        if self.transport is None or self.transport.is_closing():
            return
        self._writer.write(reply.encode() + b"\r\n")
        self.transport.close()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    async def push(self, status: str) -> None:  # type: ignore[override]
        """Answer the client; too many errors, or commands that lead to no letter, end the session."""
        self._unanswered = 0
        self._commands += 1
        if status[0] in "45":
            self._edge.counters.refused[status[:3]] += 1
            self._errors += status[0] == "5"
        await super().push(status)
        if self._errors > self._limits.errors or self._commands > self._limits.commands_between_letters:
            self.hang_up("421 4.7.0 Too many errors or commands")

    async def handle_exception(self, error: Exception) -> str:
        """Log what went wrong and ask the client to come back: an error of ours must not bounce anybody's mail."""
        log.error("SMTP session failed", exc_info=error)
        return CasedeskError.smtp_reply

    def _timeout_cb(self) -> None:
        self.hang_up("421 4.4.2 Timed out")

    # Commands.

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds commands by name
        """Greet an old client."""
        await self._greet(hostname, self.hostname)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds commands by name
        """Greet and say what is offered: never AUTH."""
        offers = [f"SIZE {self._limits.message_bytes}", "8BITMIME", "SMTPUTF8", "PIPELINING"]
        if self.tls_context and not self._tls_protocol:
            offers.append("STARTTLS")
        await self._greet(hostname, self.hostname, *offers, "ENHANCEDSTATUSCODES")

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Begin a letter."""
        if self._edge.overloaded:
            await self.push("451 4.3.2 Busy, please try again")
        else:
            await self.push(self._begin_letter(arg or ""))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Take one recipient, if the desk answers for it."""
        if self._sender is None:
            await self.push("503 5.5.1 MAIL first")
        elif len(self._recipients) >= self._limits.recipients:
            await self.push("452 4.5.3 Too many recipients")
        else:
            await self.push(await self._add_recipient(arg or ""))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Receive a letter and store it."""
        if not self._recipients:
            await self.push("503 5.5.1 RCPT first" if self._sender is not None else "503 5.5.1 MAIL first")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif self._edge.overloaded:
            await self.push("451 4.3.2 Busy, please try again")
        else:
            await self._take_letter()

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        """Say nothing about who exists (RFC 5321 section 3.5.3)."""
        await self.push("252 2.5.2 Send a letter and see")

    async def smtp_EXPN(self, arg: str | None) -> None:  # noqa: N802
        """Say nothing about lists."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        """Refuse: nobody signs in here."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        """Point at the standard."""
        await self.push("214 2.0.0 See RFC 5321")

    # What the commands do.

    async def _greet(self, hostname: str, *lines: str) -> None:
        if not hostname:
            await self.push("501 5.5.4 Say your name")
            return
        self._set_post_data_state()
        self._helo = re.sub(r"[^\x21-\x7e]", "?", hostname)[:255]
        assert self.session is not None
        self.session.host_name = hostname
        self.session.extended_smtp = len(lines) > 1
        await self.push("".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}")

    def _set_post_data_state(self) -> None:
        super()._set_post_data_state()  # type: ignore[no-untyped-call]
        self._sender = None
        self._recipients = []

    def _begin_letter(self, argument: str) -> str:
        if not self._helo:
            return "503 5.5.1 EHLO or HELO first"
        if self._sender is not None:
            return "503 5.5.1 A letter is begun already"
        try:
            path = read_path(argument, "FROM:")
        except BadPathError as bad:
            return bad.reply
        size = path.parameters.pop("SIZE", "0")
        body = path.parameters.pop("BODY", "7BIT").upper()
        path.parameters.pop("SMTPUTF8", None)
        if path.parameters:
            return "555 5.5.4 Parameter not known"
        if not re.fullmatch(r"[0-9]{1,20}", size) or body not in ("7BIT", "8BITMIME"):
            return "501 5.5.4 Parameter not understood"
        if int(size) > self._limits.message_bytes:
            return f"552 5.3.4 Too big, the limit is {self._limits.message_bytes} bytes"
        self._sender = without_route(path.address)
        return "250 2.1.0 Ok"

    async def _add_recipient(self, argument: str) -> str:
        try:
            path = read_path(argument, "TO:")
        except BadPathError as bad:
            return bad.reply
        if path.parameters:
            return "555 5.5.4 Parameter not known"
        for name in names_of(path.address):
            accepted = await self._edge.accepts(name)
            if isinstance(accepted, str):
                return accepted
            if accepted:
                if path.address not in self._recipients:
                    self._recipients.append(path.address)
                return "250 2.1.5 Ok"
        return "550 5.1.1 No such mailbox here"

    async def _take_letter(self) -> None:
        letter = IncomingLetter(
            max_bytes=self._limits.message_bytes, seconds=self._limits.data_total, room=self._edge.room, loop=self.loop
        )
        self.in_letter = True
        try:
            await self._receive(letter)
            reply = letter.refusal or await self._store(letter.content())
        finally:
            letter.forget()
            self._letter = None
            self.in_letter = False
        self._set_post_data_state()
        self._reset_timeout()
        await self.push(reply)
        if self._edge.stopping:
            self.hang_up("421 4.3.2 Shutting down, please come back later")

    async def _receive(self, letter: IncomingLetter) -> None:
        early = len(self._reader._buffer)  # type: ignore[attr-defined]
        if early:  # sent before our 354, against RFC 2920 section 3.1, yet some do
            self._to_letter(letter, await self._reader.read(early))
        if not letter.is_whole:
            self._letter = letter
        await self.push("354 End with CRLF.CRLF")
        await letter.whole

    def _to_letter(self, letter: IncomingLetter, data: bytes) -> None:
        after = letter.add(data)
        if letter.is_whole:
            self._letter = None
            if after:
                self.data_received(after)
        elif letter.received > 2 * self._limits.message_bytes + UNANSWERED_BYTES:
            self.hang_up("552 5.3.4 Too big")
        else:
            self._reset_timeout(max(0.0, min(self._limits.data_read, letter.deadline - self.loop.time())))

    async def _store(self, raw: bytes) -> str:
        if _hops(raw) > self._limits.hops:
            return "554 5.4.6 Too many hops"
        mail = StoredMail(self._sender or "", tuple(self._recipients), raw, self._peer, "smtp", self._helo)
        try:
            arrival_id = await self._edge.spool.store(mail)
        except CasedeskError as refusal:
            return refusal.smtp_reply
        self._commands = 0
        self._edge.counters.accepted += 1
        self._edge.counters.accepted_bytes += len(raw)
        return f"250 2.0.0 Ok: queued as {arrival_id}"


def _hops(raw: bytes) -> int:
    """Return how many servers say they passed the letter on (RFC 5321 section 6.3 counts Received fields)."""
    end = raw.find(b"\r\n\r\n")
    return raw.startswith(b"Received:") + raw.count(b"\nReceived:", 0, end if end >= 0 else len(raw))
