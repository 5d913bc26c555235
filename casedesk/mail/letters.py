"""What the mail templates are handed, and the two halves (text, HTML) that come out; sending them is not done here."""

from dataclasses import dataclass

from markupsafe import Markup

from casedesk.rendering import render


@dataclass(frozen=True, slots=True)
class OfferedSolution:
    """A solution a stranger may read: title, absolute address, one sentence."""

    title: str
    url: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementLetter:
    """We have it. `greeting` is a name or empty (an unverified sender), `promise` a whole sentence or empty."""

    subject: str
    desk: str
    number: str
    greeting: str = ""
    promise: str = ""
    solutions: tuple[OfferedSolution, ...] = ()
    case_url: str = ""


@dataclass(frozen=True, slots=True)
class ReplyLetter:
    """An agent's words. `body` and `quoted` are cleaned markup, `text` and `quoted_text` the same in plain text."""

    subject: str
    desk: str
    number: str
    text: str
    body: Markup
    author: str = ""
    quoted_from: str = ""
    quoted: Markup | None = None
    quoted_text: str = ""


@dataclass(frozen=True, slots=True)
class ScoreLink:
    """One face of the survey: its words and the address that opens the landing with it chosen."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SurveyLetter:
    """How did we do? The links store nothing by being opened."""

    subject: str
    desk: str
    number: str
    scores: tuple[ScoreLink, ...]
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class Halves:
    """A letter as plain text and as HTML."""

    text: str
    html: str


def acknowledgement(letter: AcknowledgementLetter) -> Halves:
    """Write the answer to a new case that is covered."""
    return _write("acknowledgement", letter)


def review_acknowledgement(letter: AcknowledgementLetter) -> Halves:
    """Write the answer to a new case whose service could not be found; `promise` is not said."""
    return _write("review_acknowledgement", letter)


def reply(letter: ReplyLetter) -> Halves:
    """Write an agent's reply."""
    return _write("reply", letter)


def survey(letter: SurveyLetter) -> Halves:
    """Write the question after a case was resolved."""
    return _write("survey", letter)


def _write(name: str, letter: object) -> Halves:
    return Halves(render(f"mail/{name}.txt", letter=letter).strip() + "\n", render(f"mail/{name}.html", letter=letter))
