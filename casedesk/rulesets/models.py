"""Rows for published rule sets and for the decisions taken by them."""

from tortoise import fields

from casedesk.records import Record


class RuleSet(Record):
    """One published, immutable version of the rules of a kind (assignment, escalation …) for a record type."""

    kind = fields.CharField(max_length=30)
    record_type = fields.CharField(max_length=40, default="case")
    number = fields.IntField()
    document = fields.JSONField[dict[str, object]]()
    effective_at = fields.DatetimeField()
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.RESTRICT)
    user_id: int | None

    class Meta:
        table = "rule_sets"
        unique_together = (("kind", "record_type", "number"),)


class Decision(Record):
    """A decision about a case: compact (what came out, which version of the rules, the facts once); the trace is rebuilt."""

    case = fields.ForeignKeyField("casedesk.Case", related_name="decisions", on_delete=fields.CASCADE, db_index=True)
    case_id: int
    kind = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=200)
    ruleset_version = fields.IntField(null=True)
    detail = fields.JSONField[dict[str, object]](default=dict)

    class Meta:
        table = "decisions"
