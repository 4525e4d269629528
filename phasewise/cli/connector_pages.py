"""The generated pages about connectors: what each gives for which part of an indicator, and its quirks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ALL, SOME = "●", "◐"


def given(connectors: Mapping[str, Any]) -> Iterator[str]:
    """The page `connectors.md`: the matrix of connectors and parts of indicators, and every stream."""
    vendors = {name: one for name, one in connectors.items() if one.kind != "files"}
    yield "What can be connected, what comes from it, and which part of which indicator it can feed."
    yield "`files` reads exports of any system and can feed them all."
    yield from _matrix(vendors)
    for one in vendors.values():
        yield from _streams(one)


def _matrix(vendors: Mapping[str, Any]) -> Iterator[str]:
    from phasewise.model.maturity import STATEMENTS
    from phasewise.model.needs import PARTS, share_given

    provided = {name: _provides(one) for name, one in vendors.items()}
    yield from ("", "## Which part of which indicator", "")
    yield f"{ALL} all that the part cannot do without, {SOME} some of it: another source can give the rest."
    yield from ("", f"| part | {' | '.join(one.title for one in vendors.values())} |")
    yield f"|---|{'---|' * len(vendors)}"
    for code, parts in PARTS.items():
        yield f"| **{code} {STATEMENTS[code].title}** |{' |' * len(vendors)}"
        for part, needed in parts.items():
            shares = [share_given(needed, provided[name]) for name in vendors]
            yield f"| {part} | {' | '.join(ALL if s == 1 else SOME if s else '' for s in shares)} |"


def _provides(connector: Any) -> frozenset[str]:
    return frozenset().union(*(stream.provides for stream in _catalogue(connector)))


def _catalogue(connector: Any) -> Sequence[Any]:
    found: Sequence[Any] = (
        connector.catalogue() if connector.catalogue is not None else connector.streams(None)
    )
    return found


def _streams(connector: Any) -> Iterator[str]:
    yield from ("", f"## {connector.title}", "")
    yield from ("| stream | finds changes by | right | fills |", "|---|---|---|---|")
    for stream in _catalogue(connector):
        how = f"{stream.cursor}{', in the background' if stream.background else ''}"
        yield f"| `{stream.name}` | {how} | {stream.right} | {_fills(stream)} |"


def _fills(stream: Any) -> str:
    tables: dict[str, list[str]] = {}
    for name in sorted(stream.provides):
        table, _, column = name.partition(".")
        if not column.endswith("_raw"):
            tables.setdefault(table, []).append(column)
    return "; ".join(f"**{table}**: {', '.join(names)}" for table, names in tables.items())


def quirks(connectors: Mapping[str, Any]) -> Iterator[str]:
    """The page `quirks.md`: what interfaces do that nobody would expect, and the test that guards us."""
    yield "What vendors' interfaces do that nobody would expect, each with the test that fails when we fall"
    yield "for it."
    for one in connectors.values():
        if one.quirks:
            yield from ("", f"## {one.title}", "", "| quirk | what happens | guarded by |", "|---|---|---|")
            yield from (
                f"| {quirk.name} | {quirk.what} | `{quirk.guarded_by}` |".replace("\n", " ")
                for quirk in one.quirks
            )
