"""Devices, alerts, automation runs, and the register of automations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compares by its bytes, whatever the locale of the database."""


def upgrade() -> None:
    _create_devices()
    _create_alerts()
    _create_automation_runs()
    _create_automations()
    _create_devices_history()


def _create_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the device"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="whose it is"),
        sa.Column("name", TEXT, comment="what it is called"),
        sa.Column("kind", TEXT, comment="what it is"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column(
            "installed_at",
            sa.BigInteger,
            comment="when the agent was installed, or the device entered the list",
        ),
        sa.Column("last_check_in_at", sa.BigInteger, comment="when it was last heard of"),
        sa.Column("is_managed", sa.SmallInteger, comment="it is looked after: an agent is on it"),
        sa.Column("is_patched", sa.SmallInteger, comment="no patch that matters is missing"),
        sa.Column("has_edr", sa.SmallInteger, comment="endpoint detection is on it"),
        sa.Column("has_backup", sa.SmallInteger, comment="it is backed up"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_devices"),
        comment="A machine that is looked after",
    )
    op.create_index("ix_devices_msp_id_client", "devices", ["msp_id", "client"])


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the alert"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("device", TEXT, comment="the device it is about"),
        sa.Column("client", TEXT, comment="the client it is about"),
        sa.Column("category", TEXT, comment="the vendor's kind of alert"),
        sa.Column("severity", TEXT, comment="the vendor's word"),
        sa.Column("raised_at", sa.BigInteger, comment="when it was raised"),
        sa.Column("resolved_at", sa.BigInteger, comment="when it was over"),
        sa.Column(
            "resolved_by", TEXT, comment="what ended it: automation, a technician, or it cleared by itself"
        ),
        sa.Column("resolved_by_raw", TEXT, comment="the vendor's word for resolved_by"),
        sa.Column("ticket", TEXT, comment="the ticket it became, where the source says it"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_alerts"),
        comment="Something a tool noticed by itself",
    )
    op.create_index("ix_alerts_msp_id_client", "alerts", ["msp_id", "client"])
    op.create_index("ix_alerts_msp_id_raised_at", "alerts", ["msp_id", "raised_at"])


def _create_automation_runs() -> None:
    op.create_table(
        "automation_runs",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the run, one per device"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("device", TEXT, comment="where it ran"),
        sa.Column("client", TEXT, comment="for whom it ran"),
        sa.Column("automation", TEXT, comment="the script, policy or workflow, as the vendor calls it"),
        sa.Column("kind", TEXT, comment="what ran"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("trigger", TEXT, comment="what made it run"),
        sa.Column("trigger_raw", TEXT, comment="the vendor's word for trigger"),
        sa.Column("started_at", sa.BigInteger, comment="when it began"),
        sa.Column("finished_at", sa.BigInteger, comment="when it ended"),
        sa.Column("outcome", TEXT, comment="how it ended"),
        sa.Column("outcome_raw", TEXT, comment="the vendor's word for outcome"),
        sa.Column("alert", TEXT, comment="the alert it answered"),
        sa.Column("ticket", TEXT, comment="the ticket it worked on"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_automation_runs"),
        comment="A script, policy or workflow that ran on a device",
    )
    op.create_index("ix_automation_runs_msp_id_automation", "automation_runs", ["msp_id", "automation"])
    op.create_index("ix_automation_runs_msp_id_started_at", "automation_runs", ["msp_id", "started_at"])


def _create_automations() -> None:
    op.create_table(
        "automations",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id, or a hash of what was registered"),
        sa.Column("updated_at", sa.BigInteger, comment="when the row was last changed"),
        sa.Column(
            "name",
            TEXT,
            comment="what people call it; rows of one name and target are waves of one automation",
        ),
        sa.Column("kind", TEXT, comment="what it is"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column(
            "targets", TEXT, comment="which tickets it should make fewer: column of tickets → list of values"
        ),
        sa.Column("clients", TEXT, comment="ids or names of the clients it runs for; null = all"),
        sa.Column("went_live_at", sa.BigInteger, comment="from when it ran for them"),
        sa.Column("ended_at", sa.BigInteger, comment="until when it ran; null = still"),
        sa.Column("registered_at", sa.BigInteger, comment="when it was registered"),
        sa.Column("registered_by", TEXT, comment="who registered it"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_automations"),
        comment="What an automation is for, said before its effect is looked at",
    )


def _create_devices_history() -> None:
    op.create_table(
        "devices_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("client", TEXT, comment="whose it is"),
        sa.Column("kind", TEXT, comment="what it is"),
        sa.Column("is_managed", sa.SmallInteger, comment="it is looked after: an agent is on it"),
        sa.Column("is_patched", sa.SmallInteger, comment="no patch that matters is missing"),
        sa.Column("has_edr", sa.SmallInteger, comment="endpoint detection is on it"),
        sa.Column("has_backup", sa.SmallInteger, comment="it is backed up"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from", name="pk_devices_history"),
    )


def _lineage() -> tuple[sa.Column[int], ...]:
    """What every record says of its own coming and going."""
    return (
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
    )
