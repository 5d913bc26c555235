"""Settings that cannot be right are told in one line, before anything starts."""

import pytest

from casedesk import settings as operator
from casedesk.errors import Unusable


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("http", "nonsense"),
        ("smtp", "127.0.0.1:99999"),
        ("relay", "ftp://x"),
        ("relay", "smtp://"),
        ("relay", "smtp://host:99999"),
        ("relay", "smtp://[host"),
        ("database", "mysql://x"),
        ("database", "postgres://a:b@host:port/x"),
        ("proxies", "10.0.0.1, proxy.example"),
        ("url", "desk.example"),
        ("url", "javascript:alert"),
        ("store", "s3://bucket"),
        ("log_level", "loud"),
        ("secret", "short"),
        ("backoff", "soon"),
        ("undo_seconds", "-1"),
    ],
)
def test_a_value_that_cannot_be_right_is_named_in_one_line(monkeypatch, tmp_path, name: str, value: str) -> None:
    monkeypatch.setenv(f"CASEDESK_{name.upper()}", value)

    with pytest.raises(Unusable) as told:
        operator.load(data=tmp_path)

    assert told.value.message.startswith(f"setting {name}")
    assert "\n" not in told.value.message


def test_a_misspelt_name_in_the_file_is_named(tmp_path) -> None:
    (tmp_path / "casedesk.toml").write_text("undo_second = 5\n")

    with pytest.raises(Unusable, match="there is no setting undo_second"):
        operator.load(data=tmp_path)


def test_the_file_counts_below_the_environment(monkeypatch, tmp_path) -> None:
    (tmp_path / "casedesk.toml").write_text('url = "https://file.example"\nundo_seconds = 5\n')
    monkeypatch.setenv("CASEDESK_URL", "https://environment.example")

    found = operator.load(data=tmp_path)

    assert (found.url, found.undo_seconds) == ("https://environment.example", 5)
