"""What is sent by a form on another web site: a case with its line in the ledger, or only the line when a machine sent it.

Nobody has shown here that an address is theirs. So what is said back is the same for everybody, and whatever is mailed obeys
the caps of automatic mail and carries no word of the sender.
"""

import hashlib
import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk import clock
from casedesk import settings as operator
from casedesk.accounts import recognising
from casedesk.cases import attaching, creating, fields, foreseeing
from casedesk.cases.attaching import NewFile
from casedesk.cases.creating import FirstWords, NewCase, Opening
from casedesk.cases.models import Attachment
from casedesk.database import is_postgres, rows, transaction
from casedesk.errors import FieldProblem, Invalid
from casedesk.identity import SYSTEM
from casedesk.language import gettext as _
from casedesk.language import number as said
from casedesk.mail.senders import is_ours, mailbox_of_portal, sender_of
from casedesk.portals import branding
from casedesk.richtext import excerpt
from casedesk.rules.lifecycle import DEFAULT_TYPES
from casedesk.security import ratelimit, tokens
from casedesk.security.ratelimit import Limit
from intake import by_form
from intake.by_form import Sent
from intake.models import Fate
from intake.receiving import Outcome
from intake.web_forms import Ask, Asked, WebFormRecord

LONGEST = {
    "name": 200,
    "email": 320,
    "subject": fields.LONGEST_SUBJECT,
    "description": fields.LONGEST_TEXT,
    "phone": 40,
}
"""Characters of a field; of any other one 2,000."""
LONGEST_ELSE = 2_000
MOST_FILES = 5
TRAP = "your_reference"
"""A field that people do not see: whoever fills it in is a machine."""
QUICKEST = 2
"""Seconds between showing our own page and its answer: nobody types faster."""
SAME_WITHIN = timedelta(minutes=10)
"""How long the very same form counts as sent twice."""
_PURPOSE = "web-form"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in: `values` by field, `files` the ids of its uploads; `suspicion` says why it is held back."""

    values: Mapping[str, str]
    files: tuple[int, ...] = ()
    suspicion: str = ""
    language: str | None = None

    def get(self, name: str) -> str:
        """Return a value, trimmed; "" where it was left empty."""
        return self.values.get(name, "").strip()


def check(form: WebFormRecord, filled: Filled) -> None:
    """Raise Invalid naming each field that is wrong."""
    problems = [_problem(each, filled) for each in questions(form)]
    if wrong := [each for each in problems if each is not None]:
        raise Invalid(wrong)


def questions(form: WebFormRecord) -> tuple[Asked, ...]:
    """Return all that a form asks, in the order in which people answer."""
    subject = [each for each in form.asked if each.name == Ask.SUBJECT]
    files = [each for each in form.asked if each.name == Ask.FILES]
    others = [each for each in form.asked if each.name not in (Ask.SUBJECT, Ask.FILES)]
    return (Asked("name", False), Asked("email", True), *others, *subject, Asked("description", True), *files)


def stamp(form: WebFormRecord) -> str:
    """Return the signed mark that our own page carries: when it was shown."""
    return _stamped(form, int(clock.now().timestamp()))


def stamp_again(form: WebFormRecord) -> str:
    """Return the mark of a page that shows a form again: whoever mends one field may be quick."""
    return _stamped(form, int(clock.now().timestamp()) - QUICKEST)


def _stamped(form: WebFormRecord, at: int) -> str:
    return tokens.sign(_PURPOSE, f"{form.id}:{at}")


def suspicion(form: WebFormRecord, *, trap: str, stamped: str) -> str:
    """Return why a form seems to be filled in by a machine, "" when it does not.

    A page on another site has no stamp: there the trap alone tells.
    """
    if trap.strip():
        return "a field was filled in that people do not see"
    if not stamped:
        return ""
    shown_for, _colon, at = (tokens.open_signed(_PURPOSE, stamped) or "").partition(":")
    if shown_for != str(form.id):
        return "the mark of the page was forged"
    if clock.now().timestamp() - int(at) < QUICKEST:
        return "filled in faster than anybody can type"
    return ""


async def count(caller: str, email: str) -> None:
    """Count a form of a network address and a mail address; raises TooMany beyond the caps of an hour."""
    settings = operator.current()
    await ratelimit.count(Limit("form-caller", settings.forms_per_caller, _HOUR), network_of(caller))
    if email:
        await ratelimit.count(Limit("form-address", settings.forms_per_address, _HOUR), email.strip().lower())


def network_of(caller: str) -> str:
    """Return the network that counts as one caller: the address itself, of IPv6 the 64 bits that one house has."""
    try:
        address = ipaddress.ip_address(caller)
    except ValueError:
        return caller[:64]
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


async def keep_files(files: Sequence[tuple[str, str, bytes]]) -> tuple[int, ...]:
    """Keep uploads (name, type, bytes) of a stranger for their form and return their ids; raises TooLarge, Invalid."""
    if len(files) > MOST_FILES:
        raise Invalid.field(Ask.FILES, _("Attach at most %(most)d files.") % {"most": MOST_FILES})
    return tuple([(await attaching.upload(name, kind, data, by=SYSTEM)).id for name, kind, data in files])


def ticket(file_id: int) -> str:
    """Return the signed name under which a page carries a file that waits for its form."""
    return tokens.sign(f"{_PURPOSE}-file", str(file_id))


def of_tickets(given: Sequence[str]) -> tuple[int, ...]:
    """Return the ids of files that waited, for those tickets that we signed."""
    opened = (tokens.open_signed(f"{_PURPOSE}-file", each) for each in given[:MOST_FILES])
    return tuple(int(each) for each in opened if each is not None)


async def receive(form: WebFormRecord, filled: Filled) -> None:
    """Make the case of a checked form, or hold it back in the ledger; the same form twice at once is one case.

    Raises Invalid when a file waited too long to be sent again with a mended form.
    """
    now = clock.now()
    async with transaction():
        if is_postgres():
            # Two clicks at once wait for one another here; on SQLite the transaction itself does that.
            await rows("SELECT id FROM web_forms WHERE id = ? FOR UPDATE", form.id)
        sent = await _sent(form, filled, now)
        if filled.suspicion:
            await attaching.let_wait(filled.files, until=now + by_form.KEPT_FOR)
            await by_form.write_down(sent, Outcome("quarantined", filled.suspicion))
            return
        if (first := await _sent_before(sent)) is not None:
            await by_form.write_down(sent, Outcome("ignored", "sent twice", first))
            return
        if set(filled.files) - (await waiting(filled.files)).keys():
            raise Invalid.field(Ask.FILES, _("A file waited too long here. Please attach it again."))
        opened = await creating.open_case(await opening(form, filled), by=SYSTEM)
        await by_form.write_down(sent, Outcome("created", f"form {form.key}", opened.case.id, opened.message.id))


async def answer_by(form: WebFormRecord) -> tuple[datetime, str] | None:
    """Return when a person answers at the latest and the calendar by which that is counted, None without a clock.

    It is what a stranger is promised, whoever asks: a better promise would tell who is a customer.
    """
    new = NewCase(subject=form.name, origin="web", type=form.type, priority=form.priority, tags=form.tags)
    foreseen = await foreseeing.foresee(new, by=SYSTEM)
    first = foreseen.first_response
    return (first.target_at, first.hours) if first is not None else None


async def address_of(form: WebFormRecord) -> str:
    """Return the mail address at which the people behind a form are reached, too."""
    return (await sender_of(await _mailbox(form))).address


async def waiting(ids: Sequence[int]) -> dict[int, NewFile]:
    """Return those uploads of a stranger that still wait for their form, by id."""
    return {each.id: _file(each) for each in await _uploads(ids) if each.message_id is None}


def _problem(asked: Asked, filled: Filled) -> FieldProblem | None:
    name, value = asked.name, filled.get(asked.name)
    if name == Ask.FILES:
        return FieldProblem(name, _("Please attach a file.")) if asked.needed and not filled.files else None
    if not value:
        return FieldProblem(name, _EMPTY.get(name, lambda: _("Please fill this in."))()) if asked.needed else None
    most = LONGEST.get(name, LONGEST_ELSE)
    if len(value) > most:
        words = _("This is longer than we can take: at most %(most)s characters. Send the rest as a file.")
        return FieldProblem(name, words % {"most": said(most)})
    if name == "email" and not recognising.is_address(value):
        return FieldProblem(name, _("Give an address such as ann@example.com."))
    if name in _CHOICES and value not in _CHOICES[name]:
        return FieldProblem(name, _("Choose one of the list."))
    return None


_CHOICES: Mapping[str, tuple[str, ...]] = {Ask.TYPE: DEFAULT_TYPES, Ask.PRIORITY: fields.PRIORITIES}
_EMPTY = {
    "email": lambda: _("Give an address at which we can answer you."),
    "description": lambda: _("Tell us what happened."),
}


async def opening(form: WebFormRecord, filled: Filled, *, at: datetime | None = None) -> Opening:
    """Return what the case of a form starts from; `at` is when it was sent, None for now. A new sender becomes a contact."""
    email = filled.get("email").lower()
    person = None if await is_ours(email) else await recognising.find_or_create(email, filled.get("name"))
    text = _text(form, filled)
    words = FirstWords(
        text=text, author_name=filled.get("name") or (person.name if person else ""), author_email=email,
        details={"form": form.key},
    )  # fmt: skip
    return Opening(
        subject=filled.get("subject") or excerpt(filled.get("description"), 80),
        origin="web",
        words=words,
        person=person,
        company=person.company if person else None,
        type=filled.get("type") or form.type,
        priority=filled.get("priority") or form.priority,
        tags=form.tags,
        custom=_custom(form, filled),
        language=form.language or filled.language,
        mailbox_id=await _mailbox(form),
        default_queue=form.queue,
        files=filled.files,
        channel="web",
        at=at,
    )


def _text(form: WebFormRecord, filled: Filled) -> str:
    """Return the question with what else was told below it, so that whoever answers reads all of it."""
    told = [
        f"{each.label or each.name.removeprefix('custom.').replace('_', ' ').capitalize()}: {filled.get(each.name)}"
        for each in form.asked
        if each.name not in (Ask.SUBJECT, Ask.FILES, Ask.TYPE, Ask.PRIORITY) and filled.get(each.name)
    ]
    return "\n\n".join(part for part in (filled.get("description"), "\n".join(told)) if part)


def _custom(form: WebFormRecord, filled: Filled) -> dict[str, str]:
    return {
        each.name.removeprefix("custom."): filled.get(each.name)
        for each in form.asked
        if each.is_custom and filled.get(each.name)
    }


async def _mailbox(form: WebFormRecord) -> int | None:
    if form.portal is None:
        return None
    return await mailbox_of_portal((await branding.by_slug(form.portal)).id)


async def _sent(form: WebFormRecord, filled: Filled, now: datetime) -> Sent:
    # Also those that a first click has just bound: the second is to be known for the same form.
    files = [_file(each) for each in await _uploads(filled.files)]
    whole = {"form": form.key, "values": dict(filled.values), "files": [each.sha256 for each in files]}
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return Sent(
        channel="web", received_at=now, name=filled.get("name")[:200], email=filled.get("email").lower()[:320],
        subject=filled.get("subject")[:500], language=filled.language, files=files, raw_sha256=digest,
        text=filled.get("description")[: fields.LONGEST_TEXT],
        held={**whole, "files": list(filled.files), "language": filled.language},
    )  # fmt: skip


async def _uploads(ids: Sequence[int]) -> list[Attachment]:
    return await Attachment.filter(id__in=list(ids), user_id__isnull=True, contact_id__isnull=True).order_by("id")


def _file(row: Attachment) -> NewFile:
    return NewFile(row.filename, row.content_type, row.size, row.sha256)


async def _sent_before(sent: Sent) -> int | None:
    """Return the case that the very same form made a moment ago."""
    same = await Fate.filter(
        channel="web", raw_sha256=sent.raw_sha256, fate="created", received_at__gte=sent.received_at - SAME_WITHIN
    ).first()
    return same.case_id if same is not None else None
