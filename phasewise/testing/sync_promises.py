"""What every connector and the engine promise together, on a real store: a function a promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from phasewise.storage.engine import Store
from phasewise.testing import faults
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.stored import gone_ids, ids_of_gone_owners, stored_rows
from phasewise.testing.subject import MANY_PAGES, read
from phasewise.testing.sync_contract import Bench, Vendor, vendor

FOR_EVER = 1_000_000


class KilledError(BaseException):
    """Stands for the end of the process: nothing of ours may catch it."""


def a_sync_stores_what_the_source_has_and_proves_it(bench: Bench, store: Store) -> None:
    """Every record, and a receipt that says so for every slice."""
    with vendor(bench, MANY_PAGES) as there:
        result = there.sync(store)
        assert result.status == "complete", _told(result)
        _expect_what_the_source_has(bench, there, store)
        proofs = {receipt.proof for receipt in result.receipts}
        assert "none" not in proofs, _told(result)


def a_second_sync_changes_nothing(bench: Bench, store: Store) -> None:
    """What goes wrong only the second time is the commonest fault of such systems."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store)
        before = stored_rows(store.msp("acme"))
        result = there.sync(store)
        assert result.status == "complete", _told(result)
        assert stored_rows(store.msp("acme")) == before


def a_run_killed_after_any_page_ends_like_one_left_alone(bench: Bench, store: Store) -> None:
    """At least once on the wire, exactly once in effect."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store, "alone")
        alone = stored_rows(store.msp("alone"))
        kills = 0
        for number in (1, 2, 3, 5, 8, 13, 21):
            name = f"killed-{number}"
            try:
                there.sync(store, name, told=_kill_at(number))
            except KilledError:
                kills += 1
                result = there.sync(store, name)
                assert result.status == "complete", f"killed after page {number}: {_told(result)}"
            assert stored_rows(store.msp(name)) == alone, f"killed after page {number}: other rows"
        assert kills, "no run was killed: the source has no page"


def a_slice_whose_total_is_not_reached_is_partial(bench: Bench, store: Store) -> None:
    """The vendor counts three records that it does not list."""
    with vendor(bench, faults.hidden_records(3)) as there:
        result = there.sync(store)
        for receipt in result.receipts:
            if receipt.declared is not None:
                assert receipt.status == "partial", f"{receipt.stream} {receipt.slice} is {receipt.status}"
                assert receipt.message


def a_missing_right_skips_one_stream_and_the_others_go_on(bench: Bench, store: Store) -> None:
    """And its receipt names the right."""
    for number, stream in enumerate(bench.subject.streams()):
        with vendor(bench, faults.forbidden(stream.name)) as there:
            result = there.sync(store, f"msp-{number}")
            by_stream = _by_stream(result)
            assert set(by_stream[stream.name]) == {"skipped"}, _told(result)
            message = next(r.message for r in result.receipts if r.stream == stream.name)
            assert stream.right in (message or ""), f"the receipt does not name the right: {message}"
            for other in there.streams():
                if bench.subject.collection(other).path != bench.subject.collection(stream).path:
                    assert set(by_stream[other.name]) == {"complete"}, _told(result)


def a_source_that_fails_mid_run_is_finished_the_next_time(bench: Bench, store: Store) -> None:
    """What came is stored, the rest is left for later, and nothing is doubled."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store, "alone")
        alone = stored_rows(store.msp("alone"))
    for number in (1, 2, 3):
        name = f"failed-{number}"
        with vendor(bench, MANY_PAGES, faults.failing(at=number, times=FOR_EVER)) as there:
            result = there.sync(store, name)
            assert result.status != "complete", "a run that failed half-way says it is complete"
            assert "later" in Counter(receipt.status for receipt in result.receipts), _told(result)
        with vendor(bench, MANY_PAGES) as there:
            result = there.sync(store, name)
            assert result.status == "complete", _told(result)
            assert stored_rows(store.msp(name)) == alone


def a_wrong_key_harms_nothing_that_is_stored(bench: Bench, store: Store) -> None:
    """And the run says that it failed."""
    with vendor(bench) as there:
        there.sync(store)
        before = stored_rows(store.msp("acme"))
    with vendor(bench, faults.wrong_key()) as there:
        result = there.sync(store)
        assert result.status == "failed", _told(result)
        assert stored_rows(store.msp("acme")) == before


def text_of_every_script_is_stored_as_it_was(bench: Bench, store: Store) -> None:
    """On every database."""
    with vendor(bench, faults.strange_text()) as there:
        result = there.sync(store)
        assert result.status == "complete", _told(result)
    stored = repr(stored_rows(store.msp("acme")))
    shown = [stream for stream in bench.subject.streams() if bench.subject.collection(stream).texts]
    if any(_shows_text(bench, stream) for stream in shown):
        for text in faults.STRANGE_TEXTS:
            assert repr(text)[1:-1] in stored, f"{text!r} is not stored as it was"


def a_record_deleted_in_the_source_is_gone_after_a_reconcile(bench: Bench, store: Store) -> None:
    """Marked, not removed; and only that one, with what cannot be without a record that is gone."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store)
        for stream in there.streams():
            there.server.replace(stream.name, there.server.items(stream.name)[1:])
        result = there.sync(store, reconcile=True)
        assert result.status == "complete", _told(result)
        for stream in there.streams():
            if stream.lists_all:
                first = bench.subject.identify(stream, bench.subject.collection(stream).make(1))
                gone = gone_ids(store.msp("acme"), stream.record)
                assert first in gone, stream.name
                others = gone - {first} - ids_of_gone_owners(store.msp("acme"), stream.record)
                assert not others, f"{stream.name}: {sorted(others)} are called gone and are there"


def what_its_source_calls_deleted_is_kept_and_marked_as_gone(bench: Bench, store: Store) -> None:
    """Only that record, with all that is known of it; and no longer when the source has it again."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store)
        before = stored_rows(store.msp("acme"))
        tables = {stream.record for stream in there.streams()}
        for table in tables:
            assert not gone_ids(store.msp("acme"), table), f"{table}: gone though nothing was deleted"
        for stream in there.streams():
            deleted, items = bench.subject.collection(stream).deleted, there.server.items(stream.name)
            if deleted is None:
                continue
            there.server.replace(stream.name, [deleted(items[0]), *items[1:]])
            result = there.sync(store, full=True)
            assert result.status == "complete", _told(result)
            first = bench.subject.identify(stream, items[0])
            assert gone_ids(store.msp("acme"), stream.record) == {first}, stream.name
            ids = {row["id"] for row in stored_rows(store.msp("acme"))[stream.record]}
            assert ids == {row["id"] for row in before[stream.record]}, f"{stream.name}: not kept"
            there.server.replace(stream.name, items)
            there.sync(store, full=True)
            assert not gone_ids(store.msp("acme"), stream.record), f"{stream.name}: still gone"


def the_receipts_say_how_many_requests_were_sent(bench: Bench, store: Store) -> None:
    """Those that failed and were sent again included: it is the vendor's count that runs out."""
    with vendor(bench, MANY_PAGES, faults.failing(at=2, times=2)) as there:
        result = there.sync(store)
        told = sum(receipt.requests for receipt in result.receipts)
        if not isinstance(there.server, FaultServer):
            assert told == 0, f"{told} requests, and nobody was asked"
            return
        # What opens or plans a connection belongs to no slice.
        pages = sum(asked.number > 0 and _is_of(bench, asked.path) for asked in there.server.asked)
        assert pages <= told <= len(there.server.asked), (
            f"the receipts say {told}, the source was asked {len(there.server.asked)} times, "
            f"{pages} of them for pages"
        )


def a_listing_that_was_not_whole_sweeps_nothing(bench: Bench, store: Store) -> None:
    """A reconcile that could not see everything must not call the rest gone."""
    with vendor(bench, MANY_PAGES) as there:
        there.sync(store)
    with vendor(bench, MANY_PAGES, faults.failing(at=3, times=FOR_EVER)) as there:
        there.sync(store, reconcile=True)
    for stream in bench.subject.streams():
        assert not gone_ids(store.msp("acme"), stream.record), f"{stream.name} was swept by half a listing"


def _expect_what_the_source_has(bench: Bench, there: Vendor, store: Store) -> None:
    rows = stored_rows(store.msp("acme"))
    for stream in there.streams():
        wanted = {bench.subject.identify(stream, item) for item in there.server.items(stream.name)}
        got = {row["id"] for row in rows.get(stream.record, ())}
        assert wanted <= got, f"{stream.name}: {len(wanted - got)} of {len(wanted)} are not stored"


def _is_of(bench: Bench, path: str) -> bool:
    return any(collection.path == path for collection in bench.subject.world.collections)


def _kill_at(number: int) -> Callable[[Any], None]:
    seen = 0

    def told(progress: Any) -> None:
        nonlocal seen
        if progress.stream and progress.receipt is None:
            seen += 1
            if seen == number:
                raise KilledError

    return told


def _by_stream(result: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for receipt in result.receipts:
        found.setdefault(receipt.stream, []).append(receipt.status)
    return found


def _shows_text(bench: Bench, stream: Any) -> bool:
    """Whether a text field of the source is kept in a record: then it can be looked for."""
    reading = read(bench.subject, stream, faults.strange_text(), items=1)
    return any(faults.STRANGE_TEXTS[0] in repr(reading.records(payload)) for payload in reading.payloads)


def _told(result: Any) -> str:
    return "; ".join(f"{r.stream} {r.slice} {r.status}: {r.message or ''}" for r in result.receipts)[:2000]
