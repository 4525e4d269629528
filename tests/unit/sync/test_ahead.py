"""Reading ahead gives the same pages and the same error, and leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from phasewise.connectors.base import Page
from phasewise.errors import UnavailableError
from phasewise.sync.ahead import read_ahead, read_in_step


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def pages(count: int, error: Exception | None = None, closed: list[str] | None = None) -> Iterator[Page]:
    name = threading.current_thread().name
    try:
        for number in range(count):
            yield Page([number])
            assert threading.current_thread().name == name
        if error is not None:
            raise error
    finally:
        if closed is not None:
            closed.append(threading.current_thread().name)
            assert closed == [name]


@pytest.mark.parametrize("read", [read_ahead, read_in_step])
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_every_page_comes_once_and_in_order(read: object, count: int) -> None:
    with read(pages(count)) as found:  # type: ignore[operator]  # both are context managers
        assert [page.payloads[0] for page in found] == list(range(count))


@pytest.mark.parametrize("read", [read_ahead, read_in_step])
def test_an_error_comes_after_the_pages_before_it(read: object) -> None:
    seen = []

    def collect() -> None:
        with read(pages(3, UnavailableError("away"))) as found:  # type: ignore[operator]  # one of the two readers
            seen.extend(page.payloads[0] for page in found)

    with pytest.raises(UnavailableError):
        collect()
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("read", [read_ahead, read_in_step])
def test_leaving_early_closes_the_generator_in_its_own_thread(read: object) -> None:
    closed: list[str] = []
    with read(pages(1_000, closed=closed)) as found:  # type: ignore[operator]  # one of the two readers
        assert next(iter(found)).payloads == [0]
    assert len(closed) == 1


def test_an_error_of_the_reader_leaves_no_thread() -> None:
    def break_off() -> None:
        with read_ahead(pages(1_000)) as found:
            raise KeyError(next(iter(found)).payloads[0])

    with pytest.raises(KeyError):
        break_off()
