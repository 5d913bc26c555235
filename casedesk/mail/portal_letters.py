"""The first words of the letters a portal sends by itself: links that work once, and news about one's own account.

None of them holds a word that was typed by whoever asked: a stranger may type any address, and any name beside it.
"""

from casedesk.mail.first_letters import FirstLetter, letter

CONFIRM = "portal_confirm"
SIGN_IN = "portal_sign_in"
RESET = "portal_reset"
INVITATION = "portal_invitation"
ADDRESS = "portal_address"
CASE = "portal_case"
PASSWORD_CHANGED = "portal_password_changed"  # noqa: S105

PORTAL_LETTERS: tuple[FirstLetter, ...] = (
    letter(
        CONFIRM,
        "en",
        "Confirm your address for {{ desk.name }}",
        """
        Hello,

        somebody, probably you, asked for an account at {{ desk.name }} with this address. Open this link to confirm \
that it is yours, and your account is ready:

        {{ link.url }}

        The link works once, for 30 minutes. If it was not you, do nothing: without the link there is no account.

        {{ desk.name }}
        """,
    ),
    letter(
        CONFIRM,
        "de",
        "Bestätigen Sie Ihre Adresse für {{ desk.name }}",
        """
        Guten Tag,

        jemand, vermutlich Sie, möchte mit dieser Adresse ein Konto bei {{ desk.name }}. Öffnen Sie diesen Link und \
bestätigen Sie, dass sie Ihnen gehört; dann ist Ihr Konto bereit:

        {{ link.url }}

        Der Link gilt einmal und 30 Minuten lang. Waren Sie es nicht, tun Sie nichts: Ohne den Link entsteht kein Konto.

        {{ desk.name }}
        """,
    ),
    letter(
        SIGN_IN,
        "en",
        "Your sign-in link for {{ desk.name }}",
        """
        Hello {{ contact.name }},

        here is your link to sign in to {{ desk.name }}:

        {{ link.url }}

        It works once, for 30 minutes. If you did not ask for it, ignore this mail: nobody can sign in without it.

        {{ desk.name }}
        """,
    ),
    letter(
        SIGN_IN,
        "de",
        "Ihr Anmeldelink für {{ desk.name }}",
        """
        Guten Tag {{ contact.name }},

        mit diesem Link melden Sie sich bei {{ desk.name }} an:

        {{ link.url }}

        Er gilt einmal und 30 Minuten lang. Haben Sie ihn nicht angefordert, beachten Sie diese Mail nicht weiter: Ohne \
sie kann sich niemand anmelden.

        {{ desk.name }}
        """,
    ),
    letter(
        RESET,
        "en",
        "Set a new password for {{ desk.name }}",
        """
        Hello {{ contact.name }},

        with this link you set a new password for {{ desk.name }}:

        {{ link.url }}

        It works once, for 30 minutes, and ends your other sessions. If you did not ask for it, ignore this mail: your \
password stays as it is.

        {{ desk.name }}
        """,
    ),
    letter(
        RESET,
        "de",
        "Neues Passwort für {{ desk.name }}",
        """
        Guten Tag {{ contact.name }},

        mit diesem Link vergeben Sie ein neues Passwort für {{ desk.name }}:

        {{ link.url }}

        Er gilt einmal und 30 Minuten lang und beendet Ihre anderen Sitzungen. Haben Sie ihn nicht angefordert, beachten \
Sie diese Mail nicht weiter: Ihr Passwort bleibt, wie es ist.

        {{ desk.name }}
        """,
    ),
    letter(
        INVITATION,
        "en",
        "Your account at {{ desk.name }}",
        """
        Hello {{ contact.name }},

        we have prepared an account for you at {{ desk.name }}. There you see your cases, ask for help and find solutions. \
Open this link to begin:

        {{ link.url }}

        It works once, for 72 hours. After that, ask for a new one on the sign-in page.

        {{ desk.name }}
        """,
    ),
    letter(
        INVITATION,
        "de",
        "Ihr Konto bei {{ desk.name }}",
        """
        Guten Tag {{ contact.name }},

        wir haben ein Konto bei {{ desk.name }} für Sie vorbereitet. Dort sehen Sie Ihre Fälle, bitten um Hilfe und finden \
Lösungen. Mit diesem Link geht es los:

        {{ link.url }}

        Er gilt einmal und 72 Stunden lang. Danach fordern Sie auf der Anmeldeseite einen neuen an.

        {{ desk.name }}
        """,
    ),
    letter(
        ADDRESS,
        "en",
        "Confirm this address for {{ desk.name }}",
        """
        Hello,

        somebody, probably you, added this address to an account at {{ desk.name }}. Open this link to confirm that it is \
yours; until then it counts for nothing:

        {{ link.url }}

        The link works once, for 30 minutes. If it was not you, do nothing.

        {{ desk.name }}
        """,
    ),
    letter(
        ADDRESS,
        "de",
        "Bestätigen Sie diese Adresse für {{ desk.name }}",
        """
        Guten Tag,

        jemand, vermutlich Sie, hat diese Adresse einem Konto bei {{ desk.name }} hinzugefügt. Öffnen Sie diesen Link und \
bestätigen Sie, dass sie Ihnen gehört; bis dahin zählt sie nicht:

        {{ link.url }}

        Der Link gilt einmal und 30 Minuten lang. Waren Sie es nicht, tun Sie nichts.

        {{ desk.name }}
        """,
    ),
    letter(
        CASE,
        "en",
        "The link to your case at {{ desk.name }}",
        """
        Hello {{ contact.name }},

        here is a new link to your case:

        {{ link.url }}

        It opens this one case without an account, for 30 days. Do not pass it on: who has it can read and answer.

        {{ desk.name }}
        """,
    ),
    letter(
        CASE,
        "de",
        "Der Link zu Ihrem Fall bei {{ desk.name }}",
        """
        Guten Tag {{ contact.name }},

        hier ist ein neuer Link zu Ihrem Fall:

        {{ link.url }}

        Er öffnet diesen einen Fall ohne Konto, 30 Tage lang. Geben Sie ihn nicht weiter: Wer ihn hat, kann lesen und \
antworten.

        {{ desk.name }}
        """,
    ),
    letter(
        PASSWORD_CHANGED,
        "en",
        "Your password for {{ desk.name }} was changed",
        """
        Hello {{ contact.name }},

        your password for {{ desk.name }} was changed, and your other sessions have ended. If it was not you, set a new one \
at once:

        {{ link.url }}

        {{ desk.name }}
        """,
    ),
    letter(
        PASSWORD_CHANGED,
        "de",
        "Ihr Passwort für {{ desk.name }} wurde geändert",
        """
        Guten Tag {{ contact.name }},

        Ihr Passwort für {{ desk.name }} wurde geändert, Ihre anderen Sitzungen sind beendet. Waren Sie es nicht, vergeben \
Sie bitte sofort ein neues:

        {{ link.url }}

        {{ desk.name }}
        """,
    ),
)

PORTAL_KEYS = frozenset(each.key for each in PORTAL_LETTERS)
