"""What values that are made fast promise: to be like every other frozen dataclass."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.model.frozen import frozen
from phasewise.model.records import record_kinds
from phasewise.model.records.tickets import Ticket, TicketEvent


@frozen
class Pair:
    """Two values."""

    left: int
    right: str = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class UsualPair:
    """The same as everybody makes it."""

    left: int
    right: str = "none"


AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(record_kinds()))
def test_every_record_is_made_as_its_dataclass_would_make_it(name: str) -> None:
    kind: Any = record_kinds()[name]
    fields = dataclasses.fields(kind)
    usual: Any = dataclasses.make_dataclass(
        "Usual",
        [(f.name, object, dataclasses.field(default=f.default, kw_only=True)) for f in fields],
        frozen=True,
        slots=True,
    )
    given = {f.name: f"value of {f.name}" for f in fields}
    assert dataclasses.asdict(kind(**given)) == dataclasses.asdict(usual(**given))
    required = {f.name: "given" for f in fields if f.default is dataclasses.MISSING}
    made = kind(**required)
    assert type(made) is kind
    assert dataclasses.asdict(made) == {f.name: required.get(f.name, f.default) for f in fields}


def test_nothing_can_be_changed_afterwards() -> None:
    for value, name in ((Ticket(id="1"), "status"), (Pair(1), "left")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, "changed")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(value, name)
        with pytest.raises((AttributeError, TypeError)):
            value.__class__ = UsualPair  # type: ignore[assignment]  # that is what must fail
        assert not hasattr(value, "__dict__")


def test_it_is_compared_hashed_copied_pickled_and_replaced_like_any_dataclass() -> None:
    one = Ticket(id="1", status="new", updated_at=AT)
    assert one == Ticket(id="1", status="new", updated_at=AT) != Ticket(id="1", status="closed")
    assert len({one, Ticket(id="1", status="new", updated_at=AT)}) == 1
    for same in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert same == one
        assert type(same) is Ticket
    changed = dataclasses.replace(one, status="closed")
    assert (changed.status, changed.id, type(changed)) == ("closed", "1", Ticket)
    assert repr(Pair(1)) == "Pair(left=1, right='none')"


def test_a_wrong_call_is_refused_as_a_dataclass_refuses_it() -> None:
    wrong: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (Ticket, (), {}),
        (Ticket, ("1",), {}),
        (Ticket, (), {"id": "1", "colour": "red"}),
        (TicketEvent, (), {"id": "1"}),
        (Pair, (), {}),
        (Pair, (1, "two", 3), {}),
    ]
    for kind, arguments, named in wrong:
        with pytest.raises(TypeError, match="__init__"):
            kind(*arguments, **named)
    assert inspect.signature(Pair) == inspect.signature(UsualPair)
    assert Pair(1, "two") == Pair(left=1, right="two")


def test_what_is_more_than_plain_fields_is_refused_at_once() -> None:
    class WithList:
        values: list[int] = dataclasses.field(default_factory=list)

    class WithMore:
        value: int

        def __post_init__(self) -> None:
            raise AssertionError

    class Child(Pair):
        pass

    for kind in (WithList, WithMore, Child):
        with pytest.raises(TypeError, match="usual dataclass"):
            frozen(kind)


def test_a_child_of_it_cannot_be_made() -> None:
    class Child(Pair):
        pass

    with pytest.raises(TypeError):
        Child(1)
