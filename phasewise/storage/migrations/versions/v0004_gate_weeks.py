"""The gates at every week end: what a phase is made of, kept so that it need not be worked out again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compares by its bytes, whatever the locale of the database."""


def upgrade() -> None:
    op.create_table(
        "gate_weeks",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("week", TEXT, nullable=False, comment="last day of the week, as of which it was judged"),
        sa.Column("edition", TEXT, nullable=False, comment="hash of the rules used"),
        sa.Column("basis", TEXT, nullable=False, comment="digest of the data read, as of that day"),
        sa.Column("gate", sa.Integer, nullable=False, comment="1 to 3"),
        sa.Column(
            "p_low",
            sa.Float,
            nullable=False,
            comment="share 0-1: the five pass, everything unknown failing",
        ),
        sa.Column("p_high", sa.Float, nullable=False, comment="the same, everything unknown passing"),
        sa.Column(
            "hold_low", sa.Float, nullable=False, comment="p_low as judged for a gate that is passed already"
        ),
        sa.Column("hold_high", sa.Float, nullable=False, comment="p_high as judged for such a gate"),
        sa.Column("open", TEXT, nullable=False, comment="codes of the gate that leave it open"),
        sa.PrimaryKeyConstraint("msp_id", "week", "edition", "basis", "gate", name="pk_gate_weeks"),
    )
