"""Scopes: the test of a row and the filter of a query agree, for everybody."""

import pytest

from casedesk import database
from casedesk.cases.models import Case
from casedesk.identity import SYSTEM, Actor, ActorKind, Role
from casedesk.scopes import case_scope, visible_cases


async def _world(add_user) -> tuple[list[Case], dict[str, Actor | None]]:
    from casedesk.accounts.models import Account, Contact

    sara, otto = (
        await add_user("sara@halden.example", role="sales"),
        await add_user("otto@halden.example", role="sales"),
    )
    firm, other = await Account.create(name="Ridgeline"), await Account.create(name="Elsewhere")
    ada, bo = await Contact.create(name="Ada"), await Contact.create(name="Bo")
    cy = await Contact.create(name="Cy", account_id=firm.id)
    cases = [
        await Case.create(subject="logged by Sara for Ada", origin="phone", logged_by_id=sara.id, contact_id=ada.id),
        await Case.create(subject="written by Ada", origin="email", contact_id=ada.id),
        await Case.create(subject="written by Bo", origin="email", contact_id=bo.id),
        await Case.create(subject="from nobody known", origin="web"),
        await Case.create(subject="by Cy of Ridgeline", origin="portal", contact_id=cy.id, account_id=firm.id),
        await Case.create(subject="of Elsewhere, which is not Cy's", origin="email", account_id=other.id),
    ]
    actors: dict[str, Actor | None] = {role.value: Actor(ActorKind.USER, id=99, role=role) for role in Role}
    actors |= {
        "sara": sara,
        "otto": otto,
        "ada": Actor(ActorKind.CONTACT, id=ada.id, verified=True),
        "ada, unverified": Actor(ActorKind.CONTACT, id=ada.id, company_id=firm.id),
        "bo for the company": Actor(ActorKind.CONTACT, id=bo.id, verified=True, company_id=firm.id),
        "cy for himself": Actor(ActorKind.CONTACT, id=cy.id, verified=True),
        "nameless contact": Actor(ActorKind.CONTACT, verified=True),
        "system": SYSTEM,
        "stranger": None,
        "narrow token": Actor(ActorKind.USER, id=99, role=Role.AGENT, scopes=frozenset({"account.read"})),
    }
    return cases, actors


SEEN = {
    "agent": [0, 1, 2, 3, 4, 5],
    "supervisor": [0, 1, 2, 3, 4, 5],
    "knowledge_manager": [0, 1, 2, 3, 4, 5],
    "administrator": [0, 1, 2, 3, 4, 5],
    "sales": [],
    "sara": [0],
    "otto": [],
    "ada": [0, 1],
    "ada, unverified": [],
    "bo for the company": [2, 4],
    "cy for himself": [4],
    "nameless contact": [],
    "system": [0, 1, 2, 3, 4, 5],
    "stranger": [],
    "narrow token": [],
}


@pytest.mark.usefixtures("database")
async def test_row_filter_statement_and_ids_agree_for_everybody(add_user) -> None:
    cases, actors = await _world(add_user)

    found = {}
    for name, actor in actors.items():
        scope = case_scope(actor)
        condition, values = scope.sql("c")
        by_row = [case.id for case in cases if scope.covers(case)]
        by_filter = list(await Case.filter(scope.filter()).order_by("id").values_list("id", flat=True))
        by_sql = [
            row["id"] for row in await database.rows(f"SELECT id FROM cases c WHERE {condition} ORDER BY id", *values)
        ]
        by_ids = sorted(await visible_cases(actor, [case.id for case in cases]))
        assert by_row == by_filter == by_sql == by_ids, name
        found[name] = [index for index, case in enumerate(cases) if case.id in by_row]

    assert found == SEEN
