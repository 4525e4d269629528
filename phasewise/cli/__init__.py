"""The command line. One file a command in `commands/`; a file put there is a command."""

from phasewise.cli.main import main

__all__ = ["main"]
