"""The store of files: whole or not there at all."""

import resource
from pathlib import Path

import pytest

from casedesk.errors import Unavailable
from casedesk.files import FileStore


def test_a_disk_that_takes_no_more_leaves_no_half_file_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Unavailable):
            store.put(b"x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert store.hashes() == set()


def test_the_same_content_twice_is_one_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")

    assert store.put(b"same") == store.put(b"same")
    assert len(store.hashes()) == 1
