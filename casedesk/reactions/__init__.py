"""What follows an event: the whole table on one screen.

Reactions run after the commit, in their own time, never in the way of a case. Each is safe twice: it looks first whether
what it would do was done. One that fails gets a row, back-off, and at last a dead letter.
"""

from collections.abc import Awaitable, Callable, Mapping

from casedesk.events import EventName
from casedesk.journal.pending import Happened
from casedesk.reactions import acknowledging, crediting, linking, news, notifying, sending, surveying, tasking

Reaction = Callable[[Happened], Awaitable[None]]

SUBSCRIBERS: Mapping[EventName, Mapping[str, Reaction]] = {
    EventName.CASE_CREATED: {"acknowledge": acknowledging.acknowledge, "tell_owner": notifying.tell_new_owner},
    EventName.MESSAGE_RECEIVED: {
        "tell_owner": notifying.tell_of_message,
        "tell_who_logged": notifying.tell_who_logged,
    },
    EventName.CASE_ASSIGNED: {"tell_owner": notifying.tell_new_owner},
    EventName.REPLY_SENT: {"tell_who_logged": notifying.tell_who_logged, "tell_followers": news.tell_followers},
    EventName.CASE_RESOLVED: {
        "survey": surveying.send_survey,
        "credit_solution": crediting.credit_solution,
        "tell_who_logged": notifying.tell_who_logged,
        "tell_followers": news.tell_followers,
    },
    EventName.CASE_CLOSED: {
        "credit_solution": crediting.credit_solution,
        "tell_who_logged": notifying.tell_who_logged,
    },
    EventName.MAIL_FAILED: {"tell_owner": notifying.tell_of_message},
    EventName.MAIL_BOUNCED: {"tell_owner": notifying.tell_of_message},
    EventName.NOTIFICATION_ASKED_FOR: {"tell": notifying.tell_those_asked_for, "send_letter": sending.send_letter},
    EventName.PORTAL_LINK_ASKED: {"send_link": linking.send_link},
    EventName.TASK_ASKED_FOR: {"add_task": tasking.add_task},
}


def reactions_to(name: str) -> Mapping[str, Reaction]:
    """Return the reactions to an event by name; none for one that nothing follows."""
    return SUBSCRIBERS.get(EventName(name), {})
