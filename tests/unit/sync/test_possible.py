"""What `check` calls possible, and the lines that `mapping` offers."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from phasewise.cli.commands.mapping import snippet
from phasewise.cli.possible import gains, possible_indicators, touched_codes
from phasewise.sync.readiness import UnmappedWord

TICKETS = {"tickets.status", "tickets.opened_at"}


def codes(provided: set[str]) -> set[str]:
    return {one.code for one in possible_indicators(provided) if one.is_possible}


def test_nothing_is_possible_with_nothing() -> None:
    found = possible_indicators([])
    assert len(found) == 20
    assert not any(one.is_possible for one in found)
    assert "1.1" in gains(found)["psa"]


def test_tickets_alone_make_ticket_consistency_possible_and_no_sla() -> None:
    assert "1.1" in codes(TICKETS)
    assert "2.1" not in codes(TICKETS)
    assert "2.1" in codes(TICKETS | {"sla_results.outcome", "sla_results.vendor_outcome"})


def test_what_no_source_gives_is_named_and_what_we_write_ourselves_is_not() -> None:
    found = {one.code: one for one in possible_indicators(TICKETS)}
    assert "tickets.requester" in found["1.1"].missing
    assert "tickets.status" not in found["1.1"].missing
    assert not any(name.endswith((".outcome", "_raw")) for name in found["2.1"].missing)


def test_a_connected_kind_is_not_proposed_again() -> None:
    for one in possible_indicators(TICKETS):
        assert "psa" not in one.connect
        assert "people" not in one.connect


def test_a_status_touches_the_indicators_that_read_it() -> None:
    assert {"1.1", "2.1"} <= set(touched_codes("status"))
    assert touched_codes("no such mapping") == ()


words = st.builds(
    UnmappedWord,
    connection_id=st.sampled_from(["desk", "second-desk"]),
    mapping=st.sampled_from(["status", "priority"]),
    word=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    rows=st.integers(1, 10_000),
    tickets=st.just(0),
    suggestion=st.sampled_from([None, "low", "waiting"]),
)


@given(st.lists(words, max_size=8, unique_by=lambda w: (w.connection_id, w.mapping, w.word)), st.booleans())
def test_the_lines_are_toml_and_hold_every_suggestion(found: list[UnmappedWord], by_connection: bool) -> None:
    if not by_connection:
        found = [word for word in found if word.connection_id == "desk"]
    read = tomllib.loads(snippet(found, by_connection=by_connection))
    for word in found:
        table = read["connections"][word.connection_id] if by_connection else read
        kept = table["mapping"][word.mapping]
        assert kept.get(word.word) == word.suggestion
