"""The catalogue of everything that can happen: stable names, past tense, each with the sentence that explains it.

A name here is stored in the journal for good: add, never rename. What follows an event stands in `casedesk.reactions`.
"""

from enum import StrEnum


class EventName(StrEnum):
    """Names of domain events as the journal stores them."""

    CASE_CREATED = "case_created"
    MESSAGE_RECEIVED = "message_received"
    REPLY_SENT = "reply_sent"
    REPLY_UNDONE = "reply_undone"
    NOTE_ADDED = "note_added"
    CALL_LOGGED = "call_logged"
    CASE_CHANGED = "case_changed"
    CASE_ASSIGNED = "case_assigned"
    CASE_ROUTED = "case_routed"
    CASE_ENTITLED = "case_entitled"
    CASE_ESCALATED = "case_escalated"
    CASE_RESOLVED = "case_resolved"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CASE_LINKED = "case_linked"
    CASE_MERGED = "case_merged"
    MILESTONE_MET = "milestone_met"
    MILESTONE_WARNED = "milestone_warned"
    MILESTONE_MISSED = "milestone_missed"
    FORM_RELEASED = "form_released"
    MAIL_QUEUED = "mail_queued"
    MAIL_SENT = "mail_sent"
    MAIL_FAILED = "mail_failed"
    MAIL_BOUNCED = "mail_bounced"
    ACKNOWLEDGEMENT_WITHHELD = "acknowledgement_withheld"
    SURVEY_SENT = "survey_sent"
    SURVEY_ANSWERED = "survey_answered"
    SOLUTION_USED = "solution_used"
    TASK_ASKED_FOR = "task_asked_for"
    WEBHOOK_ASKED_FOR = "webhook_asked_for"
    NOTIFICATION_ASKED_FOR = "notification_asked_for"
    RECORD_CREATED = "record_created"
    RECORD_CHANGED = "record_changed"
    RECORD_DELETED = "record_deleted"
    RULES_PUBLISHED = "rules_published"
    SOLUTION_WRITTEN = "solution_written"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    CUSTOMER_REGISTERED = "customer_registered"
    ADDRESS_VERIFIED = "address_verified"
    PORTAL_ACCESS_CHANGED = "portal_access_changed"
    PORTAL_LINK_ASKED = "portal_link_asked"
    PORTAL_LINK_SENT = "portal_link_sent"
    CUSTOMER_PASSWORD_CHANGED = "customer_password_changed"  # noqa: S105
    STAFF_INVITED = "staff_invited"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105
    TOKEN_ADDED = "token_added"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105


SENTENCES: dict[EventName, str] = {
    EventName.CASE_CREATED: "A case was made; its fields as they began.",
    EventName.MESSAGE_RECEIVED: "The customer's message was added to a case.",
    EventName.REPLY_SENT: "A member of staff answered the customer; the mail may still be undone.",
    EventName.REPLY_UNDONE: "A reply was taken back before its mail left.",
    EventName.NOTE_ADDED: "An internal note was added.",
    EventName.CALL_LOGGED: "A telephone call was noted on a case.",
    EventName.CASE_CHANGED: "Fields of a case were changed.",
    EventName.CASE_ASSIGNED: "A case got another owner or queue by hand or by a rule's action.",
    EventName.CASE_ROUTED: "The assignment rules chose a queue.",
    EventName.CASE_ENTITLED: "The entitlement of a case was decided.",
    EventName.CASE_ESCALATED: "A case was escalated, by a person or by a rule.",
    EventName.CASE_RESOLVED: "A case was resolved; its clocks are met and the survey is due.",
    EventName.CASE_CLOSED: "A case was closed.",
    EventName.CASE_REOPENED: "A case was opened again.",
    EventName.CASE_LINKED: "A case was linked to another it may belong to or follows.",
    EventName.CASE_MERGED: "A case was merged into another.",
    EventName.MILESTONE_MET: "A milestone was reached in time.",
    EventName.MILESTONE_WARNED: "A milestone's warning came due.",
    EventName.MILESTONE_MISSED: "A milestone's target passed.",
    EventName.FORM_RELEASED: "A form that was held back became a case, because somebody said so.",
    EventName.MAIL_QUEUED: "A mail was put into the outbox.",
    EventName.MAIL_SENT: "The relay took a mail.",
    EventName.MAIL_FAILED: "A mail could not be delivered and is not tried again.",
    EventName.MAIL_BOUNCED: "A delivery report came back for a mail.",
    EventName.ACKNOWLEDGEMENT_WITHHELD: "No acknowledgement was sent; the reason is in the data.",
    EventName.SURVEY_SENT: "The survey was put into the outbox.",
    EventName.SURVEY_ANSWERED: "The customer answered the survey.",
    EventName.SOLUTION_USED: "A solution was put to use on a case.",
    EventName.TASK_ASKED_FOR: "A rule asked for a task.",
    EventName.WEBHOOK_ASKED_FOR: "A rule asked for a webhook to be called.",
    EventName.NOTIFICATION_ASKED_FOR: "A rule asked for somebody to be told.",
    EventName.RECORD_CREATED: "A record beside cases was made.",
    EventName.RECORD_CHANGED: "A record beside cases was changed.",
    EventName.RECORD_DELETED: "A record beside cases was deleted.",
    EventName.RULES_PUBLISHED: "A new version of a rule set was published.",
    EventName.SOLUTION_WRITTEN: "A solution was written or changed.",
    EventName.SIGNED_IN: "A member of staff signed in, or a customer at their portal.",
    EventName.SIGN_IN_REFUSED: "A sign-in was refused.",
    EventName.SIGNED_OUT: "A member of staff or a customer signed out, or their sessions were ended.",
    EventName.CUSTOMER_REGISTERED: "A customer got an account at a portal, their address being verified.",
    EventName.ADDRESS_VERIFIED: "A customer showed by a mailed link that an address is theirs.",
    EventName.PORTAL_ACCESS_CHANGED: "A customer's access to a portal was given, suspended, resumed or changed.",
    EventName.PORTAL_LINK_ASKED: "Somebody asked a portal for a mail with a link; whether one is sent is decided after.",
    EventName.PORTAL_LINK_SENT: "A link that works once was mailed to a customer; the link itself is kept nowhere.",
    EventName.CUSTOMER_PASSWORD_CHANGED: "A customer's password was set; their other sessions ended.",
    EventName.STAFF_INVITED: "A member of staff was sent a link to choose a password.",
    EventName.PASSWORD_CHOSEN: "A member of staff chose a password by such a link.",
    EventName.TOKEN_ADDED: "An API token was made.",
    EventName.TOKEN_REVOKED: "An API token was revoked.",
}
