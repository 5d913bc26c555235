"""Columns find their fields by the headings of other systems, or by hand."""

import pytest

from casedesk.errors import Invalid
from casedesk.imports.kinds import Kind
from casedesk.imports.mapping import match, read_map, values_of
from casedesk.imports.reading import Row


@pytest.mark.parametrize(
    ("kind", "headings", "meant"),
    [
        pytest.param(
            Kind.CASES,
            ["Id", "CaseNumber", "ContactId", "AccountId", "Status", "Origin", "CreatedDate", "IsDeleted"],
            {
                "Id": "external_id", "CaseNumber": "number", "ContactId": "contact", "AccountId": "account", "Status": "status",
                "Origin": "origin", "CreatedDate": "created_at",
            },
            id="a Salesforce export of cases",
        ),
        pytest.param(
            Kind.CASES,
            ["id", "subject", "requester.email", "via.channel", "tags", "solved_at"],
            {
                "id": "external_id", "subject": "subject", "requester.email": "contact", "via.channel": "origin", "tags": "tags",
                "solved_at": "closed_at",
            },
            id="a Zendesk export of tickets",
        ),
        pytest.param(
            Kind.CONTACTS,
            ["Vorname", "Nachname", "E-Mail-Adresse", "Telefon", "Firma", "Straße", "PLZ", "Ort"],
            {
                "Vorname": "first_name", "Nachname": "last_name", "E-Mail-Adresse": "emails", "Telefon": "phones",
                "Firma": "account", "Straße": "address", "PLZ": "address", "Ort": "address",
            },
            id="a German sheet of people",
        ),
        pytest.param(
            Kind.ACCOUNTS,
            ["ACCOUNT_NAME", "account number", "Phone", "Phone (2)"],
            {"ACCOUNT_NAME": "name", "account number": "number", "Phone": "phones", "Phone (2)": "phones"},
            id="names are compared without case and signs",
        ),
    ],
)  # fmt: skip
def test_headings_mean_what_other_systems_call_things(kind, headings, meant):
    mapped = match(kind, headings, {})

    assert mapped.by_column == meant
    assert set(mapped.unused) == set(headings) - set(meant)


def test_the_likelier_heading_wins_a_field_that_takes_one():
    mapped = match(Kind.ACCOUNTS, ["Firma", "Name"], {})

    assert (mapped.by_column, mapped.unused) == ({"Name": "name"}, ("Firma",))


def test_a_map_by_hand_goes_before_what_headings_say():
    by_hand = read_map('{"Kunde": "name", "Name": "-", "Art": "notes"}', "map.json")

    mapped = match(Kind.ACCOUNTS, ["Kunde", "Name", "Art", "Telefon"], by_hand)

    assert (mapped.by_column, mapped.unused) == (
        {"Kunde": "name", "Art": "notes", "Telefon": "phones"},
        ("Name",),
    )


def test_a_map_may_be_toml_and_give_a_case_fields_of_its_own():
    by_hand = read_map('"Grund" = "custom.reason"\n', "map.toml")

    mapped = match(Kind.CASES, ["Grund", "Betreff"], by_hand)

    assert values_of(Row(2, {"Grund": "Pump", "Betreff": "Stuck"}), mapped).values == {
        "custom.reason": "Pump",
        "subject": "Stuck",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"Name": "surname"}', "accounts have no field surname; there are name, number"),
        ('{"Nome": "name"}', "The file has no column Nome; it has Name, Firma"),
        ('{"Name": "name", "Firma": "name"}', "name takes one column only"),
        ('{"Name": 7}', "as text"),
        ("[name]", "neither JSON nor TOML"),
        ('["name"]', "as text"),
    ],
)
def test_a_map_that_cannot_be_followed_is_refused_in_words(text, said):
    with pytest.raises(Invalid, match=said):
        match(Kind.ACCOUNTS, ["Name", "Firma"], read_map(text, "map.json"))


def test_a_cell_that_cannot_be_read_is_named_by_its_column():
    mapped = match(Kind.CONTRACTS, ["Kunde", "Name", "SLA", "Beginn", "Ende"], {})

    read = values_of(Row(2, {"Kunde": "Ridgeline", "Beginn": "03/04/2026"}), mapped)

    assert read.problems == ("Beginn: 03/04/2026 can be read in two ways; write 2026-11-27",)
