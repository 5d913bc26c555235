"""The only place that sanitises HTML, and the ways between HTML and plain text; every way is linear and capped.

Cleaning is the last step before text is stored for showing or shown: nothing may change what `clean` returned. What
is too large or nested too deeply for the libraries below (they are quadratic in depth) is shown as text instead.
"""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_CHARACTERS = 1024 * 1024
MAX_DEPTH = 1_000
# Deeper than this lxml drops the text without a word; such HTML is read without it.
_DEEPEST_LAID_OUT = 200
# What is laid out costs some 10 µs a tag; longer HTML keeps its lines but not its tables.
_MOST_LAID_OUT = 256 * 1024
_MOST_TAGS_LAID_OUT = 8_000
_TOO_DEEP = MAX_DEPTH + 1
# Up to here nothing is slow or deep, so that ordinary mail is not scanned for depth.
_FEW_TAGS = 200
_MOST_TAGS = 60_000
_MOST_FOREIGN_TAGS = 3_000
# The cleaner is quadratic in the number of character references and bare "&", and of characters that begin in UTF-8
# as a no-break space does (U+0080 to U+00BF), which it looks for in what it writes.
_MOST_REFERENCES = 60_000
# Sum over all tags of the elements open at each: what a parser may have to build when formatting is never closed.
_MOST_WORK = 2_000_000

_TAGS = _words(
    "a abbr b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure"
    " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td"
    " tfoot th thead tr tt u ul var wbr"
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_WITH_CONTENT = _words("script style title head template iframe noscript object svg math textarea select xmp")
_LINK_SCHEMES = ("http:", "https:", "mailto:")
_NUMBERS = frozenset({"width", "height", "span", "colspan", "rowspan", "start", "value"})
_NUMBER = re.compile(r"-?\d{1,4}")
# In what nh3 wrote, text has no "<" and a value no quotation mark, so this meets images alone.
_EMBEDDED_IMAGE = re.compile(r'(<img(?: (?:alt|height|width|title|dir|lang)="[^"]*")*) src="cid:')

_VOID = _words("area base br col embed hr img input link meta param source track wbr")
# Elements that a new one of their kind closes: never nested but through another element, which is counted.
_SELF_CLOSING = _words("p li dt dd tr td th tbody thead tfoot option optgroup rp rt colgroup")
_RAW_TEXT = _words("script style textarea title xmp iframe noembed noframes plaintext")
# What HTML calls an error and no reader sees; the cleaner is quadratic in the number of some of them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]+"
)
_TAG_START = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]{0,100})|(!--)|[!?])")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?:([^\s/>=][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)|(?=[\"'])(?P<open>)))?)?"
)
_FOREIGN = re.compile(r"<(?:svg|math|template)\b", re.IGNORECASE)
_BLOCKS = _words(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main nav ol p pre section table tr ul"
)
_HIDDEN = frozenset({"script", "style", "title", "head"})
_SPACES = re.compile(r"[ \t\xa0]+")
_MANY_LINES = re.compile(r"\n{3,}")
_LINK = re.compile(r"https?://|mailto:|www\.", re.IGNORECASE)
_LINK_END = re.compile(r"[\s<>\"'\x00-\x1f]|\Z")
_LINK_TRAILING = ".,;:!?)]}»”’*_"
_MAX_LINK = 2_000


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag found in HTML: name in lower case, whether it closes, its offsets, its attributes (first value wins)."""

    name: str
    closes: bool
    start: int
    end: int
    attributes: dict[str, str]


def clean(html: str) -> str:
    """Return `html` with nothing in it that runs, loads or styles: safe to put into a page of ours.

    Links keep http, https and mailto and never pass on where the reader came from; images embedded in the message
    keep their id as `data-cid`, all others lose their address. Over the caps the text of it is returned instead.
    """
    html = _UNSEEN.sub("", html)
    if not is_bearable(html):
        return text_to_html(to_bare_text(html))
    cleaned = _CLEANER.clean(html)
    return _EMBEDDED_IMAGE.sub(r'\1 data-cid="', cleaned) if "cid:" in cleaned else cleaned


def is_bearable(html: str) -> bool:
    """Return whether `html` is within the caps of size, depth and work; linear."""
    return _depth(html) <= MAX_DEPTH


def to_text(html: str) -> str:
    """Return the text of `html` with line breaks where a reader sees them; tables and lists keep their shape."""
    if len(html) > _MOST_LAID_OUT or html.count("<") > _MOST_TAGS_LAID_OUT or _depth(html) > _DEEPEST_LAID_OUT:
        return to_bare_text(html)
    try:
        return _tidied(_laid_out(html))
    except (ValueError, AssertionError, RecursionError, ArithmeticError, LookupError, TypeError, AttributeError):
        # lxml and inscriptis refuse some inputs (no root element, odd numbers); the text is still in there.
        return to_bare_text(html)


def to_bare_text(html: str) -> str:
    """Return the text between the tags of `html`, a line for each block; linear, whatever the nesting."""
    return _stripped(html[:MAX_CHARACTERS])


def text_to_html(text: str) -> str:
    """Return plain text as safe HTML: escaped, lines kept, web and mail addresses linked."""
    if not text:
        return ""
    return "<br>\n".join(_linked(line) for line in text[:MAX_CHARACTERS].split("\n"))


def excerpt(text: str, length: int) -> str:
    """Return the first `length` characters of `text` on one line, cut at a word, an ellipsis where it goes on."""
    line = " ".join(text[: 4 * length + 200].split())
    if len(line) <= length:
        return line
    space = line.rfind(" ", 0, length)
    return line[: space if space > length // 2 else max(length - 1, 0)].rstrip() + "…"


def tags(html: str) -> Iterator[Tag]:
    """Yield every tag of `html` in order, in linear time; comments, scripts and styles are skipped."""
    position = 0
    while (found := _TAG_START.search(html, position)) is not None:
        if found[2] is None:
            end = html.find("-->" if found[3] else ">", found.end() - (2 if found[3] else 0))
            if end < 0:
                return
            position = end + 1
            continue
        attributes, end = _attributes(html, found.end())
        if end < 0:
            return  # A tag that never ends swallows the rest, as it does in a browser.
        name, closes = found[2].lower(), bool(found[1])
        yield Tag(name, closes, found.start(), end, attributes)
        position = end
        if name in _RAW_TEXT and not closes:
            position = _raw_text_end(html, name, end)
            if position < 0:
                return


def _attributes(html: str, position: int) -> tuple[dict[str, str], int]:
    """Return the attributes from `position` and the offset after the closing bracket, -1 where there is none."""
    attributes: dict[str, str] = {}
    length = len(html)
    while position < length:
        if html[position] == ">":
            return attributes, position + 1
        found = _ATTRIBUTE.match(html, position)
        if found is None or found["open"] is not None:
            return attributes, -1
        if found.end() == position:
            position += 1
            continue
        if found[1]:
            value = found[2] if found[2] is not None else found[3] if found[3] is not None else found[4]
            attributes.setdefault(found[1].lower(), value or "")
        position = found.end()
    return attributes, -1


def _raw_text_end(html: str, name: str, position: int) -> int:
    if name == "plaintext":
        return -1
    found = _RAW_TEXT_ENDS[name].search(html, position)
    return found.start() if found else -1


def _depth(html: str) -> int:
    """Return how deep the elements of `html` nest at most (0 for few ones), `_TOO_DEEP` for what is over a cap.

    Never less than what a browser builds: an end tag counts only against an open element of its name.
    """
    if len(html) > MAX_CHARACTERS or _references(html) > _MOST_REFERENCES:
        return _TOO_DEEP
    count = html.count("<")
    if count <= _FEW_TAGS:
        return 0
    if count > _MOST_TAGS:
        return _TOO_DEEP
    if _FOREIGN.search(html):
        # Rules of nesting differ inside; nothing but the number of tags can be believed.
        return _TOO_DEEP if count > _MOST_FOREIGN_TAGS else _DEEPEST_LAID_OUT + 1
    open_of: dict[str, int] = {}
    depth = deepest = work = 0
    for tag in tags(html):
        name = tag.name
        if name not in _VOID and name not in _SELF_CLOSING:
            change = 1 if not tag.closes else -1 if open_of.get(name, 0) else 0
            open_of[name] = open_of.get(name, 0) + change
            depth += change
            deepest = max(deepest, depth)
        work += depth
        if deepest > MAX_DEPTH or work > _MOST_WORK:
            return _TOO_DEEP
    return deepest


def _references(html: str) -> int:
    """Return how many characters `html` holds that the cleaner takes apart from the text around them, 0 for short HTML."""
    if len(html) <= _MOST_REFERENCES:
        return 0
    return html.count("&") + html.encode("utf-8", "surrogatepass").count(b"\xc2")


def _stripped(html: str) -> str:
    pieces: list[str] = []
    position = 0
    hidden = ""
    for tag in tags(html):
        if not hidden:
            pieces.append(_SPACES.sub(" ", html[position : tag.start].replace("\n", " ")))
        position = tag.end
        if tag.name in _HIDDEN:
            hidden = "" if tag.closes and hidden == tag.name else hidden or ("" if tag.closes else tag.name)
        elif tag.name in _BLOCKS or tag.name == "br":
            pieces.append("\n")
            hidden = "" if hidden == "head" else hidden
        elif tag.name in ("td", "th"):
            pieces.append(" ")
    if not hidden:
        pieces.append(html[position:])
    return _tidied(entities.unescape("".join(pieces)))


def _laid_out(html: str) -> str:
    # Loaded here: lxml and inscriptis take 40 ms and 10 MB, and only mail without a plain text needs them.
    from inscriptis import get_text  # noqa: PLC0415
    from inscriptis.css_profiles import STRICT_CSS_PROFILE  # noqa: PLC0415
    from inscriptis.model.config import ParserConfig  # noqa: PLC0415

    # The strict profile does not indent what stands in a <div>: in mail everything does.
    return str(get_text(html, ParserConfig(css=STRICT_CSS_PROFILE)))


def _tidied(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _linked(line: str) -> str:
    pieces: list[str] = []
    position = 0
    while (found := _LINK.search(line, position)) is not None:
        start = found.start()
        end = _link_end(line, start)
        if end - start <= len(found[0]) or (start and line[start - 1].isalnum()):
            pieces.append(entities.escape(line[position : found.end()]))
            position = found.end()
            continue
        address = line[start:end]
        target = f"http://{address}" if found[0].lower() == "www." else address
        pieces.append(entities.escape(line[position:start]))
        pieces.append(
            f'<a href="{entities.escape(target)}" rel="noopener noreferrer nofollow">{entities.escape(address)}</a>'
        )
        position = end
    pieces.append(entities.escape(line[position:]))
    return "".join(pieces)


def _link_end(line: str, start: int) -> int:
    ends = _LINK_END.search(line, start, start + _MAX_LINK)
    end = ends.start() if ends else min(len(line), start + _MAX_LINK)
    unmatched = line.count(")", start, end) - line.count("(", start, end)
    while end > start and line[end - 1] in _LINK_TRAILING:
        if line[end - 1] == ")":
            if unmatched <= 0:
                break  # A bracket that belongs to the address, as in Wikipedia's.
            unmatched -= 1
        end -= 1
    return end


def _kept_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if value.strip().lower().startswith(_LINK_SCHEMES) else None
    if name == "src":
        return value if value.startswith("cid:") else None
    if name in _NUMBERS:
        return value if _NUMBER.fullmatch(value) else None
    if name == "dir":
        return value if value in ("ltr", "rtl", "auto") else None
    return value


_RAW_TEXT_ENDS = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _RAW_TEXT}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_WITH_CONTENT),
    attributes={name: set(kept) for name, kept in _ATTRIBUTES.items()},
    attribute_filter=_kept_attribute,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "cid"},
    strip_comments=True,
)
