"""The functions that SQL may call in a review: those that compute from values, at a bounded cost.

Left out is what reads or writes files, settings, locks or other sessions, makes large values out of small
ones (`randomblob`, `printf`, `repeat`, `lpad`), makes rows out of nothing, runs SQL from text, or waits. On
SQLite the database enforces the list (authorizer). Postgres has no such hook: there the list is checked in
the text of the SQL, as a second fence behind the rights of the login.
"""

from __future__ import annotations

from collections.abc import Mapping

from phasewise.storage.databases import Dialect


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_COMMON = words(
    """
    abs avg ceil ceiling coalesce concat concat_ws count cume_dist dense_rank exp first_value floor lag
    last_value lead length ln log lower ltrim max min mod nth_value ntile nullif percent_rank power
    random rank replace round row_number rtrim sign sqrt string_agg substr substring sum trim trunc
    upper
    """
)

_SQLITE = words(
    """
    -> ->> date datetime group_concat ifnull iif instr json_array_length json_extract json_type json_valid
    julianday like octet_length pow strftime time total typeof unixepoch
    """
)

_POSTGRES = words(
    """
    age bool_and bool_or btrim cast char_length corr covar_pop covar_samp date_part date_trunc every
    extract greatest grouping initcap json_array_length json_extract_path_text json_typeof least left
    make_date make_interval mode now octet_length percentile_cont percentile_disc position regexp_count
    regexp_like regexp_replace regexp_substr regr_count regr_intercept regr_r2 regr_slope right
    split_part starts_with stddev stddev_pop stddev_samp strpos to_char to_date to_number to_timestamp
    var_pop var_samp variance width_bucket
    """
)

FUNCTIONS: Mapping[Dialect, frozenset[str]] = {
    "sqlite": _COMMON | _SQLITE,
    "postgresql": _COMMON | _POSTGRES,
}
"""Database → names, in lower case."""
