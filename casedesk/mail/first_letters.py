"""The letters a new desk begins with, in English and German; afterwards they are rows that a manager edits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstLetter:
    """A letter as it is first written down."""

    key: str
    language: str
    subject: str
    text: str


FIRST_LETTERS = (
    FirstLetter(
        "acknowledgement",
        "en",
        "We have your message [{{ case.number }}]",
        "Hello {{ contact.name }},\n\nthank you for writing to us. Your message has arrived as case {{ case.number }}. {{ promise }}\n\n"
        "{{ solutions }}\n\nTo add something, just answer this mail.\n\n{{ desk.name }}\n",
    ),
    FirstLetter(
        "acknowledgement",
        "de",
        "Ihre Nachricht ist da [{{ case.number }}]",
        "Guten Tag {{ contact.name }},\n\nvielen Dank für Ihre Nachricht. Sie ist als Fall {{ case.number }} eingegangen. {{ promise }}\n\n"
        "{{ solutions }}\n\nWenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.\n\n{{ desk.name }}\n",
    ),
    FirstLetter(
        "review_acknowledgement",
        "en",
        "We have your message [{{ case.number }}]",
        "Hello {{ contact.name }},\n\nthank you for writing to us. Your message has arrived as case {{ case.number }}.\n\n"
        "We could not find a support contract for your address. A colleague looks at your message and tells you how we can "
        "help. If you know your serial number, contract or company account number, please send it by answering this mail.\n\n"
        "{{ solutions }}\n\n{{ desk.name }}\n",
    ),
    FirstLetter(
        "review_acknowledgement",
        "de",
        "Ihre Nachricht ist da [{{ case.number }}]",
        "Guten Tag {{ contact.name }},\n\nvielen Dank für Ihre Nachricht. Sie ist als Fall {{ case.number }} eingegangen.\n\n"
        "Zu Ihrer Adresse haben wir keinen Servicevertrag gefunden. Eine Kollegin sieht sich Ihre Nachricht an und sagt Ihnen, "
        "wie wir helfen können. Wenn Sie Seriennummer, Vertrag oder Kundennummer kennen, antworten Sie bitte mit dieser Angabe.\n\n"
        "{{ solutions }}\n\n{{ desk.name }}\n",
    ),
    FirstLetter(
        "survey",
        "en",
        "How did we do? [{{ case.number }}]",
        "Hello {{ contact.name }},\n\nyour case {{ case.number }} is resolved. How did we do? One click and, if you like, a few words:\n\n"
        "{{ survey.url }}\n\nIf it is not resolved after all, just answer this mail.\n\n{{ desk.name }}\n",
    ),
    FirstLetter(
        "survey",
        "de",
        "Wie waren wir? [{{ case.number }}]",
        "Guten Tag {{ contact.name }},\n\nIhr Fall {{ case.number }} ist gelöst. Wie waren wir? Ein Klick und, wenn Sie mögen, ein paar Worte:\n\n"
        "{{ survey.url }}\n\nFalls er doch nicht gelöst ist, antworten Sie einfach auf diese Mail.\n\n{{ desk.name }}\n",
    ),
)
