"""An engine or a connector that breaks a promise about a sync fails on exactly that promise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing import sync_promises
from phasewise.testing.sync_contract import Bench
from tests.contract.hostile import CONNECTOR, STREAMS, SUBJECT

HONEST = Bench(SUBJECT, sync_msp, SyncOptions)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_stream_that_calls_everything_or_nothing_deleted_is_caught(
    sqlite_store: Store, is_deleted: bool
) -> None:
    broken = (replace(STREAMS[0], deleted=lambda _: is_deleted), *STREAMS[1:])
    subject = replace(SUBJECT, connector=replace(CONNECTOR, streams=lambda _: broken))
    with pytest.raises(AssertionError):
        sync_promises.what_its_source_calls_deleted_is_kept_and_marked_as_gone(
            replace(HONEST, subject=subject), sqlite_store
        )


@pytest.mark.parametrize(
    "counted", [lambda pages: 0 * pages, lambda pages: pages // 2, lambda pages: pages + 9]
)
def test_receipts_with_another_number_of_requests_are_caught(sqlite_store: Store, counted: Any) -> None:
    def sync(*arguments: Any, **options: Any) -> Any:
        result = sync_msp(*arguments, **options)
        told = [replace(receipt, requests=counted(receipt.requests)) for receipt in result.receipts]
        return replace(result, receipts=told)

    with pytest.raises(AssertionError):
        sync_promises.the_receipts_say_how_many_requests_were_sent(replace(HONEST, sync=sync), sqlite_store)
