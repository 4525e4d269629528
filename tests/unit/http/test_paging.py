"""Paging ends where the end is shown, says why when it is not, and never turns for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from phasewise.connectors.answers import NOT_JSON, Answer
from phasewise.connectors.base import Page, Slice
from phasewise.connectors.listing import Listing, link_header, listing, next_link
from phasewise.connectors.paging import by_key, by_next, by_offset, by_page_number, in_window
from phasewise.connectors.seen import Seen
from phasewise.errors import ContractError
from phasewise.log import register_secret

READ = listing(items="items", total="total", next_mark="next")


def identify(item: Any) -> str:
    return str(item["id"])


def answer(*ids: int, total: int | None = None, next_mark: Any = None, **headers: str) -> Answer:
    body = {"items": [{"id": i} for i in ids], "total": total, "next": next_mark}
    at = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
    return Answer(200, headers, body, at, "GET https://vendor.test/items")


def ids_of(pages: list[Page]) -> list[int]:
    return [int(item["id"]) for page in pages for item in page.payloads]


def numbered(*answers: Answer) -> Any:
    return lambda number: (
        answers[number - 1] if number <= len(answers) else answer(total=answers[-1].body["total"])
    )


def test_the_last_page_carries_the_proof_and_the_vendors_clock() -> None:
    pages = list(
        by_page_number(numbered(answer(1, 2, total=3), answer(3, total=3)), READ, identify=identify, size=2)
    )
    assert [(len(p.payloads), p.cursor, p.declared, p.proof) for p in pages] == [
        (2, "2", 3, "none"),
        (1, None, 3, "declared_total"),
    ]
    assert all(page.source_time == datetime(2026, 3, 2, 8, 10, tzinfo=UTC) for page in pages)


def test_an_empty_listing_is_proven_empty() -> None:
    pages = list(by_page_number(numbered(answer(total=0)), READ, identify=identify, size=2))
    assert [(list(p.payloads), p.declared, p.proof) for p in pages] == [([], 0, "declared_total")]


def test_a_short_page_alone_does_not_end_a_listing() -> None:
    fetch = numbered(answer(1, 2, 3), answer(4, 5, 6), answer(7))
    assert ids_of(list(by_page_number(fetch, READ, identify=identify, size=100))) == [1, 2, 3, 4, 5, 6, 7]


def test_a_duplicate_does_not_stand_for_a_missing_item() -> None:
    asked = count()

    def fetch(number: int) -> Answer:
        next(asked)
        return numbered(answer(1, 2, total=4), answer(2, 3, total=4))(number)

    pages = list(by_page_number(fetch, READ, identify=identify, size=2))
    assert pages[-1].proof == "none"
    assert pages[-1].note == "the source says it has 4 items, 3 came in 2 readings"
    assert set(ids_of(pages)) == {1, 2, 3}


def test_the_second_reading_hands_on_only_what_is_new() -> None:
    answers = iter(
        [answer(1, 2, total=4), answer(4, total=4), answer(total=4), answer(total=4), answer(total=4),
         answer(1, 2, total=4), answer(3, 4, total=4), answer(total=4)]
    )  # fmt: skip
    pages = list(by_page_number(lambda _: next(answers), READ, identify=identify, size=2))
    assert ids_of(pages) == [1, 2, 4, 3]
    assert pages[-1].proof == "declared_total"


@pytest.mark.parametrize("ids", [(1, 2), (1, 2, 3)])
def test_the_same_page_for_ever_is_an_error(ids: tuple[int, ...]) -> None:
    same = answer(*ids, total=9, next_mark="on")
    kinds: list[Iterator[Page]] = [
        by_page_number(lambda _: same, READ, identify=identify, size=2),
        by_offset(lambda _: same, READ, identify=identify, size=2),
        by_next(lambda _: same, READ, identify=identify),
        by_key(lambda _: same, READ, identify=identify, key=lambda i: int(i["id"])),
    ]
    for pages in kinds:
        with pytest.raises(ContractError, match="same page again"):
            list(pages)


def test_two_pages_that_alternate_for_ever_are_an_error() -> None:
    fetch = lambda n: answer(1, 2) if n % 2 else answer(3, 4)  # noqa: E731  # shorter than a function here
    with pytest.raises(ContractError, match="same page again"):
        list(by_page_number(fetch, READ, identify=identify, size=2))


def test_the_same_rows_in_ever_new_order_are_an_error() -> None:
    def fetch(number: int) -> Answer:
        turned = [(i * (2 * number + 1)) % 1009 for i in range(1, 1009)]
        return answer(*turned)

    with pytest.raises(ContractError, match="more than half came before"):
        list(by_page_number(fetch, READ, identify=identify, size=2))


def test_a_source_that_leads_on_through_empty_pages_for_ever_is_an_error() -> None:
    marks = count()
    with pytest.raises(ContractError, match="empty pages in a row"):
        list(by_next(lambda _: answer(next_mark=next(marks) + 1), READ, identify=identify))


def test_a_cursor_that_never_runs_out_ends_with_an_empty_page() -> None:
    answers = {None: answer(1, 2, next_mark="c"), "c": answer(next_mark="c")}
    pages = list(by_next(lambda mark: answers[mark], READ, identify=identify, empty_ends=True))
    assert ids_of(pages) == [1, 2]
    assert pages[-1].proof == "end_mark"


def test_a_source_that_lists_out_of_order_is_not_paged_by_key() -> None:
    with pytest.raises(ContractError, match="order of its ids"):
        list(by_key(lambda _: answer(3, 1, 2), READ, identify=identify, key=lambda i: int(i["id"])))
    newest_first = iter([answer(3, 2, 1), answer(), answer()])
    pages = by_key(
        lambda _: next(newest_first), READ, identify=identify, key=lambda i: int(i["id"]), descending=True
    )
    assert ids_of(list(pages)) == [3, 2, 1]


def test_the_depth_of_a_source_is_never_passed_in_silence() -> None:
    asked: list[int] = []

    def fetch(offset: int) -> Answer:
        asked.append(offset)
        return answer(*range(offset + 1, offset + 101), total=1000)

    pages = list(by_offset(fetch, READ, identify=identify, size=100, max_depth=300))
    assert asked == [0, 100, 200]
    assert pages[-1].proof == "none"
    assert pages[-1].note == "the source lists at most 300 items in one query"
    assert len(ids_of(pages)) == 300


def test_a_total_from_a_request_of_its_own_is_asked_before_and_after() -> None:
    totals = iter([3, 3])
    fetch = numbered(answer(1, 2), answer(3))
    pages = list(by_page_number(fetch, READ, identify=identify, size=2, count=lambda: next(totals)))
    assert pages[-1].proof == "declared_total"


def test_a_numbered_listing_whose_total_shrank_is_read_again() -> None:
    answers = iter(
        [
            answer(1, 2, total=4),
            answer(4, total=3),
            answer(total=3),
            answer(2, 3, total=3),
            answer(4, total=3),
        ]
    )
    pages = list(by_page_number(lambda _: next(answers), READ, identify=identify, size=2))
    assert ids_of(pages) == [1, 2, 4, 3]
    assert pages[-1].proof == "declared_total"


def test_items_that_came_while_we_read_are_not_missed_by_the_proof() -> None:
    fetch = numbered(answer(1, 2, total=3), answer(3, 4, total=5))
    assert list(by_page_number(fetch, READ, identify=identify, size=2))[-1].proof == "declared_total"


def test_a_resume_mark_that_the_source_no_longer_knows_starts_again() -> None:
    def fetch(mark: str | None) -> Answer:
        if mark == "old":
            raise ContractError("the source does not take the request (400)")
        return answer(1, 2)

    pages = list(by_next(fetch, READ, identify=identify, resume="old"))
    assert ids_of(pages) == [1, 2]
    for unreadable in ("", "two", "{}"):
        fetched = numbered(answer(1, total=1))
        assert ids_of(list(by_page_number(fetched, READ, identify=identify, size=2, resume=unreadable))) == [
            1
        ]


def test_an_error_on_a_later_page_is_no_reason_to_start_again() -> None:
    def fetch(mark: str | None) -> Answer:
        if mark == "b":
            raise ContractError("broken")
        return answer(1, 2, next_mark="b")

    with pytest.raises(ContractError, match="broken"):
        list(by_next(fetch, READ, identify=identify, resume="a"))


def test_page_numbers_are_resumable_only_where_a_total_shows_what_was_missed() -> None:
    pages = list(by_page_number(numbered(answer(1, 2), answer(3)), READ, identify=identify, size=2))
    assert [page.cursor for page in pages] == [None] * len(pages)


def test_a_resumed_listing_with_capped_pages_goes_on_to_its_end() -> None:
    fetch = numbered(answer(1, 2, total=6), answer(3, 4, total=6), answer(5, 6, total=6))
    assert ids_of(list(by_page_number(fetch, READ, identify=identify, size=100, resume="2"))) == [3, 4, 5, 6]


def test_a_link_with_our_key_in_it_is_no_resume_mark() -> None:
    register_secret("k3y-in-a-link")
    answers = {
        None: answer(1, next_mark="/items?key=k3y-in-a-link&page=2"),
        "/items?key=k3y-in-a-link&page=2": answer(2),
    }
    pages = list(by_next(lambda mark: answers[mark], READ, identify=identify))
    assert ids_of(pages) == [1, 2]
    assert pages[0].cursor is None


def test_a_payload_without_an_id_does_not_end_the_reading() -> None:
    body = {"items": [{"name": "a"}, {"name": "b"}, None, 7], "total": 4}
    fetch = lambda n: Answer(200, {}, body if n == 1 else {"items": [], "total": 4}, None, "GET /")  # noqa: E731  # shorter than a function here
    pages = list(by_page_number(fetch, READ, identify=identify, size=4))
    assert pages[-1].proof == "declared_total"


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}}, [], None, NOT_JSON, {"data": []}])
def test_a_renamed_list_is_no_empty_page(body: Any) -> None:
    with pytest.raises(ContractError, match='no list "items"'):
        READ(Answer(200, {}, body, None, "GET /"))


def test_a_body_that_should_be_the_list_is_checked() -> None:
    with pytest.raises(ContractError, match="is no list"):
        listing()(Answer(200, {}, {"message": "moved"}, None, "GET /"))


@pytest.mark.parametrize(
    ("value", "total"),
    [
        (7, 7),
        ("7", 7),
        (7.0, 7),
        ("7.0", 7),
        (-1, None),
        (None, None),
        ("many", None),
        ([], None),
        (float("inf"), None),
    ],
)
def test_a_total_is_read_in_every_form_vendors_send_it(value: Any, total: int | None) -> None:
    body = {"meta": {"count": value}, "items": []}
    assert listing(items="items", total="meta.count")(Answer(200, {}, body, None, "")).total == total


def test_the_number_of_pages_ends_a_listing() -> None:
    read = listing(items="items", page_of=("page", "pages"))
    for page, pages, is_last in [
        (1, 2, False),
        (2, 2, True),
        (1, 0.0, True),
        ("2", "2", True),
        (None, 2, False),
    ]:
        assert read(Answer(200, {}, {"items": [], "page": page, "pages": pages}, None, "")).is_last is is_last


@pytest.mark.parametrize(
    ("header", "link"),
    [
        ("", None),
        (
            '<https://v.test/?page=2>; rel="next", <https://v.test/?page=9>; rel="last"',
            "https://v.test/?page=2",
        ),
        ('<https://v.test/?page=1>; rel="prev", </t?a=1,2;b>; title="x"; rel=next', "/t?a=1,2;b"),
        ("<?page=3>; rel='last next'", "?page=3"),
        ('<https://v.test/>; rel="nextest"', None),
        ('<https://v.test/>; title="next"', None),
        ('<>; rel="next"', None),
        ("garbage", None),
    ],
)
def test_the_next_link_of_a_header_is_found(header: str, link: str | None) -> None:
    assert next_link(header) == link
    found = link_header(listing(items="items"))(Answer(200, {"link": header}, {"items": []}, None, ""))
    assert found == Listing(items=[], next=link)


MARCH = Slice("2026-03", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def changed(item: Any) -> datetime | None:
    return None if item["at"] is None else datetime.fromisoformat(item["at"])


@pytest.mark.parametrize(
    ("at", "is_let_pass"),
    [
        ("2026-03-01T00:00:00+00:00", True),
        ("2026-02-28T05:00:00+00:00", True),
        ("2026-04-01T13:00:00+00:00", True),
        (None, True),
        ("2026-02-27T23:59:00+00:00", False),
        ("2026-04-02T00:00:00+00:00", False),
    ],
)
def test_rows_far_outside_of_the_window_show_that_the_filter_is_ignored(
    at: str | None, is_let_pass: bool
) -> None:
    pages = iter([Page([{"at": at}])])
    if is_let_pass:
        assert len(list(in_window(pages, MARCH, changed, where="tickets"))) == 1
    else:
        with pytest.raises(ContractError, match="ignores the filter"):
            list(in_window(pages, MARCH, changed, where="tickets"))


def test_a_date_in_the_future_must_return_nothing() -> None:
    future = Slice("increment", datetime.now(UTC) + timedelta(days=365))
    assert list(in_window(iter([Page([], proof="end_mark")]), future, changed, where="tickets"))
    with pytest.raises(ContractError, match="ignores the filter"):
        list(in_window(iter([Page([{"at": "2026-03-02T00:00:00+00:00"}])]), future, changed, where="tickets"))


def test_a_long_listing_counts_its_ids_in_little_memory() -> None:
    seen = Seen(str)
    for start in range(0, 200_000, 1000):
        seen.take(range(start, start + 1000), where="")
    assert seen.distinct() == 200_000
    seen.take(range(500, 2500), where="")
    assert seen.distinct() == 200_000
    assert seen._ids.itemsize * len(seen._ids) == 8 * 202_000
