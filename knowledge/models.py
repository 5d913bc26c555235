"""Rows of the knowledge base: solutions, their earlier wordings and what they were good for."""

from tortoise import fields

from casedesk.records import EditedRecord, Record


class Solution(EditedRecord):
    """A solution in one language. `status`: draft, review, published, archived; `visibility`: internal, portal, public.

    `changed` grows across all solutions with each change: the index follows it and compares itself with it at start.
    """

    key = fields.CharField(max_length=120)
    language = fields.CharField(max_length=20, default="en")
    title = fields.CharField(max_length=300)
    body = fields.TextField()
    status = fields.CharField(max_length=12, default="draft", db_index=True)
    visibility = fields.CharField(max_length=10, default="internal")
    categories = fields.JSONField[list[str]](default=list)
    changed = fields.BigIntField(default=0, db_index=True)
    uses = fields.IntField(default=0)
    solved = fields.IntField(default=0)

    class Meta:
        table = "solutions"
        unique_together = (("key", "language"),)


class SolutionCategory(Record):
    """A category a solution stands in: what `categories` holds in order, as rows to search by."""

    solution = fields.ForeignKeyField("casedesk.Solution", related_name="category_rows", on_delete=fields.CASCADE)
    solution_id: int
    name = fields.CharField(max_length=80, db_index=True)

    class Meta:
        table = "solution_categories"
        unique_together = (("solution", "name"),)


class SolutionRevision(Record):
    """A wording a solution once had; `of_version` is the version of the solution that read so."""

    solution = fields.ForeignKeyField(
        "casedesk.Solution", related_name="revisions", on_delete=fields.CASCADE, db_index=True
    )
    solution_id: int
    of_version = fields.IntField(default=1, db_default=1)
    title = fields.CharField(max_length=300)
    body = fields.TextField()
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.SET_NULL)
    user_id: int | None

    class Meta:
        table = "solution_revisions"


class SolutionUse(Record):
    """A solution that was put to use; `outcome`: suggested, inserted, solved. `case` is an id, for knowledge knows no cases."""

    solution = fields.ForeignKeyField(
        "casedesk.Solution", related_name="use_rows", on_delete=fields.CASCADE, db_index=True
    )
    solution_id: int
    case = fields.BigIntField(null=True, db_index=True)
    user = fields.ForeignKeyField("casedesk.User", related_name=False, null=True, on_delete=fields.SET_NULL)
    user_id: int | None
    outcome = fields.CharField(max_length=12)

    class Meta:
        table = "solution_uses"
        unique_together = (("solution", "case", "outcome"),)


class SolutionRating(Record):
    """Somebody's answer to "Did this solve it?"; `reader` is a contact or a visitor, `reason` a word for a no."""

    solution = fields.ForeignKeyField("casedesk.Solution", related_name="ratings", on_delete=fields.CASCADE)
    solution_id: int
    reader = fields.CharField(max_length=80)
    helpful = fields.BooleanField()
    reason = fields.CharField(max_length=20, null=True)

    class Meta:
        table = "solution_ratings"
        unique_together = (("solution", "reader"),)


class DeflectionSignal(Record):
    """What became of a solution offered to somebody about to ask; `kind`: shown, opened, confirmed, dismissed, failed.

    `question` names the question (one form, from its first word to its end). `contact` None: a visitor, known by a mark.
    """

    question = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=12)
    solution = fields.ForeignKeyField(
        "casedesk.Solution", related_name="signals", on_delete=fields.CASCADE, db_index=True
    )
    solution_id: int
    portal = fields.BigIntField(null=True)
    contact = fields.BigIntField(null=True)
    visitor = fields.CharField(max_length=64, default="")
    words = fields.CharField(max_length=300, default="")

    class Meta:
        table = "deflection_signals"
        unique_together = (("question", "solution", "kind"),)
        indexes = (("portal", "created_at"),)
