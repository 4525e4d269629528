"""The generated pages of docs/reference say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from phasewise.cli.main import make_app
from phasewise.cli.pages import reference_pages

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", ["commands.md", "indicators.md", "views.md", "settings.md"])
def test_the_committed_page_is_current(name):
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == reference_pages()[name], "run `make docs`"


def test_every_command_says_what_it_does_and_every_option_what_it_means():
    def unexplained(path, command):
        if not command.help:
            yield path
        for parameter in command.params:
            if not getattr(parameter, "help", None):
                yield f"{path} {parameter.name}"
        for name, child in getattr(command, "commands", {}).items():
            yield from unexplained(f"{path} {name}", child)

    assert list(unexplained("phasewise", typer.main.get_command(make_app()))) == []
