"""The marks that mail programs leave around quoted history in HTML, and HTML parted by them."""

import re
from itertools import islice

from casedesk import richtext
from casedesk.richtext import Tag

# Elements that hold the quoted message: what follows them may again be the sender's.
_QUOTING_CLASSES = frozenset(
    {
        "freshdesk_quote",
        "front-blockquote",
        "gmail_extra",
        "gmail_quote",
        "gmail_quote_container",
        "mail_quote",
        "moz-cite-prefix",
        "mr_cite",
        "protonmail_quote",
        "quoted-reply",
        "reply-intro",
        "tutanota_quote",
        "yahoo_quoted",
        "zmail_extra",
    }
)
_QUOTING_IDS = frozenset({"olk_src_body_section", "mailcontent_quote", "isforwardcontent", "isreplycontent"})
# Elements that stand before the quoted message: everything from there on is history.
_DIVIDING_IDS = frozenset({"divrplyfwdmsg", "stopspelling", "appendonsend", "mail-editor-reference-message-container"})
_DIVIDING_CLASSES = frozenset(
    {"mail_divider", "ms-outlook-mobile-reference-message", "ms-outlook-ios-reference-message"}
)
# Outlook draws a line of its own above the headers of the message it quotes.
_OUTLOOK_LINE = re.compile(r"border-top:\s?solid\s?#(?:b5c4df|e1e1e1)\s[13]\.0pt", re.IGNORECASE)
_NO_BORDER = re.compile(r"border:\s?none", re.IGNORECASE)
_MOST_TAGS = 20_000
_MOST_STRETCHES = 100


_ANY_MARK = (*_QUOTING_CLASSES, *_QUOTING_IDS, *_DIVIDING_IDS, *_DIVIDING_CLASSES, "<blockquote", "border-top:")


def may_quote(html: str) -> bool:
    """Return whether one of the marks occurs in `html` at all; cheap."""
    lowered = html.lower()
    return any(mark in lowered for mark in _ANY_MARK)


def parted(html: str) -> list[tuple[str, bool]] | None:
    """Return `html` in stretches (html, whether quoted), None where nothing in it marks a quote; linear.

    What follows a dividing element is left out: it is history to the end.
    """
    stretches: list[tuple[str, bool]] = []
    position = 0
    inside, depth = "", 0
    for tag in islice(richtext.tags(html), _MOST_TAGS):
        if inside:
            depth += (tag.name == inside) * (-1 if tag.closes else 1)
            if depth == 0:
                stretches.append((html[position : tag.start], True))
                inside, position = "", tag.end
        elif not tag.closes and (tag.attributes or tag.name == "blockquote"):
            if _divides(tag):
                return [*stretches, (html[position : tag.start], False)]
            if _quotes(tag):
                stretches.append((html[position : tag.start], False))
                inside, depth, position = tag.name, 1, tag.end
                if len(stretches) >= _MOST_STRETCHES:
                    break
    if not stretches:
        return None
    return [*stretches, (html[position:], bool(inside))]


def _quotes(tag: Tag) -> bool:
    if tag.name == "blockquote":
        # Gmail indents the sender's own paragraphs with a blockquote that has no border.
        return not _NO_BORDER.search(tag.attributes.get("style", "")[:500])
    classes = tag.attributes.get("class", "").lower().split()
    return not _QUOTING_CLASSES.isdisjoint(classes) or _id(tag) in _QUOTING_IDS


def _divides(tag: Tag) -> bool:
    if _id(tag) in _DIVIDING_IDS or not _DIVIDING_CLASSES.isdisjoint(tag.attributes.get("class", "").lower().split()):
        return True
    style = tag.attributes.get("style", "")[:500]
    return tag.name == "div" and bool(_OUTLOOK_LINE.search(style)) and bool(_NO_BORDER.search(style))


def _id(tag: Tag) -> str:
    # Outlook for the web prefixes the ids of quoted mails with "x_".
    return tag.attributes.get("id", "").lower().removeprefix("x_")
