"""The catalogues of words: take them out of the code, bring each language's file up to date. `make catalogues`.

The English words in the code are the ids; `casedesk/locale/LANGUAGE/LC_MESSAGES/casedesk.po` holds the others, the build
compiles them (hatch_build.py). Sentences that errors carry are ids, too: the web edge translates them as it shows them.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from casedesk.cases.fields import CATALOGUE
from casedesk.errors import CasedeskError, Unusable
from casedesk.events import SENTENCES
from casedesk.rules import reasons
from casedesk.rules.entitlement import Outcome
from casedesk.rules.lifecycle import DEFAULT_STATUSES
from casedesk.rulesets.documents import MESSAGES
from casedesk.web.api.nouns import NOUNS
from tests.house.tree import PACKAGES, ROOT

LOCALES = ROOT / "casedesk" / "locale"
LANGUAGES = ("de",)
HEADER = "# casedesk in %(language)s. The ids are the words of the code; `make catalogues` brings them up to date.\n"

_NOISE = tuple(f'"{name}' for name in (
    "Project-Id", "Report-Msgid", "POT-Creation", "PO-Revision", "Last-Translator", "Language-Team", "Generated-By",
))  # fmt: skip
_ERRORS = ("NotFound", "Forbidden", "SignInNeeded", "Malformed", "Conflict", "TooMany", "TooLarge", "Unavailable")
_SPOKEN = {
    **DEFAULT_KEYWORDS,
    "marked": None,
    "stated": (1,),  # what pure rules say
    "Reference": (2,),  # what a register's field names
    "Use": (1,),  # what stands against a removal
}
_REFUSED = {"field": (2,), "FieldProblem": (2,), **dict.fromkeys(_ERRORS, None)}
_METHODS = [("web/api/**.py", "ignore"), ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_OPTIONS = {
    "**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trim_blocks": "true", "silent": "false"},
    "**.txt": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trim_blocks": "true", "silent": "false"},
}


@cache
def found() -> Catalog:
    """Return every word of the program that is said to a person, with its places."""
    catalog = Catalog(project="casedesk", charset="utf-8", fuzzy=False)
    for folder in (*PACKAGES, "templates"):
        for name, message, comments, context in (*_said(folder, _SPOKEN), *_refusals(folder)):
            catalog.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    for sentence in (*SENTENCES.values(), *reasons.SENTENCES.values(), *MESSAGES.values(), *_names(), *_titles()):
        catalog.add(sentence, None, [("casedesk/rules", 0)])
    return catalog


def _said(folder: str, keywords: dict[str, Any]) -> Iterator[tuple[str, Any, list[str], str | None]]:
    rows = extract_from_dir(
        ROOT / folder, method_map=_METHODS, options_map=_OPTIONS, keywords=keywords, comment_tags=("Translators:",)
    )
    for name, _line, message, comments, context in rows:
        if "migrations" not in Path(name).parts:
            yield name, message, comments, context


def _refusals(folder: str) -> Iterator[tuple[str, Any, list[str], str | None]]:
    """Return the sentences that errors are made with; a word alone is the name of a figure in them."""
    return (row for row in _said(folder, _REFUSED) if isinstance(row[1], str) and " " in row[1])


def _names() -> list[str]:
    """Return the names that a new desk begins with and that pages say in the reader's language."""
    labels = [field.label for field in CATALOGUE.values() if field.label]
    registers = [noun.register for noun in NOUNS]
    kinds = [register.noun.replace("_", " ") for register in registers]
    unique = [field.replace("_", " ") for register in registers for field in register.unique]
    choices = [choice for field in CATALOGUE.values() for choice in field.choices]
    codes = [code.replace("_", " ") for code in (*choices, *Outcome)]
    return [status.name for status in DEFAULT_STATUSES] + labels + kinds + unique + codes


def _titles(family: type[CasedeskError] = CasedeskError) -> list[str]:
    """Return the title of every error that a person may meet."""
    below = [title for each in family.__subclasses__() for title in _titles(each)]
    return below if family is Unusable else [family.title, *below]


def path_of(language: str) -> Path:
    """Return the file of a language."""
    return LOCALES / language / "LC_MESSAGES" / "casedesk.po"


def known(language: str) -> Catalog:
    """Return what is translated into a language so far."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Return the words that a language's file lacks, that are unsure there, or that the program says no more."""
    wanted, have = found(), known(language)
    ids = {(message.id, message.context) for message in wanted}
    lacking = [str(message.id) for message in wanted if message.id and not _is_said(have, message)]
    gone = [message.id for message in have if message.id and (message.id, message.context) not in ids]
    return lacking + [f"no longer said: {each}" for each in gone]


def update(language: str) -> Path:
    """Bring the file of a language up to date: new words come without a translation, old ones go."""
    path = path_of(language)
    wanted = found()
    catalog = known(language) if path.exists() else Catalog(locale=language)
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = HEADER % {"language": language}
    out = BytesIO()
    write_po(out, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)
    # Dates and names of tools would make a change out of every run.
    kept = [line for line in out.getvalue().decode().splitlines() if not line.startswith(_NOISE)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(kept) + "\n", "utf-8")
    return path


def _is_said(catalog: Catalog, wanted: Message) -> bool:
    message = catalog.get(wanted.id if isinstance(wanted.id, str) else wanted.id[0], wanted.context)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> None:
    """Bring every language up to date and say what is left to translate."""
    for language in LANGUAGES:
        print(f"{update(language).relative_to(ROOT)}: {len(missing(language))} of {len(found())} not translated")


if __name__ == "__main__":
    main()
