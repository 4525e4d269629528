"""Words of vendors: booleans and enumerations."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from phasewise.errors import RecordError

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1", "on", "si", "sí", "verdadero", "x"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0", "off", "falso"})


def plain(word: str) -> str:
    """A word as it is compared: case and outer space do not count."""
    return word.strip().casefold()


def boolean(
    value: str | int | bool | None, *, field: str, words: Mapping[str, bool] | None = None
) -> bool | None:
    """True or false.

    Args:
        value: a JSON boolean, 0 or 1, or a word of TRUE_WORDS or FALSE_WORDS (English, Spanish).
        field: the field it fills.
        words: plain words and what they mean, asked first.

    Raises:
        RecordError: none of these (`bad_boolean`).
    """
    if value is None or isinstance(value, bool):
        return value
    word = plain(str(value))
    if not word:
        return None
    if words is not None and word in words:
        return words[word]
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise RecordError(
        f'"{str(value)[:80]}" is neither yes nor no',
        remedy="Say what it means in `words`",
        field=field,
        reason="bad_boolean",
    )


def neutral_word(
    value: str | None, *, field: str, words: Mapping[str, str], known: Collection[str]
) -> str | None:
    """The neutral word for a vendor's word: the connector's guess, before the operator's mapping.

    Args:
        value: the vendor's word.
        field: the field it fills.
        words: plain vendor words → neutral words.
        known: the neutral words of the field. A vendor word that is spelled like one of them (case, spaces
            and hyphens aside) means it. Any other becomes `other`, where the field has that.

    Raises:
        RecordError: an unknown word, and the field has no `other` (`unknown_word`).
    """
    word = plain(value or "")
    if not word:
        return None
    if word in words:
        return words[word]
    spelled = word.replace(" ", "_").replace("-", "_")
    if spelled in known:
        return spelled
    if "other" in known:
        return "other"
    raise RecordError(
        f'"{(value or "")[:80]}" is none of: {", ".join(known)}',
        remedy="Say what it means in `words`",
        field=field,
        reason="unknown_word",
    )
