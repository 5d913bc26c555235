"""A copy of an SQLite file, kept beside it while something dangerous is done to it, and put back when that fails.

The copy has its name only when it is whole: finding it at a start means that the danger was not survived.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def kept_copy(file: Path) -> Path:
    """Return where the copy of `file` stands while there is one."""
    return file.with_name(f"{file.name}.before-migration")


def keep(source: sqlite3.Connection, file: Path) -> None:
    """Copy the database behind `source` (that of `file`) to `kept_copy(file)`: on the disk before it has its name."""
    part = file.with_name(f"{file.name}.copying")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    _to_disk(part)
    part.rename(kept_copy(file))
    _to_disk(file.parent)


def put_back(file: Path) -> bool:
    """Put the kept copy's content back into `file` in one transaction and drop the copy; False when there is none.

    Nobody else may have `file` open for writing. Interrupted, it can be done again.
    """
    copy = kept_copy(file)
    file.with_name(f"{file.name}.copying").unlink(missing_ok=True)
    if not copy.exists():
        return False
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    _to_disk(file)
    forget(file)
    return True


def forget(file: Path) -> None:
    """Drop the copy: the danger is over."""
    kept_copy(file).unlink(missing_ok=True)
    _to_disk(file.parent)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
