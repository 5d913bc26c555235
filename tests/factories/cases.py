"""Cases and words on them: every maker says only what matters here."""

from casedesk.cases import conversing, creating
from casedesk.cases.conversing import Said
from casedesk.cases.creating import NewCase
from casedesk.cases.models import Case, Message
from casedesk.cases.shapes import CaseView
from casedesk.database import transaction
from casedesk.identity import Actor
from tests.world import Customer


async def a_case(by: Actor, contact: Customer | None = None, **given: object) -> CaseView:
    """Log a case for `contact` and return it."""
    usual: dict[str, object] = {
        "subject": "The gateway stays red",
        "description": "Since this morning.",
        "origin": "web",
    }
    if contact is not None:
        usual["contact_id"] = contact.id
    return await creating.create_case(NewCase(**{**usual, **given}), by=by)


async def customer_writes(case: CaseView, text: str = "It is still red.", **given: object) -> Message:
    """Add a customer's message to a case."""
    email = case.contact.email if case.contact else "somebody@elsewhere.example"
    contact_id = case.contact.id if case.contact else None
    async with transaction():
        said = Said(text, author_email=email, contact_id=contact_id, **given)
        return await conversing.add_customer_message(case.id, said)


async def row_of(case: CaseView) -> Case:
    """Return the row of a case as it is now."""
    return await Case.get(id=case.id)
