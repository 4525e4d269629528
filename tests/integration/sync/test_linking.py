"""What is the same in two systems: proposed by the strongest ground, decided by people, never guessed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from phasewise.storage.engine import MspStore
from phasewise.storage.links import decide_links, read_links
from phasewise.storage.tables import RECORD_TABLES
from phasewise.sync.linking import BY_SETTINGS, Linked, alike, propose_links
from tests.conftest import NOW

SYSTEMS = {"desk": ("connectwise", "psa"), "agents": ("ninjaone", "rmm")}


def put(scope: MspStore, table: str, connection: str, *rows: dict[str, Any]) -> None:
    with scope.write() as opened:
        for row in rows:
            values = {
                "msp_id": scope.msp_id,
                "connection_id": connection,
                "first_seen_at": NOW,
                "seen_at": NOW,
            }
            opened.execute(insert(RECORD_TABLES[table]), {**values, **row})


def propose(scope: MspStore, auto_above: float | None = None, **systems: tuple[str, str]) -> Linked:
    return propose_links(scope, {**SYSTEMS, **systems}, auto_above=auto_above, now=NOW)


def found(scope: MspStore) -> list[tuple[str, str, str, str, float, str]]:
    return [
        (one.proposal.table_name, one.proposal.row_a, one.proposal.row_b, one.proposal.ground,
         one.proposal.similarity, one.status)
        for one in read_links(scope)
    ]  # fmt: skip


def test_what_a_vendor_says_itself_goes_before_a_name(any_msp: MspStore) -> None:
    put(any_msp, "clients", "desk", {"id": "7", "name": "Acme"}, {"id": "8", "name": "Acme Holding"})
    put(any_msp, "clients", "agents", {"id": "1", "name": "Acme"})
    said = {"table_name": "clients", "row": "1", "target_table": "clients", "value": "8"}
    put(any_msp, "external_ids", "agents", {"id": "clients:1:psa", "system": "psa", **said})
    assert propose(any_msp) == Linked(proposed=1, new=1, confirmed=0)
    assert found(any_msp) == [("clients", "1", "8", "external_id", 1.0, "proposed")]


def test_an_id_that_two_connections_could_mean_links_neither(any_msp: MspStore) -> None:
    put(any_msp, "clients", "desk", {"id": "7", "name": "Acme"})
    put(any_msp, "clients", "other_desk", {"id": "7", "name": "Zenith"})
    put(any_msp, "clients", "agents", {"id": "1", "name": "Quite Another"})
    said = {"table_name": "clients", "row": "1", "target_table": "clients", "value": "7"}
    put(any_msp, "external_ids", "agents", {"id": "clients:1:psa", "system": "psa", **said})
    assert propose(any_msp, other_desk=("autotask", "psa")).proposed == 0


def test_names_that_are_nearly_the_same_are_proposed_and_those_with_a_rival_are_not(
    any_msp: MspStore,
) -> None:
    put(
        any_msp, "clients", "desk",
        {"id": "1", "name": "Brightwater Legal LLP"}, {"id": "2", "name": "Delta"},
        {"id": "3", "name": "Delta "},
    )  # fmt: skip
    put(
        any_msp,
        "clients",
        "agents",
        {"id": "a", "name": "brightwater legal, LLP."},
        {"id": "b", "name": "DELTA"},
    )
    propose(any_msp)
    assert found(any_msp) == [("clients", "a", "1", "name", 1.0, "proposed")]


def test_a_serial_number_that_a_side_has_twice_or_that_is_none_links_nothing(any_msp: MspStore) -> None:
    put(
        any_msp, "devices", "desk",
        {"id": "1", "serial_number": "5CG 1234 XYZ"}, {"id": "2", "serial_number": "N/A"},
        {"id": "3", "serial_number": "DUPLICATE1"}, {"id": "4", "serial_number": "DUPLICATE1"},
    )  # fmt: skip
    put(
        any_msp, "devices", "agents",
        {"id": "a", "serial_number": "5cg1234xyz"}, {"id": "b", "serial_number": "N/A"},
        {"id": "c", "serial_number": "DUPLICATE1"},
    )  # fmt: skip
    propose(any_msp)
    assert found(any_msp) == [("devices", "a", "1", "serial_number", 1.0, "proposed")]


def test_a_decision_stays_whatever_is_proposed_later(any_msp: MspStore) -> None:
    put(any_msp, "clients", "desk", {"id": "1", "name": "Acme"}, {"id": "2", "name": "Zenith"})
    put(any_msp, "clients", "agents", {"id": "a", "name": "Acme"}, {"id": "b", "name": "Zenith"})
    propose(any_msp)
    acme, zenith = (one.link_id for one in read_links(any_msp))
    decide_links(any_msp, [acme], "confirmed", by="Ada", now=NOW)
    decide_links(any_msp, [zenith], "refused", by="Ada", now=NOW)
    assert propose(any_msp, auto_above=0.9) == Linked(proposed=0, new=0, confirmed=1)
    assert [(one.link_id, one.status, one.decided_by) for one in read_links(any_msp)] == [
        (acme, "confirmed", "Ada"),
        (zenith, "refused", "Ada"),
    ]


def test_a_proposal_whose_row_is_gone_is_withdrawn(any_msp: MspStore) -> None:
    put(any_msp, "clients", "desk", {"id": "1", "name": "Acme"})
    put(any_msp, "clients", "agents", {"id": "a", "name": "Acme"})
    propose(any_msp)
    with any_msp.write() as opened:
        opened.execute(RECORD_TABLES["clients"].update().values(gone_at=NOW))
    assert propose(any_msp) == Linked(proposed=0, new=0, confirmed=0)
    assert read_links(any_msp) == []


def test_the_settings_confirm_only_what_is_alike_enough(any_msp: MspStore) -> None:
    put(any_msp, "clients", "desk", {"id": "1", "name": "Acme"}, {"id": "2", "name": "Brightwater Legal"})
    put(any_msp, "clients", "agents", {"id": "a", "name": "Acme"}, {"id": "b", "name": "Brightwaters Legal"})
    assert propose(any_msp, auto_above=1.0) == Linked(proposed=1, new=2, confirmed=1)
    by = {one.proposal.row_a: (one.status, one.decided_by) for one in read_links(any_msp)}
    assert by == {"a": ("confirmed", BY_SETTINGS), "b": ("proposed", None)}


@given(
    st.dictionaries(st.text(max_size=3), st.text(max_size=12)),
    st.dictionaries(st.text(max_size=3), st.text(max_size=12)),
)
def test_no_row_is_ever_in_two_matches(a: dict[str, str], b: dict[str, str]) -> None:
    matches = alike(a, b)
    assert len({row for row, _, _ in matches}) == len(matches) == len({row for _, row, _ in matches})
    assert all(0.85 <= similarity <= 1 for _, _, similarity in matches)
