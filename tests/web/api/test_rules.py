"""Rule sets and business time through the API."""

import pytest

pytestmark = pytest.mark.usefixtures("desk")
WEEK = {str(day): [["09:00", "17:00"]] for day in range(5)}


async def test_a_rule_set_is_read_and_published_anew(admin) -> None:
    found = await admin.get("/rulesets/assignment")
    document = {"entries": [], "otherwise": {"queue": "review"}}

    published = await admin.put("/rulesets/assignment", json=document, headers={"if-match": found.headers["etag"]})
    stale = await admin.put("/rulesets/assignment", json=document, headers={"if-match": found.headers["etag"]})

    assert (found.json()["kind"], found.json()["version"]) == ("assignment", 1)
    assert (published.status_code, stale.status_code) == (200, 412)
    assert {key: published.json()[key] for key in ("entries", "otherwise", "version")} == {**document, "version": 2}
    assert (await admin.get("/rulesets/assignment")).json() == published.json()


async def test_what_get_answers_may_be_put_again(admin) -> None:
    for kind in ("assignment", "entitlement-process", "escalation", "auto-response", "trigger"):
        found = (await admin.get(f"/rulesets/{kind}")).json()
        answer = await admin.put(f"/rulesets/{kind}", json=found)
        assert (kind, answer.status_code) == (kind, 200), answer.text


async def test_a_wrong_rule_is_named_by_its_place(admin) -> None:
    answer = await admin.put("/rulesets/assignment", json={"entries": [], "otherwise": {"queue": "nowhere"}})

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["otherwise.queue"]


async def test_an_unknown_kind_is_absent(admin) -> None:
    assert [
        (await admin.get("/rulesets/poetry")).status_code,
        (await admin.put("/rulesets/x", json=[])).status_code,
    ] == [404, 404]


async def test_an_agent_reads_the_rules_and_does_not_publish_them(program) -> None:
    agent = await program("agent")

    statuses = [
        (await agent.get("/rulesets/assignment")).status_code,
        (await agent.put("/rulesets/assignment", json={})).status_code,
    ]

    assert statuses == [200, 404]


async def test_what_the_rules_name_is_neither_renamed_nor_deleted(admin) -> None:
    queue = next(each for each in (await admin.get("/queues")).json()["items"] if each["key"] == "review")
    hours = (await admin.get("/business-hours")).json()["items"][0]

    statuses = [
        (await admin.patch(f"/queues/{queue['id']}", json={"key": "other"})).status_code,
        (await admin.delete(f"/queues/{queue['id']}")).status_code,
        (await admin.delete(f"/business-hours/{hours['id']}")).status_code,
    ]

    assert statuses == [409, 409, 409]


async def test_a_deadline_is_reckoned_over_closed_hours_and_pauses(admin) -> None:
    question = {
        "calendar": {"tz": "Europe/Paris", "week": WEEK, "holidays": ["2026-03-03"]},
        "start": "2026-03-02T15:00:00Z",
        "minutes": 120,
        "pauses": [["2026-03-04T08:00:00Z", "2026-03-04T08:30:00Z"]],
        "until": "2026-03-04T08:00:00Z",
    }

    answer = await admin.post("/business-time", json=question)

    assert answer.json() == {"due": "2026-03-04T09:30:00Z", "elapsed_s": 3600}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"calendar": {"tz": "Mars/Base", "week": WEEK}}, "calendar.tz"),
        ({"calendar": {"tz": "UTC", "week": {"7": []}}}, "calendar.week.7"),
        ({"calendar": {"tz": "UTC", "week": {}}}, "minutes"),
        ({"pauses": [["2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"]]}, "pauses.0"),
        ({"pauses": [[None, "2026-03-02T09:00:00Z"]]}, "pauses.0"),
        ({"minutes": -1}, "minutes"),
        ({"start": "2026-03-02T09:00:00"}, "start"),
    ],
)
async def test_a_question_without_an_answer_is_refused_naming_why(admin, change: dict, field: str) -> None:
    question = {"calendar": {"tz": "UTC", "week": WEEK}, "start": "2026-03-02T09:00:00Z", "minutes": 60, **change}

    answer = await admin.post("/business-time", json=question)

    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])
