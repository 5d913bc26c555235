"""Bytes of attachments and large raw mail: content-addressed files, written and synced before any row names them.

Nothing here is served by path: callers go through an attachment's permission and get a path only to stream from.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from casedesk.errors import NotFound, Unavailable


class FileStore:
    """A folder of files named by the SHA-256 of their content (`ab/cdef…`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the content with this hash is, or would be."""
        return self.folder / sha256[:2] / sha256[2:]

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its SHA-256 (hex); the same content twice is one file.

        Blocking (it syncs): call it in a thread. Raises Unavailable when the disk is full.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        try:
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                self._sync_folder(self.folder)
                self._sync_folder(self.folder.parent)
            self._write(target, data)
            self._sync_folder(target.parent)
        except OSError as error:
            raise Unavailable("The file could not be stored; nothing was changed. Please try again.") from error
        return sha256

    def put_many(self, contents: list[bytes]) -> list[str]:
        """Store several contents as `put` does, in order."""
        return [self.put(data) for data in contents]

    def open_path(self, sha256: str) -> Path:
        """Return the path of a content that is there; raises NotFound."""
        target = self.path(sha256)
        if not target.is_file():
            raise NotFound("This file is no longer there.")
        return target

    def hashes(self) -> set[str]:
        """Return the hashes of all stored contents."""
        if not self.folder.is_dir():
            return set()
        return {file.parent.name + file.name for file in self.folder.glob("??/*") if len(file.name) == 62}

    def drop(self, sha256: str) -> None:
        """Remove a content that no row names any more; an absent one is no error."""
        self.path(sha256).unlink(missing_ok=True)

    @staticmethod
    def _write(target: Path, data: bytes) -> None:
        handle, draft = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).rename(target)
        except BaseException:
            # What a full disk left behind would fill it for good.
            Path(draft).unlink(missing_ok=True)
            raise

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
