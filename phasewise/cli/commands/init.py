"""`phasewise init`: a settings file to start from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console
from phasewise.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from phasewise.config.starter import Answers


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    path: Annotated[
        Path | None,
        typer.Argument(help="The file to write, or its folder.", show_default="phasewise.toml"),
    ] = None,
    msp: Annotated[
        str | None, typer.Option(help="Short name of the MSP: lowercase letters, digits, -.", metavar="NAME")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name for people.", metavar="TEXT")] = None,
    zone: Annotated[str | None, typer.Option(help="Its time zone, such as Europe/Madrid.")] = None,
    currency: Annotated[str | None, typer.Option(help="Its currency, such as EUR.", metavar="CODE")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")] = False,
) -> None:
    """Write a commented phasewise.toml; at a terminal, ask for what it must know."""
    from phasewise.config.document import FILE_NAME, find_settings_path
    from phasewise.config.settings import load_settings
    from phasewise.config.starter import settings_text, write_settings

    file = find_settings_path(path, os.environ)
    if file.is_dir():
        file /= FILE_NAME
    if file.exists() and not force:  # before the first question, not after the last
        raise ConfigError(
            "there is a settings file already", where=str(file), remedy="Edit it, or replace it with --force"
        )
    asker = _Asker(at_terminal=sys.stdin.isatty() and not as_json)
    answers = _answers(asker, msp=msp, name=name, zone=zone, currency=currency)
    write_settings(file, settings_text(answers), overwrite=force)
    # Read back without this machine's variables: the file alone must hold.
    load_settings(file, environ={})
    _tell(file, answers, asker.assumed, as_json=as_json)


@dataclass
class _Asker:
    """Gets each value from its option, the person, or a default; notes what was assumed and what is wrong."""

    at_terminal: bool
    assumed: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def value(self, option: str, given: str | None, default: str, question: str, kind: Any) -> str:
        """The value, checked as the settings model of this kind checks it."""
        check = _checked(kind)
        if given is None and self.at_terminal:
            return _ask(question, default, check)
        if given is None:
            self.assumed.append(option)
        try:
            return check(default if given is None else given)
        except ValueError as error:
            self.mistakes.append(Mistake(f"--{option}", str(error)))
            return default


def _checked(kind: Any) -> Callable[[str], str]:
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter[str](kind)

    def check(text: str) -> str:
        try:
            text.encode("utf-8")
            return adapter.validate_python(text)
        except UnicodeEncodeError:
            raise ValueError("is not text that can be written as UTF-8") from None
        except ValidationError as error:
            raise ValueError(error.errors(include_url=False)[0]["msg"]) from None

    return check


def _ask(question: str, default: str, check: Callable[[str], str]) -> str:
    """Asks until the answer can be used. The questions go to stderr: stdout is for results."""
    while True:
        sys.stderr.write(f"{question} [{default}]: ")
        sys.stderr.flush()
        try:
            return check(input().strip() or default)
        except EOFError:
            raise ConfigError(
                "the input ended before the last answer", remedy="Give the values as options: --help"
            ) from None
        except ValueError as error:
            console.note(f"  {error}")


def _answers(
    asker: _Asker, *, msp: str | None, name: str | None, zone: str | None, currency: str | None
) -> Answers:
    from pydantic import BeforeValidator

    from phasewise.config import detected
    from phasewise.config.starter import Answers, table_name
    from phasewise.config.values import Currency, Name, Text, Zone
    from phasewise.i18n import gettext as _

    title = asker.value("name", name, msp or "My MSP", _("Name of the MSP"), Text)
    answers = Answers(
        name=title,
        msp=asker.value("msp", msp, table_name(title), _("Short name, for commands and keys"), Name),
        zone=asker.value("zone", zone, detected.zone(os.environ) or "UTC", _("Time zone"), Zone),
        currency=asker.value(
            "currency",
            currency,
            detected.currency() or "EUR",
            _("Currency of its books"),
            Annotated[Currency, BeforeValidator(lambda code: code.upper())],
        ),
    )
    if asker.mistakes:
        raise ConfigError("these values cannot be used", mistakes=asker.mistakes)
    return answers


def _tell(file: Path, answers: Answers, assumed: list[str], *, as_json: bool) -> None:
    from phasewise.i18n import gettext as _

    if as_json:
        console.print_json(
            {
                "path": str(file),
                "msp": answers.msp,
                "name": answers.name,
                "zone": answers.zone,
                "currency": answers.currency,
                "assumed": assumed,
            }
        )
        return
    console.say(_("Wrote %(path)s") % {"path": file})
    if assumed:
        values = {
            "msp": answers.msp,
            "name": answers.name,
            "zone": answers.zone,
            "currency": answers.currency,
        }
        listed = ", ".join(f"{key} = {values[key]}" for key in assumed)
        console.say(_("Assumed, please check: %(values)s") % {"values": listed})
    console.say(
        _(
            "Next: connect a system in it (for exports: `phasewise files inspect FILE`), "
            "then run `phasewise check`."
        )
    )
