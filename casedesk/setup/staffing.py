"""Letting people in: added with an invitation by mail, changed together with the queues they work, sent a new link."""

from collections.abc import Mapping, Sequence
from typing import Any

from casedesk import language
from casedesk import settings as operator
from casedesk.database import transaction
from casedesk.identity import Actor
from casedesk.language import Reader
from casedesk.language import gettext as _
from casedesk.mail import outbox
from casedesk.mail.composing import unsigned
from casedesk.mail.outbox import Letter
from casedesk.mail.senders import Sender, sender_of
from casedesk.permissions import Permission, require
from casedesk.queues import known
from casedesk.queues.arranging import QUEUES
from casedesk.users import directory, enrolling, inviting
from casedesk.users.directory import UserRecord

KIND = "invitation"


async def add(given: Mapping[str, Any], *, by: Actor) -> UserRecord:
    """Add a member of staff with the queues they work, and put the letter that invites them into the outbox.

    Raises Invalid, Conflict, and Unavailable while there is no address to send from: nobody is added then.
    """
    require(by, Permission.USER_CHANGE)
    values = dict(given)
    queues = values.pop("queues", ())
    sender = await sender_of(None)
    async with transaction():
        record = await enrolling.add_user(values, by=by)
        await _work_in(record.id, queues, by)
        await _put_link(record, sender, by)
    return record


async def change(user_id: int, given: Mapping[str, Any], *, by: Actor, if_version: int | None = None) -> UserRecord:
    """Change a member of staff and, where `queues` is given, the queues they work; raises as `enrolling.change_user`."""
    values = dict(given)
    queues = values.pop("queues", None)
    async with transaction():
        record = await enrolling.change_user(user_id, values, by=by, if_version=if_version)
        if queues is not None:
            await _work_in(user_id, queues, by)
    return record


async def send_link(user_id: int, *, by: Actor) -> None:
    """Send a member of staff a link to choose a password; their earlier links stop to work. Raises NotFound."""
    require(by, Permission.USER_CHANGE)
    sender = await sender_of(None)
    async with transaction():
        await _put_link(await directory.find_user(user_id), sender, by)


async def queues_of(user_id: int) -> tuple[int, ...]:
    """Return the ids of the queues somebody works."""
    return tuple(queue.id for queue in await known.every() if user_id in queue.members)


async def _work_in(user_id: int, queues: Sequence[int], by: Actor) -> None:
    wanted = set(queues)
    for queue in await QUEUES.page(by=by, limit=1000):
        is_member = user_id in queue.members
        if is_member and queue.id not in wanted:
            await QUEUES.change(queue.id, {"members": [each for each in queue.members if each != user_id]}, by=by)
        elif not is_member and queue.id in wanted:
            await QUEUES.change(queue.id, {"members": [*queue.members, user_id]}, by=by)


async def _put_link(user: UserRecord, sender: Sender, by: Actor) -> None:
    payload = await inviting.make_link(user.id, by=by)
    url = f"{operator.public_url()}/invitation/{unsigned(payload)}"
    spoken = Reader(user.languages[0] if user.languages else language.reader().locale)
    with language.speaking_to(spoken):
        subject, text = _words(user, url, sender.name, by.name)
    letter = Letter(kind=KIND, sender=sender, to=[user.email], subject=subject, text=text, automatic=True)
    await outbox.put(letter)


def _words(user: UserRecord, url: str, desk: str, inviter: str) -> tuple[str, str]:
    if user.invited:
        subject = _("%(inviter)s invites you to %(desk)s") % {"inviter": inviter, "desk": desk}
        begin = _("you have been added to %(desk)s. Choose your password here:") % {"desk": desk}
    else:
        subject = _("A new password for %(desk)s") % {"desk": desk}
        begin = _("choose a new password for %(desk)s here:") % {"desk": desk}
    greeting = _("Hello %(name)s,") % {"name": user.name}
    ends = _("The link works once, for %(hours)s hours. If you did not expect it, do nothing.") % {
        "hours": inviting.HOURS
    }
    return subject, f"{greeting}\n\n{begin}\n\n{url}\n\n{ends}\n"
