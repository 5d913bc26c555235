"""Markdown of solutions as markup that is safe in a page: rendered without HTML of its own, then cleaned, last of all."""

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from casedesk import richtext

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text under its heading; `anchor` is the heading's id in the page, empty for what stands before one."""

    anchor: str
    title: str
    body: Markup


def rendered(body: str) -> Markup:
    """Return Markdown as markup that is safe in a page."""
    return _clean(_MARKDOWN.render(body))


def sections(body: str) -> tuple[Section, ...]:
    """Return Markdown cut at its second-level headings, each with an id to lead to."""
    parts: list[tuple[str, list[Token]]] = [("", [])]
    tokens = _MARKDOWN.parse(body)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0:
            parts.append((tokens[place + 1].content, []))
            place += 3  # the heading's opening, its words and its end
            continue
        parts[-1][1].append(token)
        place += 1
    return tuple(
        Section(f"part-{number}" if number else "", title, _drawn(found))
        for number, (title, found) in enumerate(parts)
        if title or found
    )


def _drawn(tokens: list[Token]) -> Markup:
    return _clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _clean(html: str) -> Markup:
    return Markup(richtext.clean(html))  # noqa: S704  # cleaned last
