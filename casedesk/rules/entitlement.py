"""Is this customer entitled to support, at which level, and why: contracts, entitlements, warranty, the person asking.

A verdict never loses a case: whoever is not covered is still served by the process the policy names, and reviewed.
Finding contact, account and asset does not belong here.

The published order. Every entitlement of the account, every running contract that has no entitlement of its own, and
the warranty of the asset is a candidate; each is tried and keeps its reasons. The best one decides, compared by
1. outcome: covered, then limited, then grace, then not covered;
2. made for this very asset before made for any;
3. level, highest first;
4. naming this contact before open to all;
5. without counting incidents before counting them, so that a pack is not used up in vain;
6. contract or entitlement before warranty;
7. ending last;
8. the oldest id.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from casedesk.rules.conditions import fold
from casedesk.rules.reasons import Reason, ReasonCode


class Outcome(StrEnum):
    """What the verdict is."""

    COVERED = "covered"
    LIMITED = "limited"
    GRACE = "grace"
    NOT_COVERED = "not_covered"
    UNKNOWN = "unknown"


class EntitlementStatus(StrEnum):
    """The same in one word for programs and rules."""

    ENTITLED = "entitled"
    UNENTITLED = "unentitled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Who asks; no account means that the case's account was found another way (its listed domain)."""

    id: int
    account_id: int | None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The case's account."""

    id: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A service contract; both dates are included."""

    id: int
    account_id: int
    name: str
    level: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EntitlementFacts:
    """Who may get which support until when.

    Both dates are included; no contract means that its own dates are all; no asset means every asset;
    `named_contacts` None means every contact of the account; `incidents_allowed` None means any number.
    """

    id: int
    account_id: int
    level: str
    starts_on: date
    ends_on: date
    process: str
    contract_id: int | None = None
    asset_id: int | None = None
    named_contacts: frozenset[int] | None = None
    incidents_allowed: int | None = None
    incidents_used: int = 0


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """The installed product the case is about; `warranty_until` is included, None means no warranty."""

    id: int
    serial: str
    account_id: int
    warranty_until: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a desk grants.

    `grace_days` after the end; `levels` from lowest to highest, others rank as standard; `processes` are the keys
    there are: a level's process is the one named like it, else `standard_process`. `uncovered_process` serves those
    who are not covered or not known, None gives them no clocks.
    """

    grace_days: int = 14
    levels: tuple[str, ...] = ("warranty", "standard", "premier")
    processes: frozenset[str] = frozenset({"standard", "premier", "warranty"})
    standard_level: str = "standard"
    standard_process: str = "standard"
    warranty_level: str = "warranty"
    uncovered_process: str | None = "standard"


@dataclass(frozen=True, slots=True)
class EntitlementQuestion:
    """Everything a verdict looks at; `today` is the date in the account's zone."""

    today: date
    contact: ContactFacts | None = None
    account: AccountFacts | None = None
    entitlements: tuple[EntitlementFacts, ...] = ()
    contracts: tuple[ContractFacts, ...] = ()
    asset: AssetFacts | None = None
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that might have entitled the customer, and what came of it; `name` says which one in words."""

    name: str
    outcome: Outcome
    level: str
    reasons: tuple[Reason, ...]
    entitlement_id: int | None = None
    contract_id: int | None = None
    process: str | None = None
    asset_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the customer gets and why.

    `level` is None when not covered or unknown; `process` is the key to run, None for no clocks; `entitlement_id` is
    the entitlement that decided (its incident is used), None for a bare contract, a warranty or nothing; `asset_id`
    is the case's asset if it is the account's. `candidates` are all that were tried, best first.
    """

    outcome: Outcome
    level: str | None = None
    entitlement_id: int | None = None
    contract_id: int | None = None
    process: str | None = None
    asset_id: int | None = None
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def status(self) -> EntitlementStatus:
        """The outcome in the API's word."""
        return status_of(self.outcome)


_STATUS = {
    Outcome.COVERED: EntitlementStatus.ENTITLED,
    Outcome.LIMITED: EntitlementStatus.ENTITLED,
    Outcome.GRACE: EntitlementStatus.ENTITLED,
    Outcome.NOT_COVERED: EntitlementStatus.UNENTITLED,
    Outcome.UNKNOWN: EntitlementStatus.UNKNOWN,
}
_RANK = {Outcome.COVERED: 0, Outcome.LIMITED: 1, Outcome.GRACE: 2, Outcome.NOT_COVERED: 3}

_FORGIVEN = {ReasonCode.CONTACT_NAMED, ReasonCode.CONTACT_OF_ACCOUNT, ReasonCode.ASSET_NOT_NAMED}


def status_of(outcome: Outcome) -> EntitlementStatus:
    """Return the API's word for `outcome`: covered, limited and grace are entitled."""
    return _STATUS[outcome]


def decide(question: EntitlementQuestion) -> Verdict:
    """Return the verdict on a customer's question, with the reasons of the candidate that decided.

    A limited verdict is served at the standard level and process; grace at the level that ended.
    """
    policy, account = question.policy, question.account
    if account is None:
        reasons: tuple[Reason, ...] = (Reason(ReasonCode.ACCOUNT_KNOWN, held=False),)
        return Verdict(Outcome.UNKNOWN, process=policy.uncovered_process, reasons=reasons)
    known = Reason(ReasonCode.ACCOUNT_KNOWN, held=True, params={"account": account.name})
    ranked = sorted(_try_all(question, account), key=lambda tried: tried[0])
    candidates = tuple(candidate for _, candidate in ranked)
    asset = question.asset
    asset_id = asset.id if asset is not None and asset.account_id == account.id else None
    if not candidates:
        reasons = (known, Reason(ReasonCode.HAS_CANDIDATES, held=False, params={"account": account.name}))
        return Verdict(Outcome.NOT_COVERED, process=policy.uncovered_process, asset_id=asset_id, reasons=reasons)
    best = candidates[0]
    reasons = (known, *best.reasons)
    if best.outcome is Outcome.NOT_COVERED:
        return Verdict(
            best.outcome, process=policy.uncovered_process, asset_id=asset_id, reasons=reasons, candidates=candidates
        )
    limited = best.outcome is Outcome.LIMITED
    return Verdict(
        outcome=best.outcome,
        level=policy.standard_level if limited else best.level,
        entitlement_id=best.entitlement_id,
        contract_id=best.contract_id,
        process=policy.standard_process if limited else best.process,
        asset_id=asset_id,
        reasons=reasons,
        candidates=candidates,
    )


_Rank = tuple[int, ...]


def _try_all(question: EntitlementQuestion, account: AccountFacts) -> list[tuple[_Rank, Candidate]]:
    contracts = {contract.id: contract for contract in question.contracts if contract.account_id == account.id}
    entitlements = [entitlement for entitlement in question.entitlements if entitlement.account_id == account.id]
    narrowed = {entitlement.contract_id for entitlement in entitlements}
    tried = [
        _try_entitlement(entitlement, contracts.get(entitlement.contract_id or 0), question, account)
        for entitlement in entitlements
    ]
    # A contract whose terms no entitlement narrows grants its level to every contact and asset of the account.
    for contract in contracts.values():
        if contract.id not in narrowed:
            tried.append(_try_contract(contract, question, account))
    if question.asset is not None and question.asset.warranty_until is not None:
        tried.append(_try_warranty(question.asset, question, account))
    return tried


def _try_entitlement(
    entitlement: EntitlementFacts, contract: ContractFacts | None, question: EntitlementQuestion, account: AccountFacts
) -> tuple[_Rank, Candidate]:
    reasons = _period_reasons(entitlement, contract, question)
    reasons.extend(_asset_reasons(entitlement.asset_id, question.asset))
    reasons.append(_contact_reason(entitlement.named_contacts, question.contact, account))
    if entitlement.incidents_allowed is not None:
        left = entitlement.incidents_allowed - entitlement.incidents_used
        params: dict[str, str | int] = {"left": max(left, 0), "allowed": entitlement.incidents_allowed}
        reasons.append(Reason(ReasonCode.INCIDENTS_LEFT, held=left > 0, params=params))
    candidate = Candidate(
        name=f"entitlement {entitlement.id} ({entitlement.level})",
        outcome=_outcome(reasons),
        level=entitlement.level,
        reasons=tuple(reasons),
        entitlement_id=entitlement.id,
        contract_id=entitlement.contract_id,
        process=entitlement.process,
        asset_id=entitlement.asset_id,
    )
    ends_on = min(entitlement.ends_on, contract.ends_on) if contract else entitlement.ends_on
    rank = (
        _RANK[candidate.outcome],
        int(entitlement.asset_id is None),
        -_height(entitlement.level, question.policy),
        int(entitlement.named_contacts is None),
        int(entitlement.incidents_allowed is not None),
        0,
        -ends_on.toordinal(),
        entitlement.id,
    )
    return rank, candidate


def _try_contract(
    contract: ContractFacts, question: EntitlementQuestion, account: AccountFacts
) -> tuple[_Rank, Candidate]:
    reasons = _period_reasons(contract, None, question)
    reasons.append(_contact_reason(None, question.contact, account))
    candidate = Candidate(
        name=f"contract {contract.name}",
        outcome=_outcome(reasons),
        level=contract.level,
        reasons=tuple(reasons),
        contract_id=contract.id,
        process=_process_of(contract.level, question.policy),
    )
    height = _height(contract.level, question.policy)
    rank = (_RANK[candidate.outcome], 1, -height, 1, 0, 0, -contract.ends_on.toordinal(), contract.id)
    return rank, candidate


def _try_warranty(asset: AssetFacts, question: EntitlementQuestion, account: AccountFacts) -> tuple[_Rank, Candidate]:
    policy = question.policy
    until = asset.warranty_until or date.min
    own = asset.account_id == account.id
    reasons = [Reason(ReasonCode.ASSET_OF_ACCOUNT, held=own, params={"serial": asset.serial})]
    if own:
        valid = question.today <= until
        params: dict[str, str | int] = {"serial": asset.serial, "until": until.isoformat()}
        reasons.append(Reason(ReasonCode.UNDER_WARRANTY, held=valid, params=params))
    candidate = Candidate(
        name=f"warranty of {asset.serial}",
        outcome=Outcome.COVERED if all(reason.held for reason in reasons) else Outcome.NOT_COVERED,
        level=policy.warranty_level,
        reasons=tuple(reasons),
        process=_process_of(policy.warranty_level, policy),
        asset_id=asset.id,
    )
    # A warranty is made for its asset, yet must not outrank a contract that covers everything: it counts as for any.
    height = _height(policy.warranty_level, policy)
    return (_RANK[candidate.outcome], 1, -height, 1, 0, 1, -until.toordinal(), asset.id), candidate


def _period_reasons(
    terms: EntitlementFacts | ContractFacts, contract: ContractFacts | None, question: EntitlementQuestion
) -> list[Reason]:
    """Return whether entitlement and contract run today, and the grace after the earlier end if they do not."""
    today = question.today
    code = ReasonCode.CONTRACT_IN_PERIOD if isinstance(terms, ContractFacts) else ReasonCode.IN_PERIOD
    reasons = [_in_period(code, terms, today)]
    starts_on, ends_on = terms.starts_on, terms.ends_on
    if contract is not None:
        reasons.append(_in_period(ReasonCode.CONTRACT_IN_PERIOD, contract, today))
        starts_on, ends_on = max(starts_on, contract.starts_on), min(ends_on, contract.ends_on)
    if starts_on <= ends_on < today:
        days = question.policy.grace_days
        params: dict[str, str | int] = {"ended": ends_on.isoformat(), "days": days}
        reasons.append(Reason(ReasonCode.IN_GRACE, held=today <= ends_on + timedelta(days=days), params=params))
    return reasons


def _in_period(code: ReasonCode, terms: EntitlementFacts | ContractFacts, today: date) -> Reason:
    params: dict[str, str | int] = {
        "level": terms.level,
        "from": terms.starts_on.isoformat(),
        "until": terms.ends_on.isoformat(),
    }
    if isinstance(terms, ContractFacts):
        params["contract"] = terms.name
    return Reason(code, held=terms.starts_on <= today <= terms.ends_on, params=params)


def _asset_reasons(asset_id: int | None, asset: AssetFacts | None) -> list[Reason]:
    """Return whether the case is about what an entitlement covers; nothing is said where it covers everything."""
    if asset_id is None:
        return []
    if asset is None:
        return [Reason(ReasonCode.ASSET_NOT_NAMED, held=False)]
    return [Reason(ReasonCode.COVERS_ASSET, held=asset.id == asset_id, params={"serial": asset.serial})]


def _contact_reason(named: frozenset[int] | None, contact: ContactFacts | None, account: AccountFacts) -> Reason:
    if named is not None:
        return Reason(ReasonCode.CONTACT_NAMED, held=contact is not None and contact.id in named)
    own = contact is None or contact.account_id is None or contact.account_id == account.id
    return Reason(ReasonCode.CONTACT_OF_ACCOUNT, held=own, params={"account": account.name})


def _outcome(reasons: list[Reason]) -> Outcome:
    """Return what a candidate grants: one thing amiss may be forgiven, two are not."""
    failed = {reason.code for reason in reasons if not reason.held}
    if not failed:
        return Outcome.COVERED
    if len(failed) == 1 and failed <= _FORGIVEN:
        return Outcome.LIMITED
    in_grace = any(reason.code is ReasonCode.IN_GRACE and reason.held for reason in reasons)
    if in_grace and failed <= {ReasonCode.IN_PERIOD, ReasonCode.CONTRACT_IN_PERIOD}:
        return Outcome.GRACE
    return Outcome.NOT_COVERED


def _height(level: str, policy: Policy) -> int:
    levels = [fold(name) for name in policy.levels]
    for name in (fold(level), fold(policy.standard_level)):
        if name in levels:
            return levels.index(name)
    return 0


def _process_of(level: str, policy: Policy) -> str:
    return next((key for key in sorted(policy.processes) if fold(key) == fold(level)), policy.standard_process)
