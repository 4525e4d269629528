"""What SQL must look like before a database sees it: one SELECT, of a size that can be prepared.

This is the first fence and gives the plainest reasons; that nothing can be changed, and nothing else be read,
is held by the databases themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from phasewise.errors import ReviewError
from phasewise.storage.databases import Dialect
from phasewise.storage.review.functions import FUNCTIONS, words
from phasewise.storage.review.tokens import Token, tokens
from phasewise.storage.types import UNSTORABLE

MAX_CHARACTERS = 50_000
MAX_EXPANSION = 1_000
"""SQLite writes a common table out at each mention: 20 of them, each naming the one before twice, are a
million. The product of the mentions bounds it; 2^15 took 0.15 s and 60 MB to prepare."""

_STARTS = frozenset({"select", "with", "values"})
_SELECTS = frozenset({"select", "with", "values", "table"})
# What stands before the name of a table.
_MENTION = frozenset({"from", "join", "in", "table", ",", "("})
# Words that may stand before a parenthesis and call nothing.
_SYNTAX = words(
    """
    all and any array as between by case cube distinct else escape except exists filter from group having
    ilike in intersect interval is join lateral like limit materialized not offset on or over
    recursive rollup row select sets similar some then to union using values when where window with
    """
)


def one_select(sql: str, dialect: Dialect) -> str:
    """The statement, without what follows it.

    Args:
        sql: as the reviewer wrote it.
        dialect: the database that will run it.

    Raises:
        ReviewError: it is empty, too long, more than one statement, not a SELECT, or would grow too large.
    """
    if len(sql) > MAX_CHARACTERS:
        raise ReviewError(f"the SQL has {len(sql):,} characters, {MAX_CHARACTERS:,} are allowed")
    if UNSTORABLE.search(sql):
        raise ReviewError("the SQL holds a character that no database takes (NUL, or half a pair)")
    found = list(tokens(sql, dialect))
    while found and found[-1].text == ";" and found[-1].kind == "sign":
        found.pop()
    if not found:
        raise ReviewError("there is no SQL", remedy='For example: phasewise sql "SELECT * FROM v_runs"')
    _need_one(found)
    _need_select(found)
    _need_parentheses(found)
    _need_bounded(found)
    if dialect == "postgresql":
        _need_known_functions(found)
    return sql[: found[-1].end]


def common_tables(sql: str, dialect: Dialect) -> frozenset[str]:
    """Names of the common tables (WITH) of a statement, in lower case."""
    return _common_tables(list(tokens(sql, dialect)))


def _common_tables(found: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.text.lower() for place, token in enumerate(found) if _common_table(found, place))


def _need_one(found: Sequence[Token]) -> None:
    second = next((t for t in found if _is_sign(t, ";")), None)
    if second is not None:
        raise ReviewError(
            f"there is more than one statement (a ; at character {second.start + 1})",
            remedy="Give one SELECT at a time",
        )


def _need_select(found: Sequence[Token]) -> None:
    first = next((t for t in found if not _is_sign(t, "(")), found[0])
    if first.kind != "word" or first.text not in _STARTS:
        raise ReviewError(
            f"{first.text.upper()} is not allowed in a review",
            remedy="Write a SELECT (or WITH … SELECT, or VALUES) on the views: phasewise sql --views",
        )


def _need_parentheses(found: Sequence[Token]) -> None:
    depth = 0
    for token in found:
        depth += _is_sign(token, "(") - _is_sign(token, ")")
        if depth < 0:
            raise ReviewError(f"the ) at character {token.start + 1} closes nothing")
    if depth:
        raise ReviewError(f"{depth} ( are never closed")


def _need_bounded(found: Sequence[Token]) -> None:
    mentions = dict.fromkeys(_common_tables(found), 0)
    views = 1
    for place, token in enumerate(found[1:], start=1):
        if token.kind not in {"word", "name"} or found[place - 1].text not in _MENTION:
            continue
        if _common_table(found, place):
            continue  # where it is made, not where it is named
        name = token.text.lower()
        views += name.startswith("v_")
        if name in mentions:
            mentions[name] += 1
    size = views * prod(max(1, times) for times in mentions.values())
    if size > MAX_EXPANSION:
        raise ReviewError(
            "the common tables (WITH) name each other too often: written out, they are"
            f" {size:,} tables, {MAX_EXPANSION:,} are allowed",
            remedy="Name each of them fewer times",
        )


def _need_known_functions(found: Sequence[Token]) -> None:
    for place, token in enumerate(found):
        if token.kind not in {"word", "name"}:
            continue
        if token.text.startswith("pg_") or token.text == "information_schema":
            raise ReviewError(
                f"{token.text} belongs to the database, not to the records",
                remedy="Ask the views: phasewise sql --views",
            )
        is_call = _is(found, place + 1, "(") and not _is_no_call(found, place)
        if is_call and token.text not in FUNCTIONS["postgresql"]:
            raise function_refused(token.text, "postgresql")


def function_refused(name: str, dialect: Dialect) -> ReviewError:
    """The error for a function that is not on the list."""
    return ReviewError(
        f"the function {name} is not allowed in a review",
        remedy=f"Allowed are: {', '.join(sorted(FUNCTIONS[dialect]))}",
    )


def _is_no_call(found: Sequence[Token], place: int) -> bool:
    """A word or name before a parenthesis that calls no function."""
    token = found[place]
    if token.kind == "word" and token.text in _SYNTAX:
        return True
    # `AS t (a, b)`, `CAST(x AS numeric(9, 2))`, `x::numeric(9, 2)`
    is_type_or_alias = place > 0 and (_is(found, place - 1, "as") or _is(found, place - 1, ":"))
    return is_type_or_alias or _common_table(found, place)


def _common_table(found: Sequence[Token], place: int) -> bool:
    """`name [(columns)] AS [[NOT] MATERIALIZED] (SELECT …`, beginning at `place`."""
    if found[place].kind not in {"word", "name"}:
        return False
    place += 1
    if _is(found, place, "("):
        place += 1
        while place < len(found) and (found[place].kind in {"word", "name"} or _is(found, place, ",")):
            place += 1
        if not _is(found, place, ")"):
            return False
        place += 1
    if not _is(found, place, "as"):
        return False
    place += 1
    while _is(found, place, "not") or _is(found, place, "materialized"):
        place += 1
    if not _is(found, place, "("):
        return False
    while _is(found, place, "("):
        place += 1
    return any(_is(found, place, word) for word in _SELECTS)


def _is(found: Sequence[Token], place: int, text: str) -> bool:
    """The token at a place is this bare word or sign; false past the end."""
    return place < len(found) and found[place].kind in {"word", "sign"} and found[place].text == text


def _is_sign(token: Token, text: str) -> bool:
    return token.kind == "sign" and token.text == text
