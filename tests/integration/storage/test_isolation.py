"""One store, several MSPs: each reads and writes its own rows, and every key is led by the MSP."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import UniqueConstraint

from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.storage.analyses import StoredAnalysis, analyses, save_analysis
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.frames import read_frame
from phasewise.storage.msps import (
    read_connections,
    read_msp,
    register_connection,
    register_msp,
    requester_key,
)
from phasewise.storage.raw import payloads_of, read_pages
from phasewise.storage.receipts import latest_receipts, write_receipt
from phasewise.storage.retention import erase_client, prune_raw
from phasewise.storage.runs import latest_runs, start_run
from phasewise.storage.sink import MappedWord, NewReject, StoredPayload, write_page
from phasewise.storage.sweep import mark_gone
from phasewise.storage.tables import metadata
from tests.conftest import NOW
from tests.integration.storage.test_receipts import receipt
from tests.support.pages import AT, page_of, rows


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_key_and_index_is_led_by_the_msp(table: object) -> None:
    keys = [table.primary_key, *table.indexes]  # type: ignore[attr-defined]  # a Table; typed as object for the ids
    keys += [c for c in table.constraints if isinstance(c, UniqueConstraint)]  # type: ignore[attr-defined]  # as above
    assert {next(iter(key.columns)).name for key in keys} == {"msp_id"}


def fill(scope: MspStore, mark: str) -> None:
    """Write the same ids for every MSP, with a mark that tells whose they are."""
    register_connection(
        scope,
        connection_id="psa",
        connector=mark,
        provides=frozenset({mark}),
        active_from=None,
        active_until=None,
        now=NOW,
    )
    run_id = start_run(scope, job="sync", due_key="2026-03-02T04:15", now=NOW)
    write_page(
        scope,
        page_of(
            Ticket(id="1", queue=mark, client="c"),
            Client(id="c", name=mark),
            payloads=[StoredPayload("1", mark), StoredPayload("c", mark)],
            rejects=[NewReject("line 1", "bad_date", mark)],
            words=[MappedWord("status", "New", mark, "default")],
            run_id=run_id,
            cursor=mark,
        ),
    )
    write_receipt(scope, receipt(run_id=run_id, message=mark))
    save_analysis(
        scope,
        StoredAnalysis(
            as_of=date(2026, 3, 1),
            edition="e",
            basis="b",
            made="nightly",
            analyzed_at=NOW,
            release=mark,
            phase="reactive",
            ceiling="stable",
            is_decided=True,
            distribution={},
            result={},
            indicators=(),
        ),
    )


def seen(scope: MspStore) -> set[object]:
    """The marks in everything an MSP can read of itself."""
    return {
        *(mark for table in ("tickets", "clients") for (mark,) in rows(scope, table, _MARKED[table])),
        *(mark for (mark,) in rows(scope, "clients_history", "name")),
        *(mark for (mark,) in rows(scope, "rejects", "detail", order="detail")),
        *(mark for (mark,) in rows(scope, "mapped_words", "target", order="target")),
        *(payload.payload for page in read_pages(scope, "psa") for payload in page.payloads),
        *payloads_of(scope, "psa", "tickets", "tickets", ["1"]).values(),
        *(c.cursor for c in checkpoints(scope, "psa", "tickets").values()),
        *(r.message for r in latest_receipts(scope)),
        *(a.release for a in analyses(scope)),
        *(c.connector for c in read_connections(scope)),
        read_msp(scope).name,
    }


_MARKED = {"tickets": "queue", "clients": "name"}


@pytest.fixture
def two(any_store: Store) -> tuple[MspStore, MspStore]:
    """Two MSPs with equal ids everywhere."""
    scopes = []
    for name in ("acme", "zeta"):
        scope = register_msp(any_store, msp_id=name, name=name, zone="UTC", currency="EUR", now=NOW)
        fill(scope, name)
        scopes.append(scope)
    return scopes[0], scopes[1]


def test_two_msps_with_equal_ids_read_each_their_own(two: tuple[MspStore, MspStore]) -> None:
    acme, zeta = two
    assert seen(acme) == {"acme"}
    assert seen(zeta) == {"zeta"}
    assert len(latest_runs(acme)) == len(latest_runs(zeta)) == 1
    assert requester_key(acme) != requester_key(zeta)


def test_what_one_msp_changes_is_not_changed_for_the_other(two: tuple[MspStore, MspStore]) -> None:
    acme, zeta = two
    later = AT + timedelta(days=1)
    assert mark_gone(acme, "psa", "tickets", "2026-03", "tickets", seen_since=later, now=later) == 1
    assert rows(zeta, "tickets", "gone_at") == [(None,)]
    assert erase_client(acme, "psa", "c").records == {"clients": 1, "tickets": 1}
    assert prune_raw(acme, later) == 0  # nothing is left to prune: erasing emptied the page
    assert rows(acme, "tickets", "id") == []
    assert seen(zeta) == {"zeta"}
    assert prune_raw(zeta, later) == 1


def test_a_frame_that_names_no_msp_is_a_defect(sqlite_msp: MspStore) -> None:
    for sql in ("SELECT 1", "SELECT 1 -- :msp_id", "SELECT 1 /* :msp_id */", "SELECT '::msp_id'"):
        with pytest.raises(ValueError, match="must name :msp_id"):
            read_frame(sqlite_msp, sql)
