"""The company's policy on who is entitled to what: one row per sentence."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from casedesk.rules.entitlement import (
    AccountFacts,
    AssetFacts,
    ContactFacts,
    ContractFacts,
    EntitlementFacts,
    EntitlementQuestion,
    EntitlementStatus,
    Outcome,
    Policy,
    Verdict,
    decide,
    status_of,
)
from casedesk.rules.reasons import SENTENCES, Reason, ReasonCode

TODAY = date(2026, 11, 21)
RIDGELINE = AccountFacts(1, "Ridgeline")
ADA = ContactFacts(10, account_id=1)
BO = ContactFacts(11, account_id=1)
STRANGER_OF_ANOTHER = ContactFacts(12, account_id=2)
PUMP = AssetFacts(100, "PX-100", account_id=1, warranty_until=date(2026, 12, 31))
OLD_PUMP = AssetFacts(101, "PX-101", account_id=1, warranty_until=date(2026, 11, 20))
FOREIGN_PUMP = AssetFacts(102, "PX-102", account_id=2, warranty_until=date(2026, 12, 31))
BARE_PUMP = AssetFacts(103, "PX-103", account_id=1)


def sentence(reason: Reason) -> str:
    """Return a reason in English."""
    return SENTENCES[reason.code, reason.held] % reason.params


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def premier(**changes: Any) -> EntitlementFacts:
    terms = {
        "id": 5,
        "account_id": 1,
        "level": "premier",
        "starts_on": days(-100),
        "ends_on": days(100),
        "process": "premier",
    }
    return EntitlementFacts(**{**terms, **changes})


def contract(**changes: Any) -> ContractFacts:
    terms = {
        "id": 7,
        "account_id": 1,
        "name": "Gold 24x7",
        "level": "premier",
        "starts_on": days(-100),
        "ends_on": days(100),
    }
    return ContractFacts(**{**terms, **changes})


def ask(*entitlements: EntitlementFacts, **more: Any) -> Verdict:
    question = {"today": TODAY, "contact": ADA, "account": RIDGELINE, "entitlements": entitlements, **more}
    return decide(EntitlementQuestion(**question))


def summary(verdict: Verdict) -> tuple[str, str | None, str | None]:
    return verdict.outcome.value, verdict.level, verdict.process


COVERED = ("covered", "premier", "premier")
LIMITED = ("limited", "standard", "standard")
GRACE = ("grace", "premier", "premier")
WARRANTY = ("covered", "warranty", "warranty")
NOT_COVERED = ("not_covered", None, "standard")
UNKNOWN = ("unknown", None, "standard")


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(ask(account=None, contact=None), UNKNOWN, id="a sender nobody knows is unknown"),
        pytest.param(ask(account=None, asset=PUMP), UNKNOWN, id="a serial number alone makes nobody known"),
        pytest.param(ask(), NOT_COVERED, id="an account without anything is not covered"),
        pytest.param(ask(premier()), COVERED, id="an entitlement in its period covers every contact"),
        pytest.param(ask(premier(starts_on=TODAY, ends_on=TODAY)), COVERED, id="first and last day are included"),
        pytest.param(ask(premier(account_id=2)), NOT_COVERED, id="another account's entitlement covers nobody here"),
        pytest.param(ask(premier(starts_on=days(1))), NOT_COVERED, id="before it begins nobody is covered"),
        pytest.param(ask(premier(ends_on=days(-1))), GRACE, id="the day after the end there is grace at the old level"),
        pytest.param(ask(premier(ends_on=days(-14))), GRACE, id="two weeks after the end there is still grace"),
        pytest.param(ask(premier(ends_on=days(-15))), NOT_COVERED, id="after two weeks grace is over"),
        pytest.param(
            ask(premier(ends_on=days(-1)), policy=Policy(grace_days=0)), NOT_COVERED, id="a company may grant no grace"
        ),
        pytest.param(ask(premier(named_contacts=frozenset({10}))), COVERED, id="a named contact is covered"),
        pytest.param(
            ask(premier(named_contacts=frozenset({11}))),
            LIMITED,
            id="a colleague who is not named is served as standard",
        ),
        pytest.param(ask(premier(named_contacts=frozenset())), LIMITED, id="an empty list of names names nobody"),
        pytest.param(
            ask(premier(named_contacts=frozenset({11})), contact=None),
            LIMITED,
            id="a person not yet known is not named",
        ),
        pytest.param(
            ask(premier(), contact=STRANGER_OF_ANOTHER), LIMITED, id="a contact of another account is not covered fully"
        ),
        pytest.param(
            ask(premier(), contact=ContactFacts(13, account_id=None)),
            COVERED,
            id="a sender known by the account's domain is covered",
        ),
        pytest.param(
            ask(premier(named_contacts=frozenset({12})), contact=STRANGER_OF_ANOTHER),
            COVERED,
            id="a partner's contact who is named is covered",
        ),
        pytest.param(
            ask(premier(ends_on=days(-1), named_contacts=frozenset({11}))),
            NOT_COVERED,
            id="grace is for those who were covered, not for contacts who were not named",
        ),
        pytest.param(
            ask(premier(incidents_allowed=10, incidents_used=9)), COVERED, id="the last incident of a pack is covered"
        ),
        pytest.param(
            ask(premier(incidents_allowed=10, incidents_used=10)), NOT_COVERED, id="a pack used up covers nothing"
        ),
        pytest.param(
            ask(premier(asset_id=100), asset=PUMP), COVERED, id="an entitlement of this very product covers it"
        ),
        pytest.param(
            ask(premier(asset_id=100), asset=BARE_PUMP),
            NOT_COVERED,
            id="an entitlement of another product does not cover this one",
        ),
        pytest.param(ask(premier(asset_id=100)), LIMITED, id="who names no product gets standard until he does"),
        pytest.param(ask(asset=PUMP), WARRANTY, id="a product under warranty is covered without a contract"),
        pytest.param(ask(asset=OLD_PUMP), NOT_COVERED, id="a warranty ended yesterday covers nothing"),
        pytest.param(ask(asset=FOREIGN_PUMP), NOT_COVERED, id="another account's warranty covers nobody here"),
        pytest.param(ask(asset=BARE_PUMP), NOT_COVERED, id="a product without warranty covers nothing"),
        pytest.param(ask(premier(), asset=PUMP), COVERED, id="a premier contract comes before a warranty"),
        pytest.param(
            ask(premier(named_contacts=frozenset({11})), asset=PUMP),
            WARRANTY,
            id="a warranty comes before a limited service",
        ),
        pytest.param(
            ask(contracts=(contract(),)), COVERED, id="a contract without further terms covers everybody at its level"
        ),
        pytest.param(
            ask(contracts=(contract(level="Gold"),)),
            ("covered", "Gold", "standard"),
            id="a level without a process of its own is served by the standard one",
        ),
        pytest.param(
            ask(contracts=(contract(ends_on=days(-3)),)), GRACE, id="a contract ended three days ago is in grace"
        ),
        pytest.param(
            ask(contracts=(contract(account_id=2),)), NOT_COVERED, id="another account's contract covers nobody here"
        ),
        pytest.param(
            ask(premier(contract_id=7, named_contacts=frozenset({11})), contracts=(contract(),)),
            LIMITED,
            id="a contract narrowed by an entitlement does not cover beside it",
        ),
        pytest.param(
            ask(premier(contract_id=7), contracts=(contract(ends_on=days(-20)),)),
            NOT_COVERED,
            id="an entitlement ends with its contract",
        ),
        pytest.param(
            ask(premier(contract_id=7), contracts=(contract(ends_on=days(-3)),)),
            GRACE,
            id="an entitlement whose contract has just ended is in grace",
        ),
        pytest.param(
            ask(policy=Policy(uncovered_process=None)),
            ("not_covered", None, None),
            id="a company may give the uncovered no clocks",
        ),
    ],
)
def test_the_policy(verdict: Verdict, expected: tuple[str, str | None, str | None]) -> None:
    assert summary(verdict) == expected


@pytest.mark.parametrize(
    ("candidates", "best"),
    [
        pytest.param(
            [premier(id=2, named_contacts=frozenset()), premier(id=1, ends_on=days(-1)), premier(id=3)],
            3,
            id="covered comes before limited and grace",
        ),
        pytest.param(
            [premier(id=2, ends_on=days(-1)), premier(id=1, named_contacts=frozenset())],
            1,
            id="limited comes before grace",
        ),
        pytest.param(
            [premier(id=1), premier(id=2, asset_id=100, level="standard")], 2, id="this very product comes before any"
        ),
        pytest.param([premier(id=1, level="standard"), premier(id=2)], 2, id="the higher level comes first"),
        pytest.param(
            [premier(id=1), premier(id=2, named_contacts=frozenset({10}))],
            2,
            id="naming this contact comes before open to all",
        ),
        pytest.param([premier(id=1, incidents_allowed=5), premier(id=2)], 2, id="unlimited comes before a pack"),
        pytest.param([premier(id=1), premier(id=2, ends_on=days(200))], 2, id="ending last comes first"),
        pytest.param([premier(id=2), premier(id=1)], 1, id="the oldest comes first when all else is equal"),
        pytest.param(
            [premier(id=1, level="bronze"), premier(id=2, level="PREMIER")],
            2,
            id="levels are read without case, unknown ones as standard",
        ),
    ],
)
def test_the_published_order(candidates: list[EntitlementFacts], best: int) -> None:
    verdicts = {
        ask(*order, asset=AssetFacts(100, "PX-100", account_id=1)).entitlement_id for order in permutations(candidates)
    }

    assert verdicts == {best}


def test_every_candidate_is_kept_with_its_reasons_best_first() -> None:
    verdict = ask(premier(id=5, named_contacts=frozenset({11})), premier(id=6, ends_on=days(-50)), asset=PUMP)

    assert [(candidate.name, candidate.outcome) for candidate in verdict.candidates] == [
        ("warranty of PX-100", Outcome.COVERED),
        ("entitlement 5 (premier)", Outcome.LIMITED),
        ("entitlement 6 (premier)", Outcome.NOT_COVERED),
    ]
    assert (verdict.entitlement_id, verdict.contract_id, verdict.asset_id) == (None, None, 100)


def test_a_verdict_says_why_in_sentences() -> None:
    verdict = ask(premier(named_contacts=frozenset({11}), incidents_allowed=10, incidents_used=7))

    assert [sentence(reason) for reason in verdict.reasons] == [
        "The customer belongs to Ridgeline.",
        "The premier entitlement runs from 2026-08-13 to 2027-03-01.",
        "This contact is not one of the named contacts.",
        "3 of 10 incidents are left.",
    ]


@pytest.mark.parametrize(
    ("verdict", "last"),
    [
        pytest.param(ask(account=None), "Nobody knows which account this sender belongs to.", id="unknown"),
        pytest.param(ask(), "Ridgeline has no contract, entitlement or warranty.", id="nothing"),
        pytest.param(ask(asset=OLD_PUMP), "The warranty of PX-101 ended on 2026-11-20.", id="warranty over"),
        pytest.param(ask(premier(asset_id=100)), "Every contact of Ridgeline may ask.", id="no product named"),
        pytest.param(ask(asset=FOREIGN_PUMP), "PX-102 is registered to another account.", id="foreign product"),
    ],
)
def test_the_last_reason_of_a_refusal(verdict: Verdict, last: str) -> None:
    assert sentence(verdict.reasons[-1]) == last


def test_every_sentence_can_be_said() -> None:
    params = {"account": "A", "level": "L", "from": "F", "until": "U", "contract": "C", "ended": "E", "days": 14,
              "serial": "S", "left": 1, "allowed": 2}  # fmt: skip

    assert all("%" not in sentence(Reason(code, held, params)) for code, held in SENTENCES)
    assert {code for code, _ in SENTENCES} == set(ReasonCode)


def test_an_asset_of_another_account_is_never_tied_to_the_verdict() -> None:
    assert ask(premier(), asset=FOREIGN_PUMP).asset_id is None


def test_the_word_for_programs() -> None:
    assert {outcome: status_of(outcome) for outcome in Outcome} == {
        Outcome.COVERED: EntitlementStatus.ENTITLED,
        Outcome.LIMITED: EntitlementStatus.ENTITLED,
        Outcome.GRACE: EntitlementStatus.ENTITLED,
        Outcome.NOT_COVERED: EntitlementStatus.UNENTITLED,
        Outcome.UNKNOWN: EntitlementStatus.UNKNOWN,
    }
