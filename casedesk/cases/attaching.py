"""Files of a case: stored before any row names them, bound to a message, read only by who may see the case."""

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tortoise.expressions import Q

from casedesk import clock, language, permissions
from casedesk import settings as operator
from casedesk.cases.models import Attachment, Case, Message
from casedesk.cases.shapes import FileView
from casedesk.database import rows, transaction
from casedesk.database.selecting import many
from casedesk.errors import Invalid, NotFound, TooLarge, TooMany
from casedesk.files import FileStore
from casedesk.identity import Actor, ActorKind
from casedesk.language import gettext as _
from casedesk.permissions import Permission
from casedesk.scopes import case_scope

UNBOUND_FOR = timedelta(hours=1)
"""How long a file may wait for the message it belongs to."""
CONTACTS_UNBOUND_FOR = timedelta(days=7)
"""The same for a customer's file: as long as the draft of their question."""
MOST_WAITING = 20
"""Files of one customer that may wait at once."""

_UNSEEN = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of a message that is about to be recorded; its bytes are in the store already."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str | None = None


def store() -> FileStore:
    """Return the store of this desk's files."""
    return FileStore(operator.current().data / "files")


async def upload(filename: str, content_type: str, data: bytes, *, by: Actor) -> FileView:
    """Keep an uploaded file for a message yet to be written; raises TooLarge naming the limit."""
    await _allow_upload(by)
    limit = operator.current().max_upload_bytes
    if len(data) > limit:
        words = _("A file may have %(most)s at most; this one has %(size)s.")
        raise TooLarge(words % {"most": language.size(limit), "size": language.size(len(data))})
    sha256 = await asyncio.to_thread(store().put, data)
    async with transaction():
        row = await Attachment.create(
            user_id=by.user_id,
            contact_id=by.id if by.kind is ActorKind.CONTACT else None,
            filename=safe_name(filename),
            content_type=safe_type(content_type),
            size=len(data),
            sha256=sha256,
        )
    return view(row)


async def add(files: Sequence[NewFile], *, case_id: int, message_id: int) -> None:
    """Record files that came with a message; inside the open transaction."""
    if files:
        await Attachment.bulk_create(
            Attachment(
                case_id=case_id, message_id=message_id, filename=safe_name(each.filename),
                content_type=safe_type(each.content_type), size=each.size, sha256=each.sha256, inline=each.inline,
                content_id=each.content_id,
            )
            for each in files
        )  # fmt: skip


async def bind(ids: Sequence[int], *, case_id: int, message_id: int, by: Actor) -> None:
    """Tie uploaded files to their message; raises Invalid when one is not there, not the uploader's or tied already."""
    if not ids:
        return
    query = Attachment.filter(id__in=list(ids), message_id__isnull=True, **_uploader(by))
    if await query.update(case_id=case_id, message_id=message_id) != len(set(ids)):
        raise Invalid.field("attachments", "one of these files is not there, or belongs to a message already")


async def fetch(attachment_id: int, *, by: Actor) -> tuple[FileView, Path]:
    """Return a file's description and the path to stream it from; raises NotFound unless `by` may see its case."""
    row = await Attachment.get_or_none(id=attachment_id)
    if row is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    if row.case_id is None:
        if by.id is None or (row.user_id, row.contact_id) != tuple(_uploader(by).values()):
            raise NotFound("There is no such file, or it is not yours to see.")
    else:
        if not await _may_fetch(row, by):
            raise NotFound("There is no such file, or it is not yours to see.")
        if not await Case.filter(id=row.case_id).filter(case_scope(by).filter()).exists():
            raise NotFound("There is no such file, or it is not yours to see.")
    return view(row), store().open_path(row.sha256)


async def waiting_of(contact: Actor, ids: Sequence[int]) -> tuple[FileView, ...]:
    """Return those of `ids` that a contact uploaded and that wait for their message, in the order of their upload."""
    found = Attachment.filter(id__in=list(ids), message_id__isnull=True, **_uploader(contact))
    return tuple(view(row) for row in await found.order_by("id")) if ids and contact.id is not None else ()


async def take_away(ids: Sequence[int], *, by: Actor) -> None:
    """Forget uploads of the actor that wait for their message; their bytes go with the next sweep."""
    if ids and by.id is not None:
        long_ago = clock.now() - CONTACTS_UNBOUND_FOR - UNBOUND_FOR
        waiting = Attachment.filter(id__in=list(ids), message_id__isnull=True, **_uploader(by))
        await waiting.update(created_at=long_ago, contact_id=None, user_id=None)


async def let_wait(ids: Sequence[int], *, until: datetime) -> None:
    """Let a stranger's uploads wait for their message until then; in the open transaction."""
    if ids:
        unbound = Attachment.filter(id__in=list(ids), message_id=None, user_id=None, contact_id=None)
        await unbound.update(created_at=until - UNBOUND_FOR)


async def of_messages(message_ids: Sequence[int]) -> dict[int, tuple[FileView, ...]]:
    """Return the files of some messages, by message."""
    found: dict[int, list[FileView]] = {}
    if not message_ids:
        return {}
    marks = ", ".join("?" * len(message_ids))
    for row in await many(Attachment, f"message_id IN ({marks}) ORDER BY id", *message_ids):
        found.setdefault(row.message_id or 0, []).append(view(row))
    return {key: tuple(files) for key, files in found.items()}


async def sweep() -> int:
    """Remove files that no message took in time, rows first, then contents nobody names; return how many."""
    now = clock.now()
    late = Q(contact_id__isnull=True, created_at__lt=now - UNBOUND_FOR) | Q(created_at__lt=now - CONTACTS_UNBOUND_FOR)
    old = await Attachment.filter(late, message_id__isnull=True)
    for row in old:
        async with transaction():
            await row.delete()
        if not await rows("SELECT 1 FROM attachments WHERE sha256 = ? LIMIT 1", row.sha256):
            await asyncio.to_thread(store().drop, row.sha256)
    return len(old)


async def _allow_upload(by: Actor) -> None:
    if by.kind is not ActorKind.CONTACT:
        permissions.require(by, Permission.CASE_NOTE)
        return
    if not by.verified or by.id is None:
        raise NotFound
    if await Attachment.filter(contact_id=by.id, message_id__isnull=True).count() >= MOST_WAITING:
        words = _("At most %(most)s files can wait to be sent. Send or remove some first.")
        raise TooMany(words % {"most": MOST_WAITING})


async def _may_fetch(row: Attachment, by: Actor) -> bool:
    """Say whether an actor reads files of this kind at all; a customer only those of what was said in public."""
    if by.kind is not ActorKind.CONTACT:
        permissions.require(by, Permission.CASE_READ)
        return True
    return await Message.exists(id=row.message_id or 0, public=True)


def _uploader(by: Actor) -> dict[str, int | None]:
    return {"user_id": by.user_id, "contact_id": by.id if by.kind is ActorKind.CONTACT else None}


def view(row: Attachment) -> FileView:
    """Return an attachment as it is shown."""
    return FileView(row.id, row.filename, row.content_type, row.size, row.inline, row.content_id)


def safe_name(name: str) -> str:
    """Return a file name fit to be shown: composed, without path, controls or characters that turn or hide text."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in text if ord(c) not in _UNSEEN and unicodedata.category(c)[0] != "C").strip(" .")
    return kept[-255:] or "file"


def safe_type(content_type: str) -> str:
    """Return a content type of a harmless form, application/octet-stream for anything else."""
    main, _slash, sub = content_type.partition(";")[0].strip().lower().partition("/")
    fine = all(part and all(c.isascii() and (c.isalnum() or c in "-+._") for c in part) for part in (main, sub))
    return f"{main}/{sub}"[:120] if fine else "application/octet-stream"


async def release(ids: Sequence[int]) -> None:
    """Untie files from a message that was taken back, so that it can be sent with them again; in the open transaction."""
    if ids:
        await Attachment.filter(id__in=list(ids)).update(case_id=None, message_id=None, created_at=clock.now())
