"""The store: SQLite or Postgres, drawn from the records."""
