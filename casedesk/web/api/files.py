"""Attachments by API: upload before the message that takes them, download by whoever may see their case."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from casedesk.cases import attaching
from casedesk.cases.shapes import FileView
from casedesk.errors import Invalid
from casedesk.permissions import Permission
from casedesk.web import forms
from casedesk.web.api.operations import PREFIX, Answer, Call, Operation, whole_id
from casedesk.web.downloads import file_answer
from casedesk.web.middleware import MAX_IMPORT_BYTES

_ONE_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}


async def uploaded(call: Call) -> Answer:
    """Keep the file in the form's field `file`."""
    request = _replayed(call.request, call.body)
    try:
        form = await forms.read(request)
        files = [file for every in form.files.values() for file in every]
        if len(files) != 1:
            raise Invalid.field("file", "send exactly one file, as multipart/form-data")
        file = files[0]
        data = await file.read()
    finally:
        await request.close()
    kept = await attaching.upload(file.filename or "file", file.content_type or "", data, by=call.actor)
    return Answer(kept, headers={"location": f"{PREFIX}/attachments/{kept.id}"})


async def downloaded(call: Call) -> Response:
    """Hand out the file."""
    return file_answer(*call.found)


async def find(call: Call) -> object:
    """Return the attachment of the path and where its bytes are, if who asks may see its case."""
    return await attaching.fetch(whole_id(call), by=call.actor)


def operations() -> list[Operation]:
    """Return the operations on attachments."""
    return [
        Operation("POST", "/attachments", uploaded, "Upload a file for a message yet to be written.",
                  Permission.CASE_NOTE, FileView, 201, body=bytes, takes=("multipart/form-data",), raw=_ONE_FILE,
                  max_bytes=MAX_IMPORT_BYTES, at_once=True, tag="cases", name="upload_attachment"),
        Operation("GET", "/attachments/{id}", downloaded, "Download a file.", Permission.CASE_READ, bytes, find=find,
                  tag="cases", name="download_attachment"),
    ]  # fmt: skip


def _replayed(request: Request, body: bytes) -> Request:
    """Return the request with its body to be read again: it was read once, for its size and its hash."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)
