"""A payload becomes records, or a reject with its reason; nothing is guessed and nothing invented."""

from __future__ import annotations

import copy
from dataclasses import fields
from datetime import datetime
from typing import Any

from phasewise.connectors.base import Stream
from phasewise.errors import RecordError
from phasewise.model.fields import field_infos
from phasewise.testing import faults
from phasewise.testing.subject import Reading, Subject, read

OWN_FIELDS = frozenset({"id", "updated_at"})
"""Every record has them; no stream declares them."""


def every_payload_becomes_records(subject: Subject, stream: Stream) -> None:
    """Those that the author's own world makes, at least."""
    for made in _records(read(subject, stream)):
        assert not isinstance(made, RecordError), f"rejected: {made}"
        assert made, "a payload became nothing at all, and nobody was told"


def ids_are_texts_and_name_one_record_each(subject: Subject, stream: Stream) -> None:
    """The payload's id is the main record's."""
    reading = read(subject, stream)
    assert len(set(reading.ids)) == len(reading.ids)
    for payload in reading.payloads:
        made = _made(reading, payload)
        ids = [(type(record).__record__.table, record.id) for record in made]
        assert all(isinstance(id_, str) and id_ for _, id_ in ids), f"ids that are no text: {ids}"
        assert len(set(ids)) == len(ids), f"two records of one id: {ids}"
        main = [id_ for table, id_ in ids if table == stream.record]
        if len(main) == 1:
            assert main[0] == stream.identify(payload)


def deleted_is_what_the_source_calls_deleted_and_nothing_else(subject: Subject, stream: Stream) -> None:
    """What is there must not be marked as gone, and what was deleted is kept with all it says."""
    for reading in (read(subject, stream), read(subject, stream, faults.nulls())):
        said = [payload for payload in reading.payloads if _accepted(reading.records(payload))]
        wrong = [stream.identify(payload) for payload in said if stream.deleted(payload)]
        assert not wrong, f"called deleted though the source does not say so: {wrong[:5]}"
    if subject.collection(stream).deleted is None:
        return
    reading = read(subject, stream, faults.called_deleted())
    first, called = reading.true_ids()[0], [stream.deleted(payload) for payload in reading.payloads]
    assert [id_ for id_, is_deleted in zip(reading.ids, called, strict=True) if is_deleted] == [first]
    (payload,) = (p for p in reading.payloads if stream.identify(p) == first)
    made = [record.id for record in _made(reading, payload) if type(record).__record__.table == stream.record]
    assert made == [first], "what was deleted is not kept as a record"


def only_declared_tables_are_filled(subject: Subject, stream: Stream) -> None:
    """`emits` names every table."""
    declared = {stream.record, *stream.emits}
    for made in _records(read(subject, stream)):
        tables = {type(record).__record__.table for record in _accepted(made)}
        assert tables <= declared, f"{sorted(tables - declared)} is not in `emits`"


def a_record_is_made_of_its_payload_alone(subject: Subject, stream: Stream) -> None:
    """Twice the same payload, twice the same records, and the payload as it was."""
    reading = read(subject, stream)
    for payload in reading.payloads:
        before = copy.deepcopy(payload)
        assert _made(reading, payload) == _made(reading, payload)
        assert payload == before, "the record function changed its payload"


def what_is_filled_is_declared_and_what_is_declared_is_filled(subject: Subject, stream: Stream) -> None:
    """`provides` decides between "the vendor says empty" and "the vendor cannot say"."""
    filled: set[str] = set()
    for made in _records(read(subject, stream)):
        for record in _accepted(made):
            filled |= _filled(record)
    provides = {name for name in stream.provides if not _is_own(name)}
    assert filled <= provides, f"filled, and not in `provides`: {sorted(filled - provides)}"
    assert provides <= filled, f"in `provides`, and never filled: {sorted(provides - filled)}"


def the_vendors_word_stays_beside_ours(subject: Subject, stream: Stream) -> None:
    """Whoever maps a status needs to see what the vendor called it."""
    for made in _records(read(subject, stream)):
        for record in _accepted(made):
            for name, info in field_infos(type(record)).items():
                if info.mapping and getattr(record, name) is not None:
                    assert getattr(record, f"{name}_raw"), f"{name} without {name}_raw in {record}"


def instants_have_a_zone(subject: Subject, stream: Stream) -> None:
    """Also those that the vendor sends without one, in the hour that the clocks go through twice."""
    _expect_zones(read(subject, stream))
    _expect_zones(read(subject, stream, faults.times_in_the_hour_that_comes_twice()))


def nulls_everywhere_are_empty_fields_or_rejects(subject: Subject, stream: Stream) -> None:
    """Never a crash, and never a zero."""
    for made in _records(read(subject, stream, faults.nulls())):
        for record in _accepted(made):
            zeros = [f.name for f in fields(record) if _is_zero(getattr(record, f.name))]
            assert not zeros, f"{zeros} of {record} is a zero that the vendor never said"


def text_of_every_script_arrives_as_it_was(subject: Subject, stream: Stream) -> None:
    """Emoji, right to left, 4-byte letters, quotes."""
    collection = subject.collection(stream)
    reading = read(subject, stream, faults.strange_text())
    assert reading.error is None, f"ended with an error: {reading.error}"
    place = {id_: number for number, id_ in enumerate(reading.true_ids())}
    for payload in reading.payloads:
        made = _made(reading, payload)
        expected = faults.STRANGE_TEXTS[place[stream.identify(payload)] % len(faults.STRANGE_TEXTS)]
        for name in collection.texts if subject.write is None else ():
            assert payload[name] == expected, f"{name} arrived as {payload[name]!r}"
        texts = [getattr(record, f.name) for record in made for f in fields(record)]
        if subject.write is not None and collection.texts:
            assert expected in texts or expected.strip() in texts, f"{expected!r} is in no record"


def _records(reading: Reading) -> list[list[Any] | RecordError]:
    assert reading.error is None, f"ended with an error: {reading.error}"
    assert reading.payloads
    return [reading.records(payload) for payload in reading.payloads]


def _made(reading: Reading, payload: Any) -> list[Any]:
    made = reading.records(payload)
    assert not isinstance(made, RecordError), f"rejected: {made}"
    return made


def _accepted(made: list[Any] | RecordError) -> list[Any]:
    return [] if isinstance(made, RecordError) else made


def _filled(record: Any) -> set[str]:
    table = type(record).__record__.table
    named = {f"{table}.{f.name}" for f in fields(record) if getattr(record, f.name) is not None}
    return {name for name in named if not _is_own(name)}


def _is_own(name: str) -> bool:
    """Whether no stream needs to declare this field: every record's own, or the word beside a mapped one."""
    field = name.partition(".")[2]
    return field in OWN_FIELDS or field.endswith("_raw")


def _expect_zones(reading: Reading) -> None:
    for made in _records(reading):
        for record in _accepted(made):
            for field in fields(record):
                value = getattr(record, field.name)
                assert not isinstance(value, datetime) or value.tzinfo is not None, (
                    f"{field.name} has no zone"
                )


def _is_zero(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == 0
