"""Who may read which solution: one answer for pages, API, search, counts, suggestions and letters."""

from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from casedesk.fulltext import stemming
from casedesk.identity import Actor, ActorKind
from casedesk.permissions import Permission, can
from knowledge.solution import Status, Visibility


class Audience(StrEnum):
    """Who reads: everybody, customers who signed in, staff."""

    PUBLIC = "public"
    PORTAL = "portal"
    STAFF = "staff"


_READS: dict[Audience, tuple[Visibility, ...]] = {
    Audience.PUBLIC: (Visibility.PUBLIC,),
    Audience.PORTAL: (Visibility.PUBLIC, Visibility.PORTAL),
    Audience.STAFF: tuple(Visibility),
}
_WRITTEN = "written"


def audience_of(actor: Actor | None) -> Audience:
    """Return as whom an actor reads; a stranger and staff without the right to read are the public."""
    if actor is not None and actor.kind is ActorKind.CONTACT:
        return Audience.PORTAL
    return Audience.STAFF if can(actor, Permission.SOLUTION_READ) else Audience.PUBLIC


def published_for(audience: Audience, prefix: str = "") -> Q:
    """Return the condition on solutions that this audience may be offered: published, and meant for it.

    `prefix` is the way to the solution from rows that belong to one, such as "solution__".
    """
    condition: dict[str, Any] = {f"{prefix}status": Status.PUBLISHED, f"{prefix}visibility__in": _READS[audience]}
    return Q(**condition)


def readable_by(audience: Audience) -> Q:
    """Return the condition on solutions that this audience may open and list: staff also see what is being written."""
    return Q() if audience is Audience.STAFF else published_for(audience)


def labels_of(status: str, visibility: str) -> frozenset[str]:
    """Return the labels a solution bears in the index; none when it is in nobody's search."""
    if status == Status.ARCHIVED:
        return frozenset()
    labels = {_WRITTEN}
    if status == Status.PUBLISHED:
        labels |= {offered_label(audience) for audience, visible in _READS.items() if visibility in visible}
    return frozenset(labels)


def offered_label(audience: Audience) -> str:
    """Return the label borne by what `published_for` lets through."""
    return f"for-{audience.value}"


def listed_label(audience: Audience) -> str:
    """Return the label borne by what `readable_by` lets through, archived solutions aside."""
    return _WRITTEN if audience is Audience.STAFF else offered_label(audience)


def speaks(language: str | None, solution_language: str) -> bool:
    """Say whether a reader of `language` (None: not known) reads a solution in its own language."""
    return language is None or stemming.language_of(language) == stemming.language_of(solution_language)
