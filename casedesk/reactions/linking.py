"""Somebody asked a portal for a link by mail: whether it goes out, and which, is decided here, out of the page's sight."""

from casedesk.journal.pending import Happened
from casedesk.portals import letters


async def send_link(event: Happened) -> None:
    """Send the mail with the link, if there is to be one. Safe twice."""
    if event.subject is not None:
        await letters.send(event.subject[1])
