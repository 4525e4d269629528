"""`phasewise mapping`: the vendors' words that nobody has mapped, and what to write about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.sync.readiness import UnmappedWord


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mapping")(mapping)


def mapping(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The words as JSON.")] = False,
) -> None:
    """List the sources' words that nobody has mapped, with counts, and the lines for the settings."""
    from phasewise.cli import opening
    from phasewise.cli.possible import touched_codes
    from phasewise.sync.readiness import not_yet_applied, unmapped_words

    settings = opening.load()
    answers: list[dict[str, Any]] = []
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            scope = store.msp(msp_id)
            words, waiting = unmapped_words(scope), not_yet_applied(scope, settings)
            answers += [_as_json(word, msp_id, touched_codes(word.mapping)) for word in words]
            if not as_json:
                _print(settings, msp_id, words, waiting)
    if as_json:
        console.print_json(answers)


def _as_json(word: UnmappedWord, msp_id: str, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "msp": msp_id,
        "connection": word.connection_id,
        "mapping": word.mapping,
        "word": word.word,
        "rows": word.rows,
        "tickets": word.tickets,
        "suggestion": word.suggestion,
        "indicators": list(codes),
    }


def _print(settings: Settings, msp_id: str, words: Sequence[UnmappedWord], waiting: Sequence[str]) -> None:
    from phasewise.cli.possible import touched_codes

    for name in waiting:
        console.say(
            f"The mapping of {name} changed since its records were derived: run `phasewise remap` "
            "(the next sync does it as well)."
        )
    title = settings.msps[msp_id].name or msp_id
    if not words:
        console.say(f"{title}: every word of every source is mapped.")
        return
    count = (
        "1 word that nobody has mapped; it counts"
        if len(words) == 1
        else f"{len(words)} words that nobody has mapped; they count"
    )
    console.say(f"{title}: {count} as `other`.")
    rows = [
        [w.connection_id, w.mapping, w.word, f"{w.rows:,}", f"{w.tickets:,}", w.suggestion or "", codes]
        for w in words
        for codes in [", ".join(touched_codes(w.mapping))]
    ]
    columns = ["connection", "mapping", "word", "rows", "tickets", "perhaps", "touches"]
    console.say(console.table(columns, rows, right=["rows", "tickets"]))
    console.say()
    console.say(
        f"For {settings.path} (add the lines to the tables of these names where they are there already):"
    )
    console.say()
    console.say(snippet(words, by_connection=len(settings.connections_of(msp_id)) > 1))
    console.say()
    console.say("Then: phasewise remap")


def snippet(words: Sequence[UnmappedWord], *, by_connection: bool) -> str:
    """Lines for the settings file; a word without a suggestion is a comment to fill in.

    Args:
        words: the words.
        by_connection: the words of each connection in a table of its own, because another system may mean
            something else by them.
    """
    from phasewise.model.words import MAPPINGS

    tables: dict[str, list[UnmappedWord]] = {}
    for word in words:
        if word.word:
            name = f"connections.{_key(word.connection_id)}.mapping" if by_connection else "mapping"
            tables.setdefault(f"{name}.{word.mapping}", []).append(word)
    lines = []
    for name, found in tables.items():
        lines.append(f"[{name}]  # {', '.join(MAPPINGS[found[0].mapping])}")
        for word in found:
            line = f'{_key(word.word, quoted=True)} = "{word.suggestion or ""}"  # {word.rows:,} rows'
            lines.append(line if word.suggestion else f"# {line}")
        lines.append("")
    return "\n".join(lines).rstrip()


def _key(text: str, *, quoted: bool = False) -> str:
    """A TOML key: bare where it can be, else a basic string."""
    import json

    if not quoted and text.isascii() and text.replace("-", "").replace("_", "").isalnum():
        return text
    # JSON escapes what TOML escapes, but for DEL, which TOML refuses as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
