"""Ways out for mail that is composed: into a folder, or to a relay over SMTP, with an honest word on how it ended.

What to try again, and when, is decided by the outbox. Nothing here writes to the database.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import socket
import ssl
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 60.0
ANSWER_SECONDS = 300.0
"""Wait for the answer to a letter; RFC 5321 section 4.5.3.2.6 grants ten minutes, of which a relay needs few."""

KEEP_SECONDS = 20.0
"""A connection not used for this long is not used again; relays hang up on idle clients."""

CONNECTIONS = 4

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Relays to which a password may go unencrypted."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^>\r\n]*>|[^\s]+)", re.IGNORECASE | re.MULTILINE)
_NOT_IN_A_COMMAND = re.compile(r"[\x00-\x20\x7f<>]")

# Replies that speak of us, not of the letter: to sign in (RFC 4954 section 6), to encrypt, or to come another way.
_ABOUT_US = frozenset({432, 454, 530, 534, 535, 538})


class OutcomeKind(StrEnum):
    """How a try ended. Ambiguous: the letter went out whole and no answer came, so it may or may not have arrived."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one try. `code` and `text` are the relay's last word (code None: there was none, text says why).

    `refused` holds the recipients the relay would not take, with its words: of a letter that was sent, too. A refusal
    of 400 to 499 may be tried again for that recipient, one of 500 or more may not.
    """

    kind: OutcomeKind
    code: int | None
    text: str
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)


class Transport(Protocol):
    """A way out."""

    async def send(self, raw: bytes, *, mail_from: str, recipients: Sequence[str]) -> Outcome:
        """Try once to pass on a letter; `mail_from` is empty for the null sender. No relay makes it raise."""

    async def close(self) -> None:
        """Let go of connections. Safe twice, and a later `send` opens new ones."""


def transport_from(url: str, data_dir: Path, *, hostname: str | None = None) -> Transport:
    """Return the way out that CASEDESK_RELAY names: `file:` (DATA/outgoing), `file:FOLDER`, `smtp://…` or `smtps://…`.

    `hostname` is what we call ourselves to a relay. Raises ValueError for any other URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileTransport(data_dir / "outgoing" if not parts.path else data_dir / unquote(parts.path))
    return SmtpTransport(url, hostname=hostname)


class FileTransport:
    """Leaves each letter as a .eml file in `folder`, there only when whole and synced.

    The name is made of its Message-ID and its recipients: the same letter sent twice is one file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, raw: bytes, *, mail_from: str, recipients: Sequence[str]) -> Outcome:
        """Write the letter. A disk that will not take it is temporary."""
        try:
            name = await asyncio.to_thread(self._write, canonical(raw), tuple(recipients))
        except OSError as error:
            return Outcome(OutcomeKind.TEMPORARY, None, f"Cannot write to the folder: {error.strerror}")
        return Outcome(OutcomeKind.SENT, 250, name)

    async def close(self) -> None:
        """Nothing is held."""

    def _write(self, raw: bytes, recipients: tuple[str, ...]) -> str:
        place = self._folder / file_name(raw, recipients)
        if place.exists():
            return place.name
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).rename(place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return place.name


class SmtpTransport:
    """Passes letters to the relay at `url`: `smtp://user:password@host:587` (encrypted when offered) or `smtps://…`.

    A user or password in the URL is percent-encoded. A connection is kept for the next letter; at most CONNECTIONS
    are open at once. A password goes only to a relay that is encrypted and proves its name, or is on this machine;
    without one, encryption is taken as it comes (RFC 7435), for a relay next door has a certificate of its own making.
    """

    def __init__(
        self,
        url: str,
        *,
        command_seconds: float = COMMAND_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        tls: ssl.SSLContext | None = None,
        hostname: str | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("a relay is smtp://user:password@host:587, smtps://user:password@host:465 or file:")
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._encrypted else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password or "") if parts.username else None
        self._command_seconds = command_seconds
        self._answer_seconds = answer_seconds
        self._tls = tls
        # Not the full name that the library would ask the DNS for: without a network that takes long.
        self._hostname = hostname or socket.gethostname()
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def send(self, raw: bytes, *, mail_from: str, recipients: Sequence[str]) -> Outcome:
        """Try once to pass on a letter over a kept or a new connection."""
        letter = canonical(raw)
        async with self._places:
            while (kept := self._kept()) is not None:
                outcome = await self._try(kept, letter, mail_from, recipients)
                if outcome is not None:
                    return outcome
                # The relay had hung up meanwhile and has seen nothing of this letter: the next connection.
            client = self._client()
            try:
                await client.connect()
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                client.close()
                return _not_connected(error)
            outcome = await self._try(client, letter, mail_from, recipients)
        return outcome or Outcome(OutcomeKind.TEMPORARY, None, "The relay hung up")

    async def close(self) -> None:
        """Say goodbye on the kept connections."""
        idle, self._idle = self._idle, []
        for client, _ in idle:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=2)
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        is_secret = self._user is not None and self._host not in THIS_MACHINE
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._encrypted,
            start_tls=False if self._encrypted else True if is_secret else None,
            validate_certs=is_secret or self._encrypted,
            tls_context=self._tls,
            local_hostname=self._hostname,
            timeout=min(CONNECT_SECONDS, self._command_seconds),
        )

    def _kept(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            client, since = self._idle.pop()
            if client.is_connected and time.monotonic() - since < KEEP_SECONDS:
                return client
            client.close()
        return None

    async def _try(
        self, client: aiosmtplib.SMTP, letter: bytes, mail_from: str, recipients: Sequence[str]
    ) -> Outcome | None:
        """Return how it ended on this connection; None if it was dead before the letter was begun."""
        attempt = _Attempt(client, self._command_seconds, self._answer_seconds)
        try:
            outcome = await attempt.run(letter, mail_from, recipients)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            return attempt.broken(error)
        except BaseException:
            client.close()  # cancelled half-way: nobody knows what the relay would say next
            raise
        if client.is_connected:
            self._idle.append((client, time.monotonic()))
        return outcome


class _Attempt:
    """One letter over one connection; remembers how far it came, for that is what a broken connection means."""

    def __init__(self, client: aiosmtplib.SMTP, command_seconds: float, answer_seconds: float) -> None:
        self._client = client
        self._command_seconds = command_seconds
        self._answer_seconds = answer_seconds
        self._begun = False
        self._letter_went_out = False
        self._refused: dict[str, tuple[int, str]] = {}

    async def run(self, letter: bytes, mail_from: str, recipients: Sequence[str]) -> Outcome:
        """Go through MAIL, RCPT and DATA. Raises SMTPException or OSError when the connection breaks."""
        await self._greet()
        addresses = [mail_from, *recipients]
        international = not all(address.isascii() for address in addresses)
        problem = self._problem(letter, addresses, international)
        if problem is not None:
            return problem
        options = [f" SIZE={len(letter)}"] if self._client.supports_extension("size") else []
        if not letter.isascii() and self._client.supports_extension("8bitmime"):
            options.append(" BODY=8BITMIME")
        if international:
            options.append(" SMTPUTF8")
        answer = await self._say(f"MAIL FROM:<{mail_from}>{''.join(options)}")
        self._begun = True
        if answer.code != 250:
            return await self._given_up(answer)
        refused = self._refused
        for recipient in recipients:
            answer = await self._say(f"RCPT TO:<{recipient}>")
            if answer.code not in (250, 251, 252):
                refused[recipient] = (answer.code, answer.message)
        if len(refused) == len(recipients):
            return await self._nobody(refused)
        return await self._letter(letter, refused)

    def broken(self, error: Exception) -> Outcome | None:
        """Say what a broken connection means: None if the relay has not taken up this letter at all."""
        if self._letter_went_out:
            words = f"No answer after the letter: {_words(error)}"
            return Outcome(OutcomeKind.AMBIGUOUS, None, words, self._refused)
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return Outcome(OutcomeKind.TEMPORARY, error.code, error.message, self._refused)
        if not self._begun:
            return None
        return Outcome(OutcomeKind.TEMPORARY, None, _words(error), self._refused)

    async def _greet(self) -> None:
        if self._client.is_ehlo_or_helo_needed:
            try:
                await self._client.ehlo()
            except aiosmtplib.SMTPHeloError:
                await self._client.helo()

    def _problem(self, letter: bytes, addresses: list[str], international: bool) -> Outcome | None:
        if any(_NOT_IN_A_COMMAND.search(address) for address in addresses):
            return Outcome(OutcomeKind.PERMANENT, 501, "An address holds a character that no address may hold")
        if international and not self._client.supports_extension("smtputf8"):
            return Outcome(OutcomeKind.PERMANENT, 553, "The relay does not take addresses beyond ASCII (SMTPUTF8)")
        limit = self._client.esmtp_extensions.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(letter):  # RFC 1870 section 4: 0 means no limit is known
            return Outcome(OutcomeKind.PERMANENT, 552, f"The relay takes {limit} bytes at most")
        return None

    async def _say(self, line: str) -> aiosmtplib.SMTPResponse:
        return await self._client.execute_command(line.encode(), timeout=self._command_seconds)

    async def _letter(self, letter: bytes, refused: dict[str, tuple[int, str]]) -> Outcome:
        answer = await self._say("DATA")
        if answer.code != 354:
            return await self._given_up(answer, refused)
        protocol = self._client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(_stuffed(letter))
        self._letter_went_out = True
        answer = await protocol.read_response(timeout=self._answer_seconds)
        if answer.code == 421:
            self._client.close()
        if 200 <= answer.code < 300:
            return Outcome(OutcomeKind.SENT, answer.code, answer.message, refused)
        return Outcome(kind_of(answer.code), answer.code, answer.message, refused)

    async def _nobody(self, refused: dict[str, tuple[int, str]]) -> Outcome:
        kinds = {kind_of(code) for code, _ in refused.values()}
        kind = OutcomeKind.TEMPORARY if OutcomeKind.TEMPORARY in kinds else OutcomeKind.PERMANENT
        code, text = next(said for said in refused.values() if kind_of(said[0]) is kind)
        await self._reset()
        return Outcome(kind, code, text, refused)

    async def _given_up(
        self, answer: aiosmtplib.SMTPResponse, refused: dict[str, tuple[int, str]] | None = None
    ) -> Outcome:
        await self._reset()
        return Outcome(kind_of(answer.code), answer.code, answer.message, refused or {})

    async def _reset(self) -> None:
        """Clear the relay's envelope for the next letter; a relay that will not is left."""
        try:
            answer = await self._say("RSET")
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()
            return
        if answer.code != 250:
            self._client.close()


def canonical(raw: bytes) -> bytes:
    """Return the letter with every line end as CRLF, the last line's too; no bare CR or LF leaves (SMTP smuggling)."""
    letter = _LINE_END.sub(b"\r\n", raw)
    return letter if letter.endswith(b"\r\n") else letter + b"\r\n"


def file_name(raw: bytes, recipients: Sequence[str]) -> str:
    """Return the name for a letter as a file: the same for the same Message-ID (or else bytes) and recipients."""
    found = _MESSAGE_ID.search(raw.partition(b"\r\n\r\n")[0])
    parts = [found[1] if found else raw, *(recipient.encode() for recipient in sorted(recipients))]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()[:40] + ".eml"


def _stuffed(letter: bytes) -> bytes:
    """Return the letter as it crosses the wire: dots at line starts doubled, a lone one at the end (RFC 5321 4.5.2)."""
    doubled = letter.replace(b"\r\n.", b"\r\n..")
    return (b"." if doubled.startswith(b".") else b"") + doubled + b".\r\n"


def kind_of(code: int) -> OutcomeKind:
    """Return what a refusal by `code` means: permanent, or temporary."""
    # A reply that is no SMTP at all (aiosmtplib gives -1) says nothing about the letter: try again.
    return OutcomeKind.PERMANENT if 500 <= code < 600 and code not in _ABOUT_US else OutcomeKind.TEMPORARY


def _not_connected(error: Exception) -> Outcome:
    """Return the outcome of a relay that cannot be used at all: our trouble, and never the end of a letter."""
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
    return Outcome(OutcomeKind.TEMPORARY, code, _words(error))


def _words(error: Exception) -> str:
    return getattr(error, "message", "") or str(error) or type(error).__name__
