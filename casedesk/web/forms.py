"""Forms of pages: read once, within limits, as text that the database can hold."""

from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from casedesk.errors import FieldProblem, Invalid, Malformed, TooLarge

MAX_FIELDS = 300
MAX_FILES = 20
MAX_TEXT_BYTES = 1_048_576
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in: `values` holds every text of a field in order, `files` the uploads under their field."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: dict[str, tuple[UploadFile, ...]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a field with its line ends as \\n, or `default`."""
        return self.values.get(name, (default,))[-1]

    def line(self, name: str) -> str:
        """Return the last value of a field as one trimmed line."""
        return " ".join(self.text(name).split())

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return self.values.get(name, ())

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, None when it is empty; raises Invalid naming it."""
        text = self.line(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise Invalid.field(name, "must be a whole number")
        return int(text)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return every value of a field as whole numbers; raises Invalid naming it."""
        if not all(each.isascii() and each.isdigit() and len(each) <= 18 for each in self.texts(name)):
            raise Invalid.field(name, "must be whole numbers")
        return tuple(int(each) for each in self.texts(name))

    def is_ticked(self, name: str) -> bool:
        """Say whether a tick box was ticked."""
        return self.text(name) not in ("", "0", "false", "off")

    def require(self, *names: str) -> None:
        """Raise Invalid naming every one of these fields that was left empty."""
        empty = [FieldProblem(name, "must be filled in") for name in names if not self.text(name).strip()]
        if empty:
            raise Invalid(empty)


async def read(request: Request, *, longest: int = MAX_TEXT_BYTES) -> Form:
    """Return the form of a request (asking twice is free); a body that is no form gives an empty one.

    A text may have `longest` bytes: a form that is shown again with all that was typed must be able to read it first.
    Raises Malformed for a broken one, TooLarge beyond the limits, Invalid for characters no text has.
    """
    kept = getattr(request.state, "form", None)
    if isinstance(kept, Form):
        return kept
    form = (
        await _parsed(request, longest)
        if request.headers.get("content-type", "").lower().startswith(_FORMS)
        else Form()
    )
    request.state.form = form
    return form


async def _parsed(request: Request, longest: int) -> Form:
    try:
        data = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=longest)
    except (HTTPException, MultiPartException) as error:
        if isinstance(error, HTTPException) and error.status_code != 400:
            raise
        words = str(error.detail if isinstance(error, HTTPException) else error.message).lower()
        if "exceeded" in words or "too many" in words:
            raise TooLarge("This form holds more than we take.") from None
        raise Malformed("This form could not be read.") from None
    values: dict[str, tuple[str, ...]] = {}
    files: dict[str, tuple[UploadFile, ...]] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = (*files.get(name, ()), value)
        else:
            values[name] = (*values.get(name, ()), _clean(name, value))
    return Form(values, files)


def _clean(name: str, value: str) -> str:
    """Return a text with line ends as \\n; a NUL or half a character would be an error of the database later."""
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Invalid.field(name, "holds characters that are not text")
    return value.replace("\r\n", "\n").replace("\r", "\n")
