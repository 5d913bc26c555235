"""Case numbers: the digits are the case's id and unique alone; the brand's prefix before them is for people."""

import re

from casedesk.database import is_postgres, rows, run
from casedesk.errors import NotFound

_NUMBER = re.compile(r"(?:[A-Za-z][A-Za-z0-9]{0,9}-)?([0-9]{1,18})")
_IN_SUBJECT = re.compile(r"\[(?:[A-Z][A-Z0-9]{0,9}-)?#?([0-9]{4,18})\]")


def shown(prefix: str, case_id: int) -> str:
    """Return a case's number for people, such as HAL-20418."""
    return f"{prefix}-{case_id}" if prefix else str(case_id)


async def go_on_after(number: int) -> None:
    """Let the next case get a number above `number`; those up to it are kept free for cases of the past."""
    if is_postgres():
        await rows("SELECT setval('cases_id_seq', GREATEST(?::bigint, (SELECT last_value FROM cases_id_seq)))", number)
    else:
        await run("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'cases'", number)


def parse(text: str) -> int:
    """Return the id in a number with or without its prefix; raises NotFound for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise NotFound("There is no such case, or it is not yours to see.")
    return int(found[1])


def in_subject(subject: str) -> int | None:
    """Return the case number a mail's subject carries in brackets, or None."""
    found = _IN_SUBJECT.search(subject)
    return int(found[1]) if found else None
