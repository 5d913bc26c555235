"""Small mails as bytes, a spool to put them in, and readers that read in this process."""

from collections.abc import Sequence
from email.utils import format_datetime
from itertools import count

from casedesk import clock
from intake import mime
from intake.message import Incoming, Unreadable
from intake.spool import StoredMail

_numbers = count(1)


def letter(
    text: str = "The gateway stays red.", *, sender: str = "Ada Premier <ada@ridgeline.example>", **headers: str
) -> bytes:
    """Return a mail to support@; `headers` by name with _ for -, an empty one is left out."""
    usual = {
        "From": sender,
        "To": "support@example.com",
        "Subject": "Red light",
        "Message-ID": f"<{next(_numbers)}@ridgeline.example>",
        "Date": format_datetime(clock.now()),
        "Content-Type": "text/plain; charset=utf-8",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in {**usual, **given}.items() if value]
    return ("\r\n".join(lines) + f"\r\n\r\n{text}\r\n").encode()


def delivered(
    raw: bytes, *, to: str = "support@example.com", envelope_from: str = "ada@ridgeline.example"
) -> StoredMail:
    """Return a mail as the SMTP edge hands it to the spool."""
    return StoredMail(envelope_from, (to,), raw, peer="192.0.2.7", helo="mx.ridgeline.example")


class ReadersHere:
    """Readers without children: `broken` raw mails come back as unreadable."""

    def __init__(self, broken: Sequence[bytes] = ()) -> None:
        self.broken = tuple(broken)

    async def read_many(
        self, mails: Sequence[tuple[object, bytes]], *, own_addresses: frozenset[str] = frozenset()
    ) -> list[Incoming | Unreadable]:
        """Return what each mail reads as."""
        return [self._read(raw, own_addresses) for _, raw in mails]

    def _read(self, raw: bytes, own_addresses: frozenset[str]) -> Incoming | Unreadable:
        if any(raw.endswith(broken) for broken in self.broken):
            return Unreadable("reading it took too long", mime.read_headers(raw, "reading it took too long"))
        return mime.read(raw, own_addresses=own_addresses)
