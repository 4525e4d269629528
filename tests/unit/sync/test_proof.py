"""A slice is complete only when something shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import Page, Proof
from phasewise.connectors.seen import count_distinct
from phasewise.errors import ContractError
from phasewise.sync import proof


def witness_of(*pages: tuple[list[str], int | None]) -> proof.Witness:
    witness = proof.Witness()
    for ids, declared in pages:
        proof.see(witness, Page([{"id": i} for i in ids], declared=declared), ids, where="here")
    return witness


def test_fifty_of_a_declared_1254_are_not_complete() -> None:
    verdict = proof.judge(witness_of(([str(n) for n in range(50)], 1254)), "end_mark")
    assert not verdict.is_complete
    assert verdict.proof == "none"
    assert verdict.message == "the source says it has 1,254 items, 50 came"


def test_the_smaller_of_the_totals_before_and_after_must_be_reached() -> None:
    """A row that was deleted while we paged is not missing."""
    assert proof.judge(witness_of((["a", "b"], 4), (["c"], 3)), "end_mark").is_complete
    assert not proof.judge(witness_of((["a", "b"], 4), (["c"], 5)), "end_mark").is_complete


def test_the_same_id_on_two_pages_counts_once() -> None:
    assert not proof.judge(witness_of((["a", "b"], 4), (["b", "c"], 4)), "declared_total").is_complete


def test_a_reached_total_is_the_stronger_proof() -> None:
    assert proof.judge(witness_of((["a", "b"], 2)), "end_mark").proof == "declared_total"


def test_a_claimed_total_that_was_never_declared_is_only_an_end_mark() -> None:
    verdict = proof.judge(witness_of((["a"], None)), "declared_total")
    assert (verdict.proof, verdict.is_complete) == ("end_mark", True)


def test_a_whole_file_needs_no_total() -> None:
    assert proof.judge(witness_of((["a"], 17)), "whole_file").proof == "whole_file"


def test_without_any_proof_nothing_is_complete() -> None:
    verdict = proof.judge(witness_of((["a"], None)), "none")
    assert not verdict.is_complete
    assert "without saying that this was all" in verdict.message


def test_ids_of_an_earlier_run_count_towards_the_total() -> None:
    witness = witness_of((["c"], 3))
    proof.remember(witness, ["a", "b", "c"])
    assert proof.judge(witness, "end_mark").is_complete


def test_the_same_page_twice_is_an_error() -> None:
    with pytest.raises(ContractError, match="same page"):
        witness_of((["a", "b"], None), (["a", "b"], None))


def test_pages_that_go_round_in_a_circle_are_an_error() -> None:
    with pytest.raises(ContractError, match="same page"):
        witness_of(*([(["a"], None), (["b"], None)] * 3))


def test_empty_pages_in_the_middle_are_no_repetition() -> None:
    witness = witness_of((["a"], 2), ([], 2), ([], 2), ([], 2), (["b"], 2))
    assert proof.judge(witness, "end_mark").is_complete


@given(st.lists(st.lists(st.integers(0, 30).map(str), min_size=1, max_size=5, unique=True), max_size=8))
def test_distinct_ids_are_counted_exactly(pages: list[list[str]]) -> None:
    witness = proof.Witness()
    for number, ids in enumerate(pages):
        witness.ids.extend(hash(i) for i in ids)
        witness.pages[number] = 1
    assert count_distinct(witness.ids) == len({i for ids in pages for i in ids})


@pytest.mark.parametrize("claim", ["declared_total", "end_mark", "whole_file"])
def test_an_empty_listing_with_a_proof_is_complete(claim: Proof) -> None:
    assert proof.judge(witness_of(([], 0)), claim).is_complete


def _numbered(first: int, count: int) -> list[str]:
    return [str(number) for number in range(first, first + count)]


def test_ids_are_kept_for_as_long_as_a_total_may_come() -> None:
    few, many = proof.MOST_WITHOUT_A_TOTAL, proof.MOST_WITHOUT_A_TOTAL + 1
    late = witness_of((_numbered(0, few), None), (["last"], few + 1))
    assert proof.judge(late, "end_mark") == proof.Verdict("declared_total", is_complete=True)
    silent = witness_of((_numbered(0, many), None), (["last"], None))
    assert len(silent.ids) == 0
    assert proof.judge(silent, "end_mark") == proof.Verdict("end_mark", is_complete=True)


def test_a_total_that_comes_too_late_to_count_proves_nothing() -> None:
    many = proof.MOST_WITHOUT_A_TOTAL + 1
    verdict = proof.judge(witness_of((_numbered(0, many), None), (["last"], many + 1)), "end_mark")
    assert not verdict.is_complete
    assert "too late to count them" in verdict.message


def test_a_source_that_declares_from_the_start_is_counted_to_the_end() -> None:
    many = proof.MOST_WITHOUT_A_TOTAL + 7
    assert proof.judge(witness_of((_numbered(0, many), many + 1)), "end_mark").proof == "none"
    assert proof.judge(witness_of((_numbered(0, many), many)), "end_mark").proof == "declared_total"
