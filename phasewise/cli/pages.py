"""The generated pages of `docs/reference`: drawn from settings models, views, indicators and the commands.

A page that is drawn cannot drift. What no code can say stands in `docs/howto` and `docs/explanation`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

GENERATED = "<!-- Written by `make docs`. Change the code it is drawn from. -->"


def reference_pages() -> dict[str, str]:
    """Every generated page: file name → content."""
    from phasewise.cli.connector_pages import given, quirks
    from phasewise.config.reference import pages
    from phasewise.connectors import connectors

    return {
        **pages(connectors()),
        "commands.md": _page("Commands", _commands()),
        "connectors.md": _page("Connectors", given(connectors())),
        "indicators.md": _page("Indicators", _indicators()),
        "quirks.md": _page("Quirks of vendors", quirks(connectors())),
        "views.md": _page("Views", _views()),
    }


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", GENERATED, "", *lines]).rstrip() + "\n"


def _views() -> Iterator[str]:
    from phasewise.storage.review.views import view_documents

    yield "What `phasewise sql` may read. The same columns and the same digits on SQLite and Postgres."
    for view in view_documents():
        yield from ("", f"## {view.name}", "", f"{view.row} {view.notes}".strip(), "")
        yield from ("| column | type | unit | meaning |", "|---|---|---|---|")
        yield from (f"| `{c.name}` | {c.type} | {c.unit} | {c.text} |" for c in view.columns)


def _indicators() -> Iterator[str]:
    from phasewise.analyzer.indicator import indicators
    from phasewise.analyzer.thresholds import load_thresholds
    from phasewise.model.maturity import STATEMENTS

    known, numbers = indicators(), load_thresholds({}).indicators
    yield "The twenty statements. Their codes are stable; the first digit is the gate (4: thriving)."
    yield from ("", "| code | statement | measured | fed by |", "|---|---|---|---|")
    for code, statement in STATEMENTS.items():
        measured = f"version {known[code].version}" if code in known else "not yet"
        yield f"| {code} | {statement.sentence} | {measured} | {', '.join(statement.feeds)} |"
    for code, indicator in known.items():
        yield from ("", f"## {code} {STATEMENTS[code].title}", "")
        yield from _headings(indicator.document)
        yield from ("", "### Numbers", "", "| number | value | unit | source |", "|---|---|---|---|")
        for part in numbers[code].parts.values():
            curve = ", ".join(f"{value:g} → {score:g}" for value, score in part.anchors)
            must = ", must pass" if part.must else ""
            yield f"| {part.name} (weight {part.weight:g}{must}) | {curve} | {part.unit} | {part.source} |"
        for name, number in numbers[code].numbers.items():
            yield f"| {name} | {number.value:g} | {number.unit} | {number.source} |"


def _headings(document: str) -> Iterator[str]:
    """A docstring's underlined headings as Markdown, one level below the page's own."""
    lines = inspect.cleandoc(document).splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following and set(following) == {"-"}:
            yield f"### {line}"
        elif line and set(line) == {"-"}:
            yield ""
        else:
            yield line


def _commands() -> Iterator[str]:
    import typer

    from phasewise.cli.main import make_app

    yield "Every command has `--help`. Results go to stdout, everything else to stderr."
    yield from _command("phasewise", typer.main.get_command(make_app()))


def _command(path: str, command: Any) -> Iterator[str]:
    yield from ("", f"## {path}", "", inspect.cleandoc(command.help or ""), "")
    rows = [row for parameter in command.params for row in _parameter(parameter)]
    if rows:
        yield from ("| option | meaning |", "|---|---|", *rows)
    for name, child in sorted(getattr(command, "commands", {}).items()):
        yield from _command(f"{path} {name}", child)


def _parameter(parameter: Any) -> Iterator[str]:
    is_argument = parameter.param_type_name == "argument"
    names = [parameter.name.upper()] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    meaning = (getattr(parameter, "help", None) or "").replace("|", "\\|")
    yield f"| {', '.join(f'`{name}`' for name in names)} | {meaning} |"
