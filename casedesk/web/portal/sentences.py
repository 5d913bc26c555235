"""What is wrong with a form, in whole sentences by field: abilities name the fault, a customer reads what to do."""

from collections.abc import Mapping

from casedesk.errors import Invalid
from casedesk.language import gettext as _
from casedesk.security import passwords
from casedesk.web import refusals


def by_field(wrong: Invalid) -> dict[str, str]:
    """Return one sentence for each wrong field."""
    known = _known()
    return {
        each.field: known.get((each.field, _kind(each.message))) or refusals.sentence(each.message)
        for each in wrong.problems
    }


def _kind(message: str) -> str:
    return "empty" if message == "must be filled in" else "wrong"


def _known() -> Mapping[tuple[str, str], str]:
    length = _("A password has %(least)s to %(most)s characters.") % {
        "least": passwords.SHORTEST,
        "most": passwords.LONGEST,
    }
    return {
        ("email", "empty"): _("Give your mail address."),
        ("email", "wrong"): _("Give an address such as ann@example.com."),
        ("name", "empty"): _("Give your name."),
        ("password", "wrong"): length,
        ("new", "wrong"): length,
        ("old", "wrong"): _("This is not your present password."),
        ("time_zone", "wrong"): _("Give a name such as Europe/Paris."),
    }
