"""The steps of the schema, in order; `casedesk.database.migrating` runs them, `casedesk.database.drafting` writes them."""
