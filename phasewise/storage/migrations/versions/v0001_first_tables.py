"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compares by its bytes, whatever the locale of the database."""


def upgrade() -> None:
    _create_records()
    _create_history()
    _create_own()


def _create_records() -> None:
    _create_calendars()
    _create_clients()
    _create_invoices()
    _create_payments()
    _create_sla_results()
    _create_technicians()
    _create_ticket_events()
    _create_tickets()


def _create_calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column(
            "id", TEXT, nullable=False, comment="the vendor's id, or the calendar's name in the settings"
        ),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("name", TEXT, comment="what people call it"),
        sa.Column("zone", TEXT, comment="IANA time zone of the hours"),
        sa.Column("hours", TEXT, comment='weekday "mon".."sun" → list of "HH:MM-HH:MM"'),
        sa.Column("holidays", TEXT, comment="list of ISO dates without working hours"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_calendars"),
        comment="Working hours and holidays",
    )


def _create_clients() -> None:
    op.create_table(
        "clients",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the client"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("name", TEXT, comment="the client's name"),
        sa.Column("calendar", TEXT, comment="calendar its SLA runs by"),
        sa.Column("kind", TEXT, comment="client, prospect, internal, vendor"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("tier", TEXT, comment="service tier, the vendor's word"),
        sa.Column("started_at", sa.BigInteger, comment="when it became a client"),
        sa.Column("ended_at", sa.BigInteger, comment="when it stopped being a client"),
        sa.Column("is_internal", sa.SmallInteger, comment="the MSP itself"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_clients"),
        comment="A customer of the MSP",
    )


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the invoice"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("client", TEXT, comment="who is billed"),
        sa.Column("agreement", TEXT, comment="the agreement it bills"),
        sa.Column("number", TEXT, comment="the number printed on it"),
        sa.Column("kind", TEXT, comment="what it bills"),
        sa.Column("kind_raw", TEXT, comment="the vendor's word for kind"),
        sa.Column("issued_on", TEXT, comment="date of the invoice"),
        sa.Column("due_on", TEXT, comment="date payment is due"),
        sa.Column("sent_on", TEXT, comment="date it was sent"),
        sa.Column("paid_on", TEXT, comment="date it was fully paid"),
        sa.Column(
            "created_at",
            sa.BigInteger,
            comment="when the row was made in the source; guards against re-dated invoices",
        ),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amounts"),
        sa.Column("total", sa.BigInteger, comment="amount billed [currency]"),
        sa.Column("balance", sa.BigInteger, comment="amount still open [currency]"),
        sa.Column("is_disputed", sa.SmallInteger, comment="the client disputes it"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_invoices"),
        comment="A bill the MSP sent",
    )
    op.create_index("ix_invoices_msp_id_client", "invoices", ["msp_id", "client"])
    op.create_index("ix_invoices_msp_id_issued_on", "invoices", ["msp_id", "issued_on"])


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the payment"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("invoice", TEXT, comment="the invoice it pays"),
        sa.Column("client", TEXT, comment="who paid"),
        sa.Column("paid_on", TEXT, comment="date the money came in"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of the amount"),
        sa.Column("amount", sa.BigInteger, comment="amount paid [currency]"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_payments"),
        comment="Money that came in for an invoice",
    )
    op.create_index("ix_payments_msp_id_invoice", "payments", ["msp_id", "invoice"])


def _create_sla_results() -> None:
    op.create_table(
        "sla_results",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column(
            "id",
            TEXT,
            nullable=False,
            comment="ticket and target, joined by a colon, unless the vendor has an id of its own",
        ),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("ticket", TEXT, nullable=False, comment="the ticket"),
        sa.Column("target", TEXT, nullable=False, comment="which promise"),
        sa.Column("policy", TEXT, comment="the SLA policy"),
        sa.Column("target_minutes", sa.BigInteger, comment="promised business time [minutes]"),
        sa.Column("due_at", sa.BigInteger, comment="the deadline, where the source gives one"),
        sa.Column("met_at", sa.BigInteger, comment="when the promise was kept, where the source gives it"),
        sa.Column(
            "missed_at",
            sa.BigInteger,
            comment="when the source first recorded the miss; a miss is known only from then on",
        ),
        sa.Column("elapsed_minutes", sa.BigInteger, comment="business time used [minutes]"),
        sa.Column("paused_minutes", sa.BigInteger, comment="business time paused [minutes]"),
        sa.Column("vendor_outcome", TEXT, comment="the vendor's own verdict"),
        sa.Column("own_outcome", TEXT, comment="Phasewise's verdict by its own clock"),
        sa.Column("outcome", TEXT, comment="the verdict that counts, by the MSP's `sla.basis`"),
        sa.Column(
            "agrees",
            sa.SmallInteger,
            comment="vendor_outcome equals own_outcome; null where one of them is missing",
        ),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_sla_results"),
        comment="What became of one promise for one ticket",
    )
    op.create_index(
        "ix_sla_results_msp_id_connection_id_ticket", "sla_results", ["msp_id", "connection_id", "ticket"]
    )
    op.create_index("ix_sla_results_msp_id_due_at", "sla_results", ["msp_id", "due_at"])


def _create_technicians() -> None:
    op.create_table(
        "technicians",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the technician"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("name", TEXT, comment="the technician's name"),
        sa.Column("role", TEXT, comment="what the person does"),
        sa.Column("role_raw", TEXT, comment="the vendor's word for role"),
        sa.Column("team", TEXT, comment="team or queue the person belongs to"),
        sa.Column("is_active", sa.SmallInteger, comment="still works here"),
        sa.Column("capacity_minutes_per_week", sa.BigInteger, comment="contracted working time [minutes]"),
        sa.Column("currency", TEXT, comment="ISO 4217 code of hourly_cost"),
        sa.Column("hourly_cost", sa.BigInteger, comment="cost of an hour [currency]"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_technicians"),
        comment="A person who works tickets",
    )


def _create_ticket_events() -> None:
    op.create_table(
        "ticket_events",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column(
            "id",
            TEXT,
            nullable=False,
            comment="the vendor's id of the event, or one made of ticket, order and kind",
        ),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column("ticket", TEXT, nullable=False, comment="the ticket"),
        sa.Column("at", sa.BigInteger, nullable=False, comment="when it happened"),
        sa.Column("kind", TEXT, nullable=False, comment="what changed"),
        sa.Column("from_value", TEXT, comment="value before; for status and priority the neutral word"),
        sa.Column("from_raw", TEXT, comment="the vendor's word before"),
        sa.Column("to_value", TEXT, comment="value after; for status and priority the neutral word"),
        sa.Column("to_raw", TEXT, comment="the vendor's word after"),
        sa.Column("actor", TEXT, comment="who did it"),
        sa.Column("technician", TEXT, comment="the technician who did it"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_ticket_events"),
        comment="Something that happened to a ticket",
    )
    op.create_index("ix_ticket_events_msp_id_at", "ticket_events", ["msp_id", "at"])
    op.create_index(
        "ix_ticket_events_msp_id_connection_id_ticket_kind_at",
        "ticket_events",
        ["msp_id", "connection_id", "ticket", "kind", "at"],
    )


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("msp_id", TEXT, nullable=False, comment="the MSP"),
        sa.Column("connection_id", TEXT, nullable=False, comment="the connection the row came by"),
        sa.Column("id", TEXT, nullable=False, comment="the vendor's id of the ticket"),
        sa.Column("updated_at", sa.BigInteger, comment="when the vendor last changed the row"),
        sa.Column(
            "number", TEXT, comment="the number people know the ticket by, where it differs from the id"
        ),
        sa.Column("client", TEXT, comment="the client it was raised for"),
        sa.Column("requester", TEXT, comment="keyed hash of the vendor's contact id; no name"),
        sa.Column("technician", TEXT, comment="who owns it now"),
        sa.Column("device", TEXT, comment="the device it is about"),
        sa.Column("agreement", TEXT, comment="the agreement it is covered by"),
        sa.Column("parent", TEXT, comment="the ticket it was merged into or is a child of"),
        sa.Column("project", TEXT, comment="the project it belongs to"),
        sa.Column("title", TEXT, comment="its one-line summary; kept only where an indicator needs it"),
        sa.Column("type", TEXT, comment="kind of work"),
        sa.Column("type_raw", TEXT, comment="the vendor's word for type"),
        sa.Column("category", TEXT, comment="the vendor's category"),
        sa.Column("subcategory", TEXT, comment="the vendor's subcategory"),
        sa.Column("priority", TEXT, comment="priority now"),
        sa.Column("priority_raw", TEXT, comment="the vendor's word for priority"),
        sa.Column("first_priority", TEXT, comment="priority when it was opened"),
        sa.Column("first_priority_raw", TEXT, comment="the vendor's word for first_priority"),
        sa.Column("source", TEXT, comment="how it came in"),
        sa.Column("source_raw", TEXT, comment="the vendor's word for source"),
        sa.Column("queue", TEXT, comment="board, queue or assignment group"),
        sa.Column("status", TEXT, comment="state now"),
        sa.Column("status_raw", TEXT, comment="the vendor's word for status"),
        sa.Column("opened_at", sa.BigInteger, comment="when it was opened"),
        sa.Column("first_response_at", sa.BigInteger, comment="first answer to the client"),
        sa.Column("first_response_by", TEXT, comment="who answered first"),
        sa.Column("resolved_at", sa.BigInteger, comment="when the work was done (newest resolution)"),
        sa.Column(
            "closed_at",
            sa.BigInteger,
            comment="when it was closed; often an automatic close days after the resolution",
        ),
        sa.Column("reopened_count", sa.BigInteger, comment="times it was opened again after a resolution"),
        sa.Column("reassigned_count", sa.BigInteger, comment="times its owner changed"),
        sa.Column("group_reassigned_count", sa.BigInteger, comment="times its queue changed"),
        sa.Column("is_internal", sa.SmallInteger, comment="the MSP's own work, not a client's"),
        sa.Column(
            "first_seen_at", sa.BigInteger, nullable=False, comment="when Phasewise first stored the row"
        ),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment="when a sync last saw the row"),
        sa.Column("gone_at", sa.BigInteger, comment="when a proven-complete listing no longer had the row"),
        sa.Column("raw_page", sa.BigInteger, comment="raw page the row was derived from (lineage)"),
        sa.Column("raw_index", sa.Integer, comment="position of its payload in the raw page"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", name="pk_tickets"),
        comment="A unit of work a client or a device asked for",
    )
    op.create_index("ix_tickets_msp_id_client", "tickets", ["msp_id", "client"])
    op.create_index("ix_tickets_msp_id_opened_at", "tickets", ["msp_id", "opened_at"])
    op.create_index("ix_tickets_msp_id_updated_at", "tickets", ["msp_id", "updated_at"])


def _create_history() -> None:
    _create_clients_history()
    _create_technicians_history()


def _create_clients_history() -> None:
    op.create_table(
        "clients_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("name", TEXT, comment="the client's name"),
        sa.Column("calendar", TEXT, comment="calendar its SLA runs by"),
        sa.Column("kind", TEXT, comment="client, prospect, internal, vendor"),
        sa.Column("tier", TEXT, comment="service tier, the vendor's word"),
        sa.Column("started_at", sa.BigInteger, comment="when it became a client"),
        sa.Column("ended_at", sa.BigInteger, comment="when it stopped being a client"),
        sa.Column("is_internal", sa.SmallInteger, comment="the MSP itself"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from", name="pk_clients_history"),
    )


def _create_technicians_history() -> None:
    op.create_table(
        "technicians_history",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False, comment="from when these values were seen"),
        sa.Column("valid_to", sa.BigInteger, comment="until when; null = still"),
        sa.Column("changed", TEXT, comment="names of the columns that changed at valid_from"),
        sa.Column("role", TEXT, comment="what the person does"),
        sa.Column("team", TEXT, comment="team or queue the person belongs to"),
        sa.Column("is_active", sa.SmallInteger, comment="still works here"),
        sa.Column("capacity_minutes_per_week", sa.BigInteger, comment="contracted working time"),
        sa.Column("hourly_cost", sa.BigInteger, comment="cost of an hour"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from", name="pk_technicians_history"),
    )


def _create_own() -> None:
    _create_msps()
    _create_connections()
    _create_runs()
    _create_checkpoints()
    _create_receipts()
    _create_rejects()
    _create_raw_pages()
    _create_mapped_words()
    _create_days()
    _create_weeks()
    _create_months()
    _create_analyses()
    _create_indicator_results()


def _create_msps() -> None:
    op.create_table(
        "msps",
        sa.Column("msp_id", TEXT, nullable=False, comment="short name used in settings and keys"),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False, comment="IANA zone that makes weeks, days and months"),
        sa.Column("currency", TEXT, nullable=False, comment="ISO 4217"),
        sa.Column("requester_key", TEXT, nullable=False, comment="hex key of the requesters' hashes"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msp_id", name="pk_msps"),
    )


def _create_connections() -> None:
    op.create_table(
        "connections",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("connector", TEXT, nullable=False),
        sa.Column("provides", TEXT, nullable=False, comment="table.field names it can ever fill"),
        sa.Column("active_from", TEXT),
        sa.Column("active_until", TEXT),
        sa.Column(
            "derived_with", TEXT, comment="digest of the words its records were derived with; null = none yet"
        ),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", name="pk_connections"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("job", TEXT, nullable=False, comment="sync, remap, reconcile, analyze"),
        sa.Column("due_key", TEXT, nullable=False, comment="local wall time it was due, or manual:<run_id>"),
        sa.Column("status", TEXT, nullable=False, comment="running, complete, partial, failed"),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("message", TEXT, comment="why it failed or is partial"),
        sa.Column("release", TEXT, nullable=False, comment="release of Phasewise"),
        sa.PrimaryKeyConstraint("msp_id", "run_id", name="pk_runs"),
        sa.UniqueConstraint("msp_id", "job", "due_key", name="uq_runs_msp_id_job_due_key"),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("slice", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="version of the form of this row"),
        sa.Column("cursor", TEXT, comment="the vendor's own resume mark"),
        sa.Column("token", TEXT, comment="fingerprint of the source when it was read to its end"),
        sa.Column("window_start", sa.BigInteger),
        sa.Column("window_end", sa.BigInteger),
        sa.Column("is_complete", sa.SmallInteger, nullable=False, comment="the slice was proven complete"),
        sa.Column("fetched", sa.BigInteger, nullable=False, comment="items fetched so far in this slice"),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "stream", "slice", name="pk_checkpoints"),
    )


def _create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("receipt_id", TEXT, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("slice", TEXT, nullable=False),
        sa.Column("mode", TEXT, nullable=False, comment="full, increment, resume, reconcile, remap; and why"),
        sa.Column(
            "status", TEXT, nullable=False, comment="complete, partial, failed, later, skipped, unchanged"
        ),
        sa.Column("proof", TEXT, nullable=False, comment="declared_total, end_mark, whole_file, none"),
        sa.Column("window_start", sa.BigInteger),
        sa.Column("window_end", sa.BigInteger),
        sa.Column("declared", sa.BigInteger, comment="items the source says there are"),
        sa.Column(
            "rows_read", sa.BigInteger, nullable=False, comment="rows or items fetched from the source"
        ),
        sa.Column("stored", sa.BigInteger, nullable=False, comment="main records written"),
        sa.Column("rejected", sa.BigInteger, nullable=False, comment="payloads or rows that became rejects"),
        sa.Column("records", TEXT, nullable=False, comment="table → records written"),
        sa.Column("reasons", TEXT, nullable=False, comment="reject reason → count"),
        sa.Column("message", TEXT, comment="why it is not complete, with the remedy"),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msp_id", "receipt_id", name="pk_receipts"),
    )
    op.create_index(
        "ix_receipts_msp_id_connection_id_stream_slice",
        "receipts",
        ["msp_id", "connection_id", "stream", "slice"],
    )


def _create_rejects() -> None:
    op.create_table(
        "rejects",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column(
            "reject_id",
            TEXT,
            nullable=False,
            comment="hash of connection, stream, slice, place, field and reason",
        ),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("slice", TEXT, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("key", TEXT, comment="the vendor's id, where it could be read"),
        sa.Column("place", TEXT, nullable=False, comment="file and line, or page and position"),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False, comment="stable short code"),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False, comment="as sent, cut to 2,000 characters"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("msp_id", "reject_id", name="pk_rejects"),
    )
    op.create_index(
        "ix_rejects_msp_id_connection_id_stream_slice",
        "rejects",
        ["msp_id", "connection_id", "stream", "slice"],
    )


def _create_raw_pages() -> None:
    op.create_table(
        "raw_pages",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("page_id", sa.BigInteger, nullable=False, comment="ascending in the order of commits"),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("slice", TEXT, nullable=False),
        sa.Column("run_id", TEXT, nullable=False),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.Column("payload_count", sa.Integer, nullable=False),
        sa.Column("payloads", sa.LargeBinary, nullable=False, comment="zlib of a JSON list of [id, payload]"),
        sa.PrimaryKeyConstraint("msp_id", "page_id", name="pk_raw_pages"),
    )
    op.create_index(
        "ix_raw_pages_msp_id_connection_id_stream_slice",
        "raw_pages",
        ["msp_id", "connection_id", "stream", "slice"],
    )


def _create_mapped_words() -> None:
    op.create_table(
        "mapped_words",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("connection_id", TEXT, nullable=False),
        sa.Column("mapping", TEXT, nullable=False, comment="status, priority, type, …"),
        sa.Column("word", TEXT, nullable=False, comment="the vendor's word"),
        sa.Column("target", TEXT, nullable=False, comment="the neutral word"),
        sa.Column("origin", TEXT, nullable=False, comment="default (the connector's guess) or operator"),
        sa.PrimaryKeyConstraint("msp_id", "connection_id", "mapping", "word", name="pk_mapped_words"),
    )


def _create_days() -> None:
    op.create_table(
        "days",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("starts_on", TEXT, nullable=False, comment="local date it starts on"),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False, comment="exclusive"),
        sa.PrimaryKeyConstraint("msp_id", "starts_on", name="pk_days"),
    )
    op.create_index("ix_days_msp_id_starts_at", "days", ["msp_id", "starts_at"])


def _create_weeks() -> None:
    op.create_table(
        "weeks",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("starts_on", TEXT, nullable=False, comment="local date it starts on"),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False, comment="exclusive"),
        sa.PrimaryKeyConstraint("msp_id", "starts_on", name="pk_weeks"),
    )
    op.create_index("ix_weeks_msp_id_starts_at", "weeks", ["msp_id", "starts_at"])


def _create_months() -> None:
    op.create_table(
        "months",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("starts_on", TEXT, nullable=False, comment="local date it starts on"),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.BigInteger, nullable=False, comment="exclusive"),
        sa.PrimaryKeyConstraint("msp_id", "starts_on", name="pk_months"),
    )
    op.create_index("ix_months_msp_id_starts_at", "months", ["msp_id", "starts_at"])


def _create_analyses() -> None:
    op.create_table(
        "analyses",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("as_of", TEXT, nullable=False),
        sa.Column("edition", TEXT, nullable=False, comment="hash of the rules used"),
        sa.Column("basis", TEXT, nullable=False, comment="digest of the data read"),
        sa.Column("made", TEXT, nullable=False, comment="nightly (as known then) or backfill (as known now)"),
        sa.Column("analyzed_at", sa.BigInteger, nullable=False),
        sa.Column("release", TEXT, nullable=False),
        sa.Column("phase", TEXT, nullable=False, comment="the floor"),
        sa.Column("ceiling", TEXT, nullable=False),
        sa.Column("is_decided", sa.SmallInteger, nullable=False),
        sa.Column("distribution", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False, comment="the whole answer of analyze --json"),
        sa.PrimaryKeyConstraint("msp_id", "as_of", "edition", "basis", name="pk_analyses"),
    )


def _create_indicator_results() -> None:
    op.create_table(
        "indicator_results",
        sa.Column("msp_id", TEXT, nullable=False),
        sa.Column("as_of", TEXT, nullable=False),
        sa.Column("edition", TEXT, nullable=False),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False, comment="pass, fail, leaning, unknown"),
        sa.Column("evidence", TEXT, nullable=False, comment="derived, partly, attested"),
        sa.Column("score_median", sa.Float, comment="0-100; 70 passes"),
        sa.Column("score_low", sa.Float, comment="lower end of the 90% interval"),
        sa.Column("score_high", sa.Float),
        sa.Column("p_pass", sa.Float, comment="share 0-1"),
        sa.Column("reason", TEXT),
        sa.Column("detail", TEXT, nullable=False, comment="measures, parts, notes, funnel"),
        sa.PrimaryKeyConstraint("msp_id", "as_of", "edition", "basis", "code", name="pk_indicator_results"),
    )
