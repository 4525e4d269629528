"""The entry point: finds the commands, runs one, turns every known error into a message and an exit code."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import Annotated, Any

import typer

from phasewise import __version__
from phasewise.cli import commands, console
from phasewise.errors import ConfigError, PhasewiseError
from phasewise.log import configure


def make_app() -> typer.Typer:
    """The application with every command of `commands/`, in alphabetical order."""
    app = typer.Typer(
        name="phasewise",
        help="Which phase of operational maturity is an MSP in? Answered from its own records.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for info in sorted(pkgutil.iter_modules(commands.__path__), key=lambda i: i.name):
        importlib.import_module(f"{commands.__name__}.{info.name}").register(app)
    return app


def _root(
    config: Annotated[
        str | None,
        typer.Option(
            help="The settings file.", envvar="PHASEWISE_CONFIG", metavar="PATH", show_default=False
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the release and stop.")] = False,
) -> None:
    """Carry the global options to the commands."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    if config is not None:
        os.environ["PHASEWISE_CONFIG"] = config


USAGE_ERROR: Any = typer.BadParameter.__base__
"""What typer raises for an unknown option, a missing argument, a wrong value; it gives it no public name."""


def _run_for_programs(app: typer.Typer) -> int:
    """Run with usage errors as those of settings: typer would print them as text for people.

    Returns:
        The exit code.

    Raises:
        ConfigError: the command line is wrong.
    """
    try:
        return app(standalone_mode=False) or 0
    except USAGE_ERROR as error:
        command = error.ctx.command_path if error.ctx is not None else "phasewise"
        raise ConfigError(
            error.format_message(), where=command, remedy=f"`{command} --help` shows what there is"
        ) from None


def main() -> None:
    """Run the command line. Exit codes: errors.py; 0 done, 4 finished but partial, 130 interrupted."""
    configure()
    as_json = "--json" in sys.argv
    try:
        if as_json:
            sys.exit(_run_for_programs(make_app()))
        make_app()()
    except PhasewiseError as error:
        console.print_error(error, as_json=as_json)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.note("Interrupted. What was finished is stored; run the command again to go on.")
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) went away: not an error, but nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
