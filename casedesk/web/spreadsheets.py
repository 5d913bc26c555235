"""Lists as CSV files: UTF-8 with a mark that Excel reads, and no cell that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

_FORMULAS = "=+-@\t\r＝＋－＠"
"""What a formula begins with, in wide letters, too (OWASP: CSV injection)."""


def safe_cell(value: object) -> str:
    """Return a value as text that a spreadsheet shows as it is."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000")[:1] in tuple(_FORMULAS) else text


def csv_answer(name: str, heads: Sequence[str], lines: Iterable[Sequence[object]]) -> Response:
    """Return a list as a file called `name`."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    for line in lines:
        writer.writerow([safe_cell(value) for value in line])
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
