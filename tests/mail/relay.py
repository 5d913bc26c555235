"""A relay on a real socket that fails on request: it keeps what it is given and says or does what a test scripts."""

import asyncio
import re
import ssl
from dataclasses import dataclass, field

STALL = "stall"
DROP = "drop"


@dataclass
class Kept:
    """A letter the relay took, as it came over the wire (dots undone)."""

    mail_from: str
    recipients: list[str]
    raw: bytes


@dataclass
class Relay:
    """`script` maps a command (its start, such as `RCPT TO:<bo@`, or `letter` for the end of DATA) to what happens.

    What happens is a list, one entry for each time, the last for ever: a reply, DROP (hang up) or STALL (say nothing).
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    offers: list[str] = field(default_factory=lambda: ["8BITMIME", "SMTPUTF8", "SIZE 100000"])
    letters: list[Kept] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None

    async def start(self, context: ssl.SSLContext | None = None) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def _next(self, line: str, usual: str) -> str:
        for start, happenings in self.script.items():
            if line.lower().startswith(start.lower()):
                return happenings.pop(0) if len(happenings) > 1 else happenings[0]
        return usual

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def happens(line: str, usual: str) -> bool:
            what = self._next(line, usual)
            if what == DROP:
                raise ConnectionError
            if what == STALL:
                await reader.read()
                raise ConnectionError
            writer.write(what.encode() + b"\r\n")
            return what[0] in "23"

        await happens("greeting", "220 relay")
        sender, recipients = "", list[str]()
        while line := (await reader.readuntil(b"\r\n")).decode().rstrip("\r\n"):
            self.said.append(line)
            verb = line.split(" ")[0].upper()
            address = re.search(r"<([^>]*)>", line)
            if verb == "EHLO":
                await happens(line, "".join(f"250-{offer}\r\n" for offer in ["relay", *self.offers]) + "250 HELP")
            elif verb == "MAIL" and await happens(line, "250 ok"):
                sender, recipients = address[1] if address else "", []
            elif verb == "RCPT" and await happens(line, "250 ok"):
                recipients.append(address[1] if address else "")
            elif verb == "DATA" and await happens(line, "354 go"):
                wire = await self._wire(reader)
                raw = (b"\r\n" + wire).replace(b"\r\n.", b"\r\n")[2:]
                before = len(self.letters)
                self.letters.append(Kept(sender, recipients, raw))
                if not await happens("letter", "250 kept"):
                    del self.letters[before:]
            elif verb == "STARTTLS" and self.tls is not None:
                writer.write(b"220 go\r\n")
                await writer.start_tls(self.tls)
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            elif verb in ("RSET", "NOOP", "HELO"):
                await happens(line, "250 ok")
            elif verb not in ("MAIL", "RCPT", "DATA"):
                await happens(line, "502 what?")

    async def _wire(self, reader: asyncio.StreamReader) -> bytes:
        wire = b""
        while (b"\r\n" + wire)[-5:] != b"\r\n.\r\n":
            wire += await reader.readuntil(b"\r\n")
        return wire[:-3]
