"""SQL cut into tokens, as the two databases cut it. Nothing is parsed here.

Only what decides where a string, a name or a comment ends is looked at, because that is what tells one
statement from two and a function's name from the same letters in a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from phasewise.errors import ReviewError
from phasewise.storage.databases import Dialect

Kind = Literal["word", "name", "string", "number", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL.

    Attributes:
        kind: word (bare), name (in quotes), string, number, or a sign of one character.
        text: a word in lower case, a name without its quotes, anything else as written.
        start: place of its first character.
        end: place after its last character.
    """

    kind: Kind
    text: str
    start: int
    end: int


# Both databases take every character beyond ASCII for a letter, also spaces and signs there.
_WORD = r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*"
_NUMBER = r"(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_STRING = r"'(?:[^']|'')*'"
_QUOTED = r'"(?:[^"]|"")*"'
_TAG = r"(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?"

_PATTERNS: dict[Dialect, re.Pattern[str]] = {
    "sqlite": re.compile(
        rf"(?P<space>[ \t\n\r\f\v]+|--[^\n]*|/\*.*?\*/)|(?P<string>{_STRING})"
        rf"|(?P<name>{_QUOTED}|`(?:[^`]|``)*`|\[[^\]]*\])|(?P<word>{_WORD})|(?P<number>{_NUMBER})"
        r"|(?P<open>/\*|['\"`\[])|(?P<sign>.)",
        re.DOTALL | re.ASCII,
    ),
    "postgresql": re.compile(
        r"(?P<space>[ \t\n\r\f\v]+|--[^\n\r]*)|(?P<comment>/\*)|(?P<escaped>[uU]&['\"]|[eE]')"
        rf"|(?P<string>{_STRING}|\$(?P<tag>{_TAG})\$.*?\$(?P=tag)\$)|(?P<name>{_QUOTED})"
        rf"|(?P<word>{_WORD})|(?P<number>{_NUMBER})|(?P<open>['\"]|\${_TAG}\$)|(?P<sign>.)",
        re.DOTALL | re.ASCII,
    ),
}
_COMMENT_MARK = re.compile(r"/\*|\*/")


def tokens(sql: str, dialect: Dialect) -> Iterator[Token]:
    """The tokens of SQL, comments and space left out.

    Raises:
        ReviewError: a string, name or comment is not closed, or a name is written with escapes.
    """
    place = 0
    while place < len(sql):
        match = _PATTERNS[dialect].match(sql, place)
        assert match is not None  # `sign` takes any character
        place = match.end()
        kind = "string" if match.lastgroup == "tag" else match.lastgroup
        if kind == "open":
            raise ReviewError(f"what opens at character {match.start() + 1} ({match[0]}) is never closed")
        if kind == "escaped":
            # Where such a text ends depends on what stands lines before it: we would have to guess.
            raise ReviewError(
                f"a text with escapes ({match[0]}…) is not allowed in a review",
                remedy="Write the letters themselves, in plain quotes",
            )
        if kind == "comment":
            place = _end_of_comment(sql, match.start())
        elif kind == "word":
            yield Token("word", match[0].lower(), match.start(), place)
        elif kind == "name":
            quote = match[0][-1]
            yield Token("name", match[0][1:-1].replace(quote * 2, quote), match.start(), place)
        elif kind in {"string", "number", "sign"}:
            yield Token(cast("Kind", kind), match[0], match.start(), place)


def _end_of_comment(sql: str, start: int) -> int:
    """The place after a comment: on Postgres one may hold another."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(sql, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    raise ReviewError(f"the comment that opens at character {start + 1} is never closed")
