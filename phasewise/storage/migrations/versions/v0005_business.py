"""Agreements, invoice lines, sales, projects, meetings, documents, surveys, promises, and links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compares by its bytes, whatever the locale of the database."""


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("serial_number", TEXT, comment="the maker's serial number, as the source writes it"),
    )
    _create_agreements()
    _create_agreement_lines()
    _create_invoice_lines()
    _create_opportunities()
    _create_projects()
    _create_project_tasks()
    _create_meetings()
    _create_documents()
    _create_survey_responses()
    _create_sla_policies()
    _create_external_ids()
    _create_agreements_history()
    _create_agreement_lines_history()
    _create_documents_history()
    _create_links()


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the agreement"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="who agreed"),
        sa.Column("name", TEXT, comment="what it is called"),
        sa.Column("kind", TEXT, comment="how it is paid"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("package", TEXT, comment="the package or product it sells, the vendor's word"),
        sa.Column("started_on", TEXT, comment="first day it holds"),
        sa.Column("ended_on", TEXT, comment="last day it holds; null = no end is known"),
        sa.Column("is_active", sa.SmallInteger, comment="it holds now, by the vendor's own word"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amounts"),
        sa.Column("monthly_amount", sa.BigInteger, comment="what it bills a month [currency]"),
        sa.Column("billing_cycle", TEXT, comment="how often it is billed, the vendor's word"),
        sa.Column("next_bill_on", TEXT, comment="when it is billed next"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_agreements"),
        comment="What a client has agreed to pay for",
    )
    op.create_index("ix_agreements_msp_id_client", "agreements", ["msp_id", "client"])


def _create_agreement_lines() -> None:
    op.create_table(
        "agreement_lines",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the line"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("agreement", TEXT, nullable=False, comment="the agreement it belongs to"),
        sa.Column("product", TEXT, comment="the product or service, the vendor's word"),
        sa.Column("package", TEXT, comment="the package it belongs to"),
        sa.Column("unit", TEXT, comment="what is counted"),
        sa.Column("unit_raw", TEXT, comment="the vendor's word for unit"),
        sa.Column("quantity", sa.Float, comment="how many are billed"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amounts"),
        sa.Column("unit_price", sa.BigInteger, comment="price of one a billing cycle [currency]"),
        sa.Column("unit_cost", sa.BigInteger, comment="what one costs the MSP [currency]"),
        sa.Column("started_on", TEXT, comment="first day it is billed for"),
        sa.Column("ended_on", TEXT, comment="last day it is billed for"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_agreement_lines"),
        comment="What an agreement holds, line by line",
    )
    op.create_index("ix_agreement_lines_msp_id_agreement", "agreement_lines", ["msp_id", "agreement"])


def _create_invoice_lines() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the line, or invoice and position"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("invoice", TEXT, nullable=False, comment="the invoice it stands on"),
        sa.Column("agreement", TEXT, comment="the agreement it bills"),
        sa.Column("product", TEXT, comment="the product or service, the vendor's word"),
        sa.Column("quantity", sa.Float, comment="how many"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amounts"),
        sa.Column("unit_price", sa.BigInteger, comment="price of one [currency]"),
        sa.Column("unit_cost", sa.BigInteger, comment="what one costs the MSP [currency]"),
        sa.Column("amount", sa.BigInteger, comment="amount of the line [currency]"),
        sa.Column("is_recurring", sa.SmallInteger, comment="it is billed again every period"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_invoice_lines"),
        comment="What an invoice bills, line by line",
    )
    op.create_index("ix_invoice_lines_msp_id_invoice", "invoice_lines", ["msp_id", "invoice"])


def _create_opportunities() -> None:
    op.create_table(
        "opportunities",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the opportunity"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="who may buy"),
        sa.Column("name", TEXT, comment="what it is called"),
        sa.Column("stage", TEXT, comment="where it stands, the vendor's word"),
        sa.Column("outcome", TEXT, comment="how it ended"),
        sa.Column("outcome_raw", TEXT, comment="the vendor's word for outcome"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amounts"),
        sa.Column("amount", sa.BigInteger, comment="what it is worth once [currency]"),
        sa.Column("monthly_amount", sa.BigInteger, comment="what it is worth a month [currency]"),
        sa.Column("created_at", sa.BigInteger, comment="when it was written down"),
        sa.Column("closed_at", sa.BigInteger, comment="when it was won or lost"),
        sa.Column("project", TEXT, comment="the project that delivers it"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_opportunities"),
        comment="Something that may be sold",
    )
    op.create_index("ix_opportunities_msp_id_client", "opportunities", ["msp_id", "client"])
    op.create_index("ix_opportunities_msp_id_created_at", "opportunities", ["msp_id", "created_at"])


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the project"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="for whom"),
        sa.Column("name", TEXT, comment="what it is called"),
        sa.Column("kind", TEXT, comment="what it is for"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("template", TEXT, comment="the template it was made from"),
        sa.Column("status", TEXT, comment="where it stands, the vendor's word"),
        sa.Column("technician", TEXT, comment="who leads it"),
        sa.Column("planned_start_on", TEXT, comment="day it should begin"),
        sa.Column("planned_end_on", TEXT, comment="day it should end"),
        sa.Column("started_on", TEXT, comment="day it began"),
        sa.Column("finished_on", TEXT, comment="day it was done"),
        sa.Column("created_at", sa.BigInteger, comment="when it was made in the source"),
        sa.Column("opportunity", TEXT, comment="the sale it delivers"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_projects"),
        comment="Work with a plan and an end",
    )
    op.create_index("ix_projects_msp_id_client", "projects", ["msp_id", "client"])
    op.create_index("ix_projects_msp_id_created_at", "projects", ["msp_id", "created_at"])


def _create_project_tasks() -> None:
    op.create_table(
        "project_tasks",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the task"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("project", TEXT, nullable=False, comment="the project it belongs to"),
        sa.Column("name", TEXT, comment="what is to be done"),
        sa.Column("status", TEXT, comment="where it stands, the vendor's word"),
        sa.Column("due_at", sa.BigInteger, comment="when it should be done"),
        sa.Column("done_at", sa.BigInteger, comment="when it was done"),
        sa.Column("is_from_template", sa.SmallInteger, comment="it came with the template of the project"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_project_tasks"),
        comment="A step of a project",
    )
    op.create_index("ix_project_tasks_msp_id_project", "project_tasks", ["msp_id", "project"])


def _create_meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the meeting"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="the client it was with"),
        sa.Column("technician", TEXT, comment="whose it was"),
        sa.Column("kind", TEXT, comment="what it was for"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("at", sa.BigInteger, comment="when it was planned to begin"),
        sa.Column("minutes", sa.BigInteger, comment="how long it was planned to last, or lasted [minutes]"),
        sa.Column("is_held", sa.SmallInteger, comment="it took place, by the source's own word"),
        sa.Column("has_client_attended", sa.SmallInteger, comment="somebody of the client was there"),
        sa.Column("has_notes", sa.SmallInteger, comment="something was written down about it"),
        sa.Column("actions", sa.BigInteger, comment="actions that came out of it"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_meetings"),
        comment="A conversation that was planned",
    )
    op.create_index("ix_meetings_msp_id_at", "meetings", ["msp_id", "at"])
    op.create_index("ix_meetings_msp_id_client", "meetings", ["msp_id", "client"])


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the document"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="whose it is; null = the MSP's own"),
        sa.Column("title", TEXT, comment="its title"),
        sa.Column("kind", TEXT, comment="what it is"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("created_at", sa.BigInteger, comment="when it was made"),
        sa.Column("edited_at", sa.BigInteger, comment="when its text last changed"),
        sa.Column("reviewed_at", sa.BigInteger, comment="when somebody last said that it still holds"),
        sa.Column("technician", TEXT, comment="whose task it is to keep it"),
        sa.Column("words", sa.BigInteger, comment="how long its text is"),
        sa.Column("is_archived", sa.SmallInteger, comment="it is kept out of use"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_documents"),
        comment="A page of documentation",
    )
    op.create_index("ix_documents_msp_id_client", "documents", ["msp_id", "client"])


def _create_survey_responses() -> None:
    op.create_table(
        "survey_responses",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the answer"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="whose answer it is"),
        sa.Column("ticket", TEXT, comment="the ticket it is about"),
        sa.Column("technician", TEXT, comment="whose work it is about"),
        sa.Column("at", sa.BigInteger, comment="when it was given"),
        sa.Column("score", sa.Float, comment="the answer on one scale: 0 worst to 100 best [points of 100]"),
        sa.Column("score_raw", TEXT, comment="the answer as the vendor gives it"),
        sa.Column("scale", TEXT, comment="the vendor's scale, worst to best, for example 1-5"),
        sa.Column("has_comment", sa.SmallInteger, comment="something was written beside it"),
        sa.Column("followed_up_at", sa.BigInteger, comment="when somebody came back to the client about it"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_survey_responses"),
        comment="An answer of a client to a survey",
    )
    op.create_index("ix_survey_responses_msp_id_at", "survey_responses", ["msp_id", "at"])
    op.create_index("ix_survey_responses_msp_id_client", "survey_responses", ["msp_id", "client"])
    op.create_index("ix_survey_responses_msp_id_ticket", "survey_responses", ["msp_id", "ticket"])


def _create_sla_policies() -> None:
    op.create_table(
        "sla_policies",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the policy"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("name", TEXT, comment="what people call it"),
        sa.Column("calendar", TEXT, comment="the calendar it runs by"),
        sa.Column("goals", TEXT, comment="target → priority (the vendor's word) → promised business minutes"),
        sa.Column(
            "pausing_statuses",
            TEXT,
            comment="list of statuses (the vendor's words) in which its clock stands",
        ),
        sa.Column("is_default", sa.SmallInteger, comment="it holds where nothing else is agreed"),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_sla_policies"),
        comment="What is promised to whom",
    )


def _create_external_ids() -> None:
    op.create_table(
        "external_ids",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column(
            "id",
            TEXT,
            nullable=False,
            comment="table, row and system, joined by colons; and the value where there may be several",
        ),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column(
            "table_name",
            TEXT,
            nullable=False,
            comment="table of the row: clients, technicians, devices, alerts, automation_runs",
        ),
        sa.Column("row", TEXT, nullable=False, comment="the vendor's id of the row"),
        sa.Column(
            "system",
            TEXT,
            nullable=False,
            comment="the other system: a connector, or its kind (psa, rmm, accounting)",
        ),
        sa.Column(
            "target_table",
            TEXT,
            nullable=False,
            comment="table of the row there, for example tickets for an alert's ticket",
        ),
        sa.Column(
            "value",
            TEXT,
            nullable=False,
            comment="the id, or the number people know it by, in the other system",
        ),
        *_lineage(),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_external_ids"),
        comment="What another system calls a row of this one",
    )
    op.create_index("ix_external_ids_msp_id_row", "external_ids", ["msp_id", "row"])
    op.create_index("ix_external_ids_msp_id_value", "external_ids", ["msp_id", "value"])


def _create_agreements_history() -> None:
    op.create_table(
        "agreements_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("client", TEXT, comment="who agreed"),
        sa.Column("kind", TEXT, comment="how it is paid"),
        sa.Column("package", TEXT, comment="the package or product it sells, the vendor's word"),
        sa.Column("started_on", TEXT, comment="first day it holds"),
        sa.Column("ended_on", TEXT, comment="last day it holds; null = no end is known"),
        sa.Column("is_active", sa.SmallInteger, comment="it holds now, by the vendor's own word"),
        sa.Column("monthly_amount", sa.BigInteger, comment="what it bills a month"),
        sa.Column("billing_cycle", TEXT, comment="how often it is billed, the vendor's word"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from", name="pk_agreements_history"),
    )


def _create_agreement_lines_history() -> None:
    op.create_table(
        "agreement_lines_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("product", TEXT, comment="the product or service, the vendor's word"),
        sa.Column("package", TEXT, comment="the package it belongs to"),
        sa.Column("unit", TEXT, comment="what is counted"),
        sa.Column("quantity", sa.Float, comment="how many are billed"),
        sa.Column("unit_price", sa.BigInteger, comment="price of one a billing cycle"),
        sa.Column("unit_cost", sa.BigInteger, comment="what one costs the MSP"),
        sa.Column("started_on", TEXT, comment="first day it is billed for"),
        sa.Column("ended_on", TEXT, comment="last day it is billed for"),
        sa.PrimaryKeyConstraint(
            "msp_id", "connection_id", "id", "valid_from", name="pk_agreement_lines_history"
        ),
    )


def _create_documents_history() -> None:
    op.create_table(
        "documents_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("title", TEXT, comment="its title"),
        sa.Column("kind", TEXT, comment="what it is"),
        sa.Column("edited_at", sa.BigInteger, comment="when its text last changed"),
        sa.Column("reviewed_at", sa.BigInteger, comment="when somebody last said that it still holds"),
        sa.Column("technician", TEXT, comment="whose task it is to keep it"),
        sa.Column("words", sa.BigInteger, comment="how long its text is"),
        sa.Column("is_archived", sa.SmallInteger, comment="it is kept out of use"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from", name="pk_documents_history"),
    )


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("link_id", TEXT, nullable=False, comment="hash of what it links"),
        sa.Column("table_name", TEXT, nullable=False, comment="clients, technicians or devices"),
        sa.Column("connection_a", TEXT, nullable=False, comment="the first of the two by name"),
        sa.Column("row_a", TEXT, nullable=False, comment="the vendor's id there"),
        sa.Column("connection_b", TEXT, nullable=False),
        sa.Column("row_b", TEXT, nullable=False),
        sa.Column("ground", TEXT, nullable=False, comment="external_id, name, serial_number or person"),
        sa.Column("similarity", sa.Float, nullable=False, comment="share 0-1; 1 for an id that is the same"),
        sa.Column("status", TEXT, nullable=False, comment="proposed, confirmed or refused"),
        sa.Column("decided_by", TEXT, comment="who said so: a person, or the settings"),
        sa.Column("proposed_at", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("msp_id", "link_id", name="pk_links"),
    )
    op.create_index(
        "ix_links_msp_id_table_name_connection_a_row_a",
        "links",
        ["msp_id", "table_name", "connection_a", "row_a"],
    )
    op.create_index(
        "ix_links_msp_id_table_name_connection_b_row_b",
        "links",
        ["msp_id", "table_name", "connection_b", "row_b"],
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
