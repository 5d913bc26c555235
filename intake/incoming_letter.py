"""The bytes after DATA: counted, kept while they fit, searched once for their end, and the doubled dots undone.

The end is CRLF.CRLF and nothing else: whoever takes a bare LF for a line end can be made to see two letters in one
(SMTP smuggling).
"""

import asyncio

END_OF_DATA = b"\r\n.\r\n"


class Room:
    """Bytes of unfinished letters that all sessions of an edge hold together, and how many they may."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.held = 0

    @property
    def is_short(self) -> bool:
        """Whether more is held than may be."""
        return self.held > self.max_bytes


class IncomingLetter:
    """One letter on its way in; `whole` is done when its end has come, `deadline` is in the loop's time.

    `refusal` is the reply for a letter that does not fit; its bytes are then no longer kept, only read over.
    """

    def __init__(self, *, max_bytes: int, seconds: float, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        self.received = 0
        self.refusal: str | None = None
        self.whole: asyncio.Future[None] = loop.create_future()
        self.is_whole = False
        self.deadline = loop.time() + seconds
        self._max_bytes = max_bytes
        self._room = room
        # The line end before the first line is that of DATA itself; with it the first line is a line like any other.
        self._kept = bytearray(b"\r\n")
        self._held = 0

    def add(self, data: bytes) -> bytes:
        """Take the next bytes and return those that follow the end of the letter, if it is whole now."""
        self.received += len(data)
        unsearched = max(0, len(self._kept) - len(END_OF_DATA) + 1)
        self._kept += data
        end = self._kept.find(END_OF_DATA, unsearched)
        if end >= 0:
            after = bytes(self._kept[end + len(END_OF_DATA) :])
            self.received -= len(after)
            del self._kept[end + 2 :]
            self.is_whole = True
            if not self.whole.done():
                self.whole.set_result(None)
        else:
            after = b""
        self._hold()
        return after

    def content(self) -> bytes:
        """Hand over the letter, once, with the dots that SMTP doubled made single (RFC 5321 section 4.5.2).

        Its room stays taken until `forget`, for whoever has it now holds it in memory.
        """
        kept, self._kept = self._kept, bytearray()
        if b"\r\n." in kept:
            kept = kept.replace(b"\r\n.", b"\r\n")
        return bytes(memoryview(kept)[2:])

    def forget(self) -> None:
        """Let go of the bytes. Safe twice."""
        self._room.held -= self._held
        self._held = 0
        self._kept = bytearray()

    def _hold(self) -> None:
        """Count what is kept; past a limit keep only what the end may begin in."""
        self._room.held += len(self._kept) - self._held
        self._held = len(self._kept)
        if self.refusal is None and len(self._kept) - 2 > self._max_bytes:
            self.refusal = f"552 5.3.4 Too big, the limit is {self._max_bytes} bytes"
        if self.refusal is None and self._room.is_short:
            self.refusal = "452 4.3.1 No room at the moment, please try again"
        if self.refusal is not None:
            tail = self._kept[-len(END_OF_DATA) :]
            self.forget()
            self._kept = tail
