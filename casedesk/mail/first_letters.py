"""The letters a new desk begins with, in English and German; afterwards they are rows that a manager edits."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True, slots=True)
class FirstLetter:
    """A letter as it is first written down."""

    key: str
    language: str
    subject: str
    text: str


def letter(key: str, language: str, subject: str, text: str) -> FirstLetter:
    """Return a letter, its text freed from the indentation it has in the code."""
    # A backslash at a line's end joins it with the next one: paragraphs are lines of their own in mail.
    return FirstLetter(key, language, subject, dedent(text).lstrip("\n"))


FIRST_LETTERS = (
    letter(
        "acknowledgement",
        "en",
        "We have your message [{{ case.number }}]",
        """
        Hello {{ contact.name }},

        thank you for writing to us. Your message has arrived as case {{ case.number }}. {{ promise }}

        {{ solutions }}

        To add something, just answer this mail.

        {{ case.url }}

        {{ desk.name }}
        """,
    ),
    letter(
        "acknowledgement",
        "de",
        "Ihre Nachricht ist da [{{ case.number }}]",
        """
        Guten Tag {{ contact.name }},

        vielen Dank für Ihre Nachricht. Sie ist als Fall {{ case.number }} eingegangen. {{ promise }}

        {{ solutions }}

        Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.

        {{ case.url }}

        {{ desk.name }}
        """,
    ),
    letter(
        "review_acknowledgement",
        "en",
        "We have your message [{{ case.number }}]",
        """
        Hello {{ contact.name }},

        thank you for writing to us. Your message has arrived as case {{ case.number }}.

        We could not find a support contract for your address. A colleague looks at your message and tells you how \
we can help. If you know your serial number, contract or company account number, please send it by answering this mail.

        {{ solutions }}

        {{ desk.name }}
        """,
    ),
    letter(
        "review_acknowledgement",
        "de",
        "Ihre Nachricht ist da [{{ case.number }}]",
        """
        Guten Tag {{ contact.name }},

        vielen Dank für Ihre Nachricht. Sie ist als Fall {{ case.number }} eingegangen.

        Zu Ihrer Adresse haben wir keinen Servicevertrag gefunden. Jemand von uns sieht sich Ihre Nachricht an und sagt \
Ihnen, wie wir helfen können. Wenn Sie Seriennummer, Vertrag oder Kundennummer kennen, antworten Sie bitte mit dieser Angabe.

        {{ solutions }}

        {{ desk.name }}
        """,
    ),
    letter(
        "survey",
        "en",
        "How did we do? [{{ case.number }}]",
        """
        Hello {{ contact.name }},

        your case {{ case.number }} is resolved. How did we do? One click and, if you like, a few words:

        {{ survey.url }}

        If it is not resolved after all, just answer this mail.

        {{ desk.name }}
        """,
    ),
    letter(
        "survey",
        "de",
        "Wie waren wir? [{{ case.number }}]",
        """
        Guten Tag {{ contact.name }},

        Ihr Fall {{ case.number }} ist gelöst. Wie waren wir? Ein Klick und, wenn Sie mögen, ein paar Worte:

        {{ survey.url }}

        Falls er doch nicht gelöst ist, antworten Sie einfach auf diese Mail.

        {{ desk.name }}
        """,
    ),
    letter(
        "news",
        "en",
        "News about case {{ case.number }}",
        """
        Hello {{ contact.name }},

        there is news about case {{ case.number }}, which you follow. Read it here:

        {{ case.url }}

        You can stop following it there.

        {{ desk.name }}
        """,
    ),
    letter(
        "news",
        "de",
        "Neues zum Fall {{ case.number }}",
        """
        Guten Tag {{ contact.name }},

        es gibt Neues zum Fall {{ case.number }}, dem Sie folgen. Lesen Sie es hier:

        {{ case.url }}

        Dort können Sie auch aufhören, ihm zu folgen.

        {{ desk.name }}
        """,
    ),
)
