"""One SELECT on the documented views: the door of this room."""

from __future__ import annotations

from phasewise.errors import ReviewError
from phasewise.storage.databases import sqlite_path
from phasewise.storage.engine import Store
from phasewise.storage.review.limits import Limits
from phasewise.storage.review.result import ReviewResult
from phasewise.storage.review.sqlite_review import review_sqlite
from phasewise.storage.review.statement import one_select

__all__ = ["Limits", "ReviewResult", "review"]


def review(
    store: Store,
    sql: str,
    *,
    msp_id: str | None = None,
    review_url: str | None = None,
    limits: Limits | None = None,
) -> ReviewResult:
    """Run one SELECT on the views of one MSP; nothing is changed, nothing else is seen.

    Args:
        store: the open store.
        sql: one SELECT (or WITH … SELECT, or VALUES).
        msp_id: the MSP whose rows the views show; None where the store holds one.
        review_url: Postgres: the read-only login, as `create_review_role` made it.
        limits: how much it may take; None = the defaults.

    Returns:
        The rows in the order the SQL gives them; `truncated` says whether a limit cut them off.

    Raises:
        ReviewError: the SQL is not allowed, not understood, or takes too much; or it is not said for which
            MSP, or by which login.
        StoreError: the store cannot be read.
    """
    statement = one_select(sql, store.dialect)
    chosen = _chosen(store, msp_id)
    limits = limits or Limits()
    if store.dialect == "sqlite":
        return review_sqlite(sqlite_path(store.engine.url), statement, msp_id=chosen, limits=limits)
    if review_url is None:
        raise ReviewError(
            "SQL on a Postgres store needs a login of its own, which can only read the views",
            where="[store] review_url",
            remedy="Run `phasewise db upgrade --review-role NAME`: it makes one and says its address",
        )
    # Postgres only: its driver is an extra.
    from phasewise.storage.review.postgres_review import review_postgres  # noqa: PLC0415  # see above

    return review_postgres(store, review_url, statement, msp_id=chosen, limits=limits)


def _chosen(store: Store, msp_id: str | None) -> str:
    known = store.msp_ids()
    if msp_id is None and len(known) == 1:
        return known[0]
    if msp_id in known and msp_id is not None:
        return msp_id
    if not known:
        raise ReviewError(
            "the store holds no MSP yet", where=store.place, remedy="Run `phasewise sync` first"
        )
    what = f'the store holds no MSP "{msp_id}"' if msp_id else "the store holds several MSPs"
    raise ReviewError(what, where=store.place, remedy=f"Say which: --msp {' | '.join(known)}")
