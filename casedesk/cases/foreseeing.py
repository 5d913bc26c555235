"""What would be decided for a case about to be made: said to an agent or a customer before they send it.

By the very functions that make a case (`creating.decide`); nothing is written and no incident is counted.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk import permissions
from casedesk.accounts import recognising
from casedesk.accounts.recognising import Company, Person
from casedesk.cases import creating, deciding, fields
from casedesk.cases.creating import Decided, NewCase
from casedesk.cases.shapes import DecisionView, QueueRef, UserRef
from casedesk.database import reading
from casedesk.entitlements.verifying import InstalledAsset
from casedesk.errors import Invalid, NotFound
from casedesk.identity import Actor, ActorKind
from casedesk.permissions import Permission
from casedesk.queues import known
from casedesk.rules.entitlement import Verdict
from casedesk.rules.milestones import MilestoneKind
from casedesk.users import directory

_RESPONSES = (MilestoneKind.FIRST_RESPONSE.value, MilestoneKind.NEXT_RESPONSE.value)


@dataclass(frozen=True, slots=True)
class Promised:
    """A milestone that would begin with the case."""

    kind: str
    name: str
    minutes: int
    hours: str
    target_at: datetime


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would be decided at `at`; `entitlement` and `assignment` carry the sentence and the trace that say why.

    `person`, `company` and `asset` are those the case would be about (a serial in the words finds the asset), None
    where there are none. `milestones` is empty where nobody is promised anything.
    """

    at: datetime
    person: Person | None
    company: Company | None
    asset: InstalledAsset | None
    verdict: Verdict
    entitlement: DecisionView
    queue: QueueRef
    assignment: DecisionView
    owner: UserRef | None
    priority: str
    tags: tuple[str, ...]
    milestones: tuple[Promised, ...]

    @property
    def first_response(self) -> Promised | None:
        """Return the promise of a first answer, None where none is given."""
        return next((each for each in self.milestones if each.kind in _RESPONSES), None)


async def foresee(new: NewCase, *, by: Actor) -> Foreseen:
    """Return what would be decided for this case now. Words may still be missing; a contact may ask only for themselves.

    An address nobody has is answered as the contact it would become. Raises NotFound without the right to make the
    case, Invalid for ids that lead nowhere and choices there are not.
    """
    permissions.require(by, Permission.CASE_CREATE)
    if by.kind is ActorKind.CONTACT and new.contact_id != by.id:
        raise NotFound
    fields.check_values({name: given for name in ("priority", "type") if (given := getattr(new, name)) is not None})
    async with reading():
        opening = await creating.opening_of(new, await _person(new), by=by)
        return await _told(await creating.decide(opening, by=by))


async def _person(new: NewCase) -> Person | None:
    if new.contact_id is not None:
        person = await recognising.find_by_id(new.contact_id)
        if person is None:
            raise Invalid.field("contact.id", "there is no such contact")
        return person
    return await recognising.foreseen(new.contact_email, new.contact_name or "") if new.contact_email else None


async def _told(decided: Decided) -> Foreseen:
    case = decided.case
    queue = await known.by_key(decided.routed.outcome)
    owner = await directory.find_user(case.owner_id) if case.owner_id else None
    return Foreseen(
        at=decided.at,
        person=decided.person,
        company=decided.company,
        asset=decided.asset if case.asset_id else None,
        verdict=decided.verdict,
        entitlement=await deciding.foretold(deciding.entitlement(decided.verdict), decided.at),
        queue=QueueRef(queue.id, queue.key, queue.name),
        assignment=await deciding.foretold(decided.routed, decided.at),
        owner=UserRef(owner.id, owner.name, owner.email) if owner else None,
        priority=case.priority,
        tags=tuple(case.tags),
        milestones=tuple(
            Promised(row.kind, row.name, row.minutes, row.hours, row.target_at) for row in decided.planned
        ),
    )
