"""Files are named for things, nothing foreign is copied in, and templates keep to the content security policy."""

import re

import pytest

from tests.house.tree import ROOT, files, name_of, sources

NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "misc",
    "common",
    "core",
    "base",
    "manager",
    "service",
    "services",
    "tools",
}
FOREIGN = {".woff", ".woff2", ".ttf", ".otf", ".eot", ".map", ".min.js", ".min.css"}
MOST_BYTES_OF_OWN_SCRIPT = 60_000


def test_no_file_has_a_name_that_says_nothing():
    assert [name_of(path) for path in sources() if NAMELESS & {path.stem, *path.relative_to(ROOT).parts[:-1]}] == []


def test_nothing_foreign_is_copied_in():
    everything = [
        path for folder in ("casedesk", "intake", "knowledge", "templates") for path in (ROOT / folder).rglob("*")
    ]

    assert [name_of(path) for path in everything if any(path.name.endswith(end) for end in FOREIGN)] == []
    assert [name_of(path) for path in files(".js", ".css") if path.stat().st_size > MOST_BYTES_OF_OWN_SCRIPT] == []


@pytest.mark.parametrize("path", files(".html"), ids=name_of)
def test_templates_have_no_styles_or_scripts_in_attributes(path):
    text = path.read_text("utf-8")

    assert re.findall(r"<[^>]*\sstyle\s*=", text) == [], (
        "the content security policy forbids style attributes: use a class"
    )
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == [], "the content security policy forbids inline handlers"
    assert re.findall(r"href\s*=\s*[\"']javascript:", text) == []


def test_nothing_is_left_to_be_done_later():
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    found = [
        name_of(path) for path in files(".py", ".html", ".js", ".css", ".txt") if marks.search(path.read_text("utf-8"))
    ]

    assert found == []
