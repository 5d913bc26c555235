"""What models cannot say: case numbers from 10001, the index of waiting events, search tables, the spool on PostgreSQL.

The statements are this migration's own and stay as they are; the code that uses the tables may move on by later ones.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

BOTH = (
    "CREATE INDEX events_pending ON events (id) WHERE pending",
    "CREATE INDEX events_of_records ON events (subject_kind, subject_id) WHERE case_id IS NULL",
)

SQLITE = (
    "INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', 10000)",
    "CREATE VIRTUAL TABLE fulltext_case USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE fulltext_contact USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE fulltext_account USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE fulltext_asset USING fts5(words, tokenize='ascii', detail=none, columnsize=0)",
)

POSTGRES = (
    "ALTER SEQUENCE cases_id_seq RESTART WITH 10001",
    "CREATE TABLE fulltext_case (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX fulltext_case_words ON fulltext_case USING gin (words)",
    "CREATE TABLE fulltext_contact (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX fulltext_contact_words ON fulltext_contact USING gin (words)",
    "CREATE TABLE fulltext_account (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX fulltext_account_words ON fulltext_account USING gin (words)",
    "CREATE TABLE fulltext_asset (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX fulltext_asset_words ON fulltext_asset USING gin (words)",
    """
    CREATE TABLE spool (
        id bigint PRIMARY KEY,
        received_at timestamptz NOT NULL,
        channel text NOT NULL,
        envelope_from text NOT NULL,
        envelope_to text[] NOT NULL,
        peer text NOT NULL,
        helo text NOT NULL,
        size bigint NOT NULL,
        raw_sha256 text NOT NULL,
        chain text NOT NULL,
        raw bytea NOT NULL
    )
    """,
    """
    CREATE FUNCTION spool_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the spool is append-only';
    END
    $$
    """,
    """
    CREATE TRIGGER spool_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON spool
    FOR EACH STATEMENT EXECUTE FUNCTION spool_is_append_only()
    """,
)


async def make(apps, editor) -> None:
    """Run the statements of the engine."""
    for statement in (*BOTH, *(POSTGRES if editor.DIALECT == "postgres" else SQLITE)):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    dependencies = [("casedesk", "0001_first")]
    operations = [ops.RunPython(make)]
