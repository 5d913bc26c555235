"""Cleaning HTML of strangers, and the ways between HTML and text: safe, and linear on hostile input."""

import time

import pytest

from casedesk import richtext

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi><mglyph><style><img src=x onerror=alert(1)></style></mglyph></mi></math>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="cid:x">x</a>',
    '<a href="//evil.example/">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<form action="https://evil.example"><input name=password></form>',
    "<style>body { background: url(https://evil.example) }</style>",
    '<p style="background:url(https://evil.example)">x</p>',
    '<div style="position:fixed;top:0;left:0;width:100%;height:100%">x</div>',
    '<img src="https://tracker.example/open.gif">',
    '<img srcset="https://tracker.example/open.gif 2x">',
    '<table background="https://tracker.example/x.gif"><td>x</table>',
    '<link rel=stylesheet href="https://evil.example">',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<object data="https://evil.example"></object>',
    '<video src="https://tracker.example/v"></video>',
    "<!--><script>alert(1)</script>-->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<p id="csrf" name="token" class="overlay">x</p>',
    '<a href="https://x.example" target="_blank" onclick="alert(1)">x</a>',
    "<template><script>alert(1)</script></template>",
    '<a title=\'<img src="cid:x" onerror=alert(1)>\' href="https://x.example">x</a>',
]
FORBIDDEN = (
    "<script", "<svg", "<math", "<iframe", "<form", "<input", "<style", "<link", "<meta", "<base", "<object", "<video",
    "<template", " style=", " class=", " id=", " name=", " srcset=", " background=", " target=", " src=", "javascript:",
    'href="data:', 'href="cid:', 'href="//',
)  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_loads_or_styles_survives(html: str) -> None:
    cleaned = richtext.clean(html)

    tags = [cleaned[tag.start : tag.end] for tag in richtext.tags(cleaned)]
    assert [word for word in FORBIDDEN for tag in tags if word in _without_values(tag)] == []
    assert [name for tag in richtext.tags(cleaned) for name in tag.attributes if name.startswith("on")] == []


def _without_values(tag: str) -> str:
    """Return a cleaned tag without the titles: a value between quotation marks is text, whatever it says."""
    return tag.split(' title="')[0]


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        (
            '<a href="https://x.example">x</a>',
            '<a href="https://x.example" rel="noopener noreferrer nofollow">x</a>',
        ),
        ('<img src="cid:photo1" alt="a pump">', '<img data-cid="photo1" alt="a pump">'),
        ('<img alt="a pump" src="cid:photo1">', '<img alt="a pump" data-cid="photo1">'),
        ('text src="cid:x" stays', 'text src="cid:x" stays'),
        ("<td colspan=2>x</td>", "x"),
        (
            '<table><tr><td colspan="2">x</td></tr></table>',
            '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        ),
        ("a < b & c", "a &lt; b &amp; c"),
        ("", ""),
    ],
)
def test_what_people_write_is_kept(html: str, cleaned: str) -> None:
    assert richtext.clean(html) == cleaned


def test_cleaning_twice_changes_nothing() -> None:
    once = richtext.clean("".join(HOSTILE))

    assert richtext.clean(once.replace("data-cid", "title")) == once.replace("data-cid", "title")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<ul><li>one<li>two</ul>", "  * one\n  * two"),
        ("<head><title>no</title><style>no</style></head>yes<script>no</script>", "yes"),
        ("caf&eacute; &lt;b&gt;", "café <b>"),
        ("a&nbsp;b", "a b"),
        ("", ""),
        ("<!-- only a comment -->", ""),
    ],
)
def test_the_text_of_html_reads_as_it_looks(html: str, text: str) -> None:
    assert richtext.to_text(html) == text


def test_html_over_the_caps_is_read_and_shown_as_text() -> None:
    deep = "<div>" * 5_000 + "still <b>here</b>" + "<script>not this</script>"

    assert not richtext.is_bearable(deep)
    assert richtext.to_text(deep).strip() == "still here"
    assert richtext.clean(deep).strip("<br>\n") == "still here"


def test_deeply_quoted_html_keeps_its_text_and_its_markup() -> None:
    deep = "<blockquote><div>" * 250 + "the first <b>question</b>" + "</div></blockquote>" * 250

    assert richtext.is_bearable(deep)
    assert richtext.to_text(deep).strip() == "the first question"
    assert "the first <b>question</b>" in richtext.clean(deep)


def test_a_long_table_without_end_tags_is_bearable() -> None:
    assert richtext.is_bearable("<table>" + "<tr><td>cell<td>cell" * 10_000 + "</table>")


def test_more_tags_than_any_letter_has_are_not_bearable() -> None:
    assert not richtext.is_bearable("<br>" * 100_000)


HIDING_DEPTH = {
    "comments that close": "<div><!--</div>-->" * 5_000,
    "values that close": '<div title="</div>">' * 5_000,
    "styles that close": "<div><style></div></style>" * 5_000,
    "other elements that close": "<div></b>" * 5_000,
    "formatting never closed": "<b>x<p>" * 5_000,
    "cells of foreign elements": "<svg>" + "<td>" * 5_000,
}


@pytest.mark.parametrize("html", HIDING_DEPTH.values(), ids=HIDING_DEPTH.keys())
def test_depth_cannot_be_hidden_from_the_cap(html: str) -> None:
    assert not richtext.is_bearable(html)


BOMBS = {
    "divisions": "<div>\r\n" * 60_000,
    "open anchors": "<a \r\n" * 60_000,
    "open comments": "<!--\r\n" * 60_000,
    "open values": "<a b=\r\n" * 60_000,
    "open quotes": '<a b="\r\n' * 60_000,
    "tables": "<table><td>\r\n" * 40_000,
    "formatting": "<b><i><u>\r\n" * 40_000,
    "formatting in paragraphs": "<b>" * 150 + "<p>x" * 100_000,
    "foreign": "<svg><style><!--\r\n" * 20_000,
    "quotes": "<blockquote>\r\n" * 40_000,
    "entities": "&amp;" * 200_000,
    "bare ampersands": "&" * 1_000_000,
    "references that are none": "&x" * 500_000,
    "controls": "\x80" * 1_000_000,
    "controls in words": "x\x9f" * 500_000,
    "no-break spaces": "\xa0" * 1_000_000,
    "what a wrong charset makes of words": "i¦š" * 330_000,
    "no characters": "\ufffe\ufdd0" * 500_000,
    "a long style": '<p style="' + "a:b;" * 100_000 + '">',
    "many attributes": "<p " + "a=b " * 100_000 + ">",
    "unclosed scripts": "<script>" * 60_000,
    "less-than signs": "<" * 500_000,
    "a single long line of text": "a" * 1_000_000,
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS.keys())
def test_hostile_html_is_cleaned_and_read_in_linear_time(html: str) -> None:
    start = time.process_time()

    richtext.clean(html)
    richtext.to_text(html)

    assert time.process_time() - start < 5  # Mostly a fraction of a second; without caps some take minutes.


LINKS = [
    (
        "see https://x.example/a?b=1&c=2.",
        'see <a href="https://x.example/a?b=1&amp;c=2"{rel}>https://x.example/a?b=1&amp;c=2</a>.',
    ),
    ("(www.x.example)", '(<a href="http://www.x.example"{rel}>www.x.example</a>)'),
    ("https://x.example/a_(b)", '<a href="https://x.example/a_(b)"{rel}>https://x.example/a_(b)</a>'),
    (
        'https://x.example/"onclick=alert(1)',
        '<a href="https://x.example/"{rel}>https://x.example/</a>&quot;onclick=alert(1)',
    ),
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("http://", "http://"),
    ("awww.nice", "awww.nice"),
    ("<b>&", "&lt;b&gt;&amp;"),
    ("one\ntwo", "one<br>\ntwo"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "html"), LINKS, ids=[text for text, _ in LINKS])
def test_text_becomes_safe_html_with_links(text: str, html: str) -> None:
    assert richtext.text_to_html(text) == html.replace("{rel}", ' rel="noopener noreferrer nofollow"')


@pytest.mark.parametrize(
    "text",
    ["http://\r\n" * 50_000, "http://" + ")" * 500_000, "www." * 200_000, "https://a.b/" * 80_000, "mailto:" * 100_000],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_text_is_linked_in_linear_time(text: str) -> None:
    start = time.process_time()

    richtext.text_to_html(text)

    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("short", 20, "short"),
        ("two\n\nlines", 20, "two lines"),
        ("the quick brown fox jumps", 16, "the quick brown…"),
        ("unbreakable" * 3, 10, "unbreakab…"),
        ("", 5, ""),
    ],
)
def test_an_excerpt_ends_at_a_word(text: str, length: int, short: str) -> None:
    assert richtext.excerpt(text, length) == short
    assert len(short) <= length
