"""Working time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compares by its bytes, whatever the locale of the database."""


def upgrade() -> None:
    op.create_table(
        "time_entries",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the entry"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("technician", TEXT, comment="who worked"),
        sa.Column("ticket", TEXT, comment="the ticket it was worked on"),
        sa.Column("project", TEXT, comment="the project it was worked on"),
        sa.Column("client", TEXT, comment="the client it was worked for"),
        sa.Column("agreement", TEXT, comment="the agreement it is covered by"),
        sa.Column("started_at", sa.BigInteger, comment="when the work began, where the source says it"),
        sa.Column("entered_at", sa.BigInteger, comment="when it was written down"),
        sa.Column(
            "minutes",
            sa.BigInteger,
            nullable=False,
            comment="time worked; below zero corrects an earlier entry [minutes]",
        ),
        sa.Column("is_billable", sa.SmallInteger, comment="it may be billed"),
        sa.Column("is_invoiced", sa.SmallInteger, comment="it was billed"),
        sa.Column("purpose", TEXT, comment="what the work was for"),
        sa.Column("purpose_raw", TEXT, comment="the vendor's word for purpose: its type of work"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_time_entries"),
        comment="Working time that somebody wrote down",
    )
    for column in ("technician", "ticket", "started_at", "entered_at"):
        op.create_index(f"ix_time_entries_msp_id_{column}", "time_entries", ["msp_id", column])
