"""Rows for the hours a desk is open and for the service clocks of its cases."""

from tortoise import fields

from casedesk.records import NEVER, EditedRecord, Record


class BusinessHours(EditedRecord):
    """A calendar: `week` and `holidays` as in the API (weekday "0" is Monday, intervals "HH:MM" in `tz`)."""

    key = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    tz = fields.CharField(max_length=60)
    week = fields.JSONField[dict[str, list[list[str]]]](default=dict)
    holidays = fields.JSONField[list[str]](default=list)

    class Meta:
        table = "business_hours"


class Milestone(Record):
    """One service clock of a case. `minutes` are open minutes of the calendar `hours`; `next_action_at` drives the sweep."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="milestones", on_delete=fields.CASCADE, db_index=True)
    case_id: int
    kind = fields.CharField(max_length=20)
    name = fields.CharField(max_length=120)
    process = fields.CharField(max_length=60)
    ruleset_version = fields.IntField()
    hours = fields.CharField(max_length=60)
    minutes = fields.IntField()
    started_at = fields.DatetimeField()
    target_at = fields.DatetimeField()
    state = fields.CharField(max_length=12, default="running")
    completed_at = fields.DatetimeField(null=True)
    next_action_at = fields.DatetimeField(default=NEVER, db_index=True)

    class Meta:
        table = "milestones"


class MilestoneStep(Record):
    """A warning, violation or success that was acted on; the unique key is what makes each act happen once."""

    milestone = fields.ForeignKeyField("casedesk.Milestone", related_name="steps", on_delete=fields.CASCADE)
    milestone_id: int
    step = fields.CharField(max_length=40)

    class Meta:
        table = "milestone_steps"
        unique_together = (("milestone", "step"),)


class ClockPause(Record):
    """A span in which all clocks of a case stood still; `ended_at` None while it lasts, `cause` is a status category."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="pauses", on_delete=fields.CASCADE, db_index=True)
    case_id: int
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    cause = fields.CharField(max_length=40)

    class Meta:
        table = "clock_pauses"


class EscalationStep(Record):
    """An escalation rule that acted on a case; `anchor` is the instant it counted from, so that each span escalates once."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="escalation_steps", on_delete=fields.CASCADE)
    case_id: int
    entry = fields.CharField(max_length=255)
    anchor = fields.CharField(max_length=40)

    class Meta:
        table = "escalation_steps"
        unique_together = (("case", "entry", "anchor"),)
