"""The lock that says a desk is being served: held by `casedesk serve` on SQLite, and by commands it must not meet."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casedesk.errors import Unusable

LOCK_FILE = "serve.lock"


@contextmanager
def serving_lock(data: Path) -> Iterator[None]:
    """Hold DATA/serve.lock inside the block; raises Unusable at once when another process holds it.

    For `serve`, and for commands that need the desk to themselves (migrate, restore, import, reindex). The kernel lets
    go when the process ends, however it ends; the number in the file only helps a person to find the process.
    """
    with held(data, LOCK_FILE):
        yield


@contextmanager
def held(data: Path, name: str) -> Iterator[None]:
    """Hold the lock DATA/`name` inside the block; raises Unusable at once when another process holds it."""
    data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise Unusable(
                f"{data} is in use by process {holder}: stop it first (`kill {holder}`), then try again"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
