"""Going to the desk's own doors as the world does: a mail to its SMTP port, a look at its web address.

Each says in plain words at which hop it failed. Nothing is stored here.
"""

import asyncio
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from casedesk import clock
from casedesk import settings as operator
from casedesk.language import gettext as _
from casedesk.mail.transport import OutcomeKind, SmtpTransport

SECONDS = 10.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}  # noqa: S104


async def send_mail(to: str, *, sender: str) -> tuple[str, str]:
    """Send a test mail by our own SMTP port; return its Message-ID, and what went wrong ("" when it was taken)."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    mail["Date"] = format_datetime(clock.now())
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = _("Test mail of setup")
    # RFC 3834 section 5: nobody is answered, while a case is made of it all the same.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_("This mail was sent by setup to see whether mail arrives. Its case is closed by itself."))
    host, _colon, port = operator.mail_door().rpartition(":")
    door = SmtpTransport(f"smtp://{_ANYWHERE.get(host, host)}:{port}", command_seconds=SECONDS, answer_seconds=SECONDS)
    try:
        outcome = await door.send(mail.as_bytes(), mail_from=sender, recipients=[to])
    finally:
        await door.close()
    message_id = str(mail["Message-ID"])
    if outcome.kind is OutcomeKind.SENT and not outcome.refused:
        return message_id, ""
    refused = next((f"{code} {text}" for code, text in outcome.refused.values()), "")
    said = refused or " ".join(str(each) for each in (outcome.code, outcome.text) if each)
    where = operator.mail_door()
    if outcome.code is None and not refused:
        return message_id, _("Nobody took the mail at our own SMTP port %(where)s: %(said)s") % {
            "where": where,
            "said": said,
        }
    return message_id, _("Our own SMTP port %(where)s refused the mail: %(said)s") % {"where": where, "said": said}


async def look_at(url: str) -> str:
    """Ask for a page of ours; return what went wrong ("" when it was answered with a page)."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host = parts.hostname or ""
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(
                host, parts.port or (443 if secure else 80), ssl=ssl.create_default_context() if secure else None
            )
            try:
                path = parts.path or "/"
                head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\nAccept: text/html\r\n\r\n"
                writer.write(head.encode("ascii"))
                await writer.drain()
                status = (await reader.readline()).decode("latin-1").split(" ")
            finally:
                writer.close()
    except (OSError, TimeoutError, UnicodeError) as error:
        said = str(error) or type(error).__name__
        return _("Nobody answered at %(url)s: %(said)s") % {"url": url, "said": said}
    if len(status) > 1 and status[1] in ("200", "303"):
        return ""
    return _("%(url)s answered %(status)s instead of a page.") % {
        "url": url,
        "status": " ".join(status[1:2]) or "nothing",
    }
