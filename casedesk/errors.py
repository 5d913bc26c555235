"""Every error casedesk raises on purpose; each knows how HTTP and SMTP say it.

    CasedeskError                 500 / 451
    ├── NotFound                  404        absent, or not yours to see: the two look the same
    ├── Forbidden                 403        seen, but this act is not yours
    ├── SignInNeeded              401
    ├── Invalid                   422        carries (field, message) pairs
    ├── Malformed                 400        not readable at all
    ├── Conflict                  409        the state forbids it
    │   └── Stale                 412        somebody changed it meanwhile (RFC 9110 section 13.1.1)
    ├── TooMany                   429        carries seconds to wait
    ├── TooLarge                  413
    ├── Unavailable               503        busy, locked, full: try again
    └── Unusable                  start-up only: settings or data that cannot be served

Expected refusals (a verdict, a move that is not allowed in a list of choices) are decisions, not errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: `field` is its name in the request (dotted for nested ones), `message` says what would be right."""

    field: str
    message: str


class CasedeskError(Exception):
    """Base of the family. `message` is written for the person who meets it and gives nothing away."""

    http_status = 500
    title = "Something went wrong on our side"
    smtp_reply = "451 4.3.0 Temporary failure, please try again"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.title)
        self.message = message or self.title


class NotFound(CasedeskError):
    """The thing does not exist or may not be seen by this actor; nobody can tell which."""

    http_status = 404
    title = "Not found"


class Forbidden(CasedeskError):
    """The actor may see the thing but not do this to it."""

    http_status = 403
    title = "You may not do this"


class SignInNeeded(CasedeskError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    http_status = 401
    title = "Please sign in"


class Invalid(CasedeskError):
    """Input that can be read but is wrong; `problems` name each field."""

    http_status = 422
    title = "Some of this is not right"

    def __init__(self, problems: Sequence[FieldProblem], message: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(message or "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems))

    @classmethod
    def field(cls, field: str, message: str) -> "Invalid":
        """Return the error for one wrong field."""
        return cls([FieldProblem(field, message)])


class Malformed(CasedeskError):
    """Input that cannot be read at all (not JSON, not UTF-8, a broken multipart)."""

    http_status = 400
    title = "This could not be read"


class Conflict(CasedeskError):
    """The present state of the thing forbids the act."""

    http_status = 409
    title = "This cannot be done now"


class Stale(Conflict):
    """Somebody changed the thing since it was read."""

    http_status = 412
    title = "Somebody changed this meanwhile"


class TooMany(CasedeskError):
    """A limit of frequency; `retry_after` is in seconds."""

    http_status = 429
    title = "Too many tries, please wait a little"
    smtp_reply = "450 4.7.1 Too many messages, please try again later"

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class TooLarge(CasedeskError):
    """More bytes than the limit allows; the message names the limit."""

    http_status = 413
    title = "This is too large"
    smtp_reply = "552 5.3.4 Message too big"


class Unavailable(CasedeskError):
    """The database, disk or a worker cannot serve now; nothing was accepted."""

    http_status = 503
    title = "Not available at the moment, please try again"

    def __init__(self, message: str = "", *, retry_after: int = 5) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Unusable(CasedeskError):
    """The program cannot start or go on with these settings or this data; the message names the cure."""
