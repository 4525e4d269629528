"""The folder of the exports: which files there are, and what tells a changed one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.files.settings import FileSettings, FilesSettings
from phasewise.errors import SourceError

_READER_VERSION = 1
"""Raise it when the same file and mapping give other payloads: every file is then read again."""

_SHOWN_NAMES = 10


@dataclass(frozen=True, slots=True)
class Folder:
    """An open connection of the `files` connector."""

    path: Path
    settings: FilesSettings


@contextmanager
def open_folder(settings: FilesSettings) -> Iterator[Folder]:
    """The folder, if it is there and may be listed.

    Raises:
        SourceError: it is not.
    """
    path = settings.folder.expanduser()
    _names(path)
    yield Folder(path, settings)


def found_files(folder: Folder, file: FileSettings) -> list[str]:
    """Paths in the folder that the patterns name, sorted, with `/` on every system.

    Raises:
        SourceError: the folder cannot be listed, or no file matches (nearly always a mistake in the pattern).
    """
    names = _names(folder.path)
    found: set[str] = set()
    for pattern in file.pattern:
        if "/" in pattern or "**" in pattern:
            found.update(path.relative_to(folder.path).as_posix() for path in folder.path.glob(pattern))
        else:
            # A name as it is, too: brackets in it would be read as a pattern.
            found.update(name for name in names if name == pattern or fnmatchcase(name, pattern))
    matching = sorted(name for name in found if (folder.path / name).is_file())
    if not matching:
        raise SourceError(
            f"no file matches {' or '.join(file.pattern)}",
            where=str(folder.path),
            remedy=f"Put the export there, or correct the pattern. {_there(names)}",
        )
    return matching


def plan(folder: Folder, file: FileSettings) -> list[Slice]:
    """One slice a file; its token changes when the file or its mapping does. Only looks, reads nothing.

    Raises:
        SourceError: as `found_files`.
    """
    mapping = mapping_digest(folder.settings, file)
    return [
        Slice(key=name, token=f"{fingerprint(folder.path / name, name)} {mapping}")
        for name in found_files(folder, file)
    ]


def fingerprint(path: Path, name: str) -> str:
    """Size and time of change of a file.

    Raises:
        SourceError: it is not there any more, or may not be looked at.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(
            f"the file cannot be looked at ({error.strerror or error})",
            where=name,
            remedy="Was it moved while it was read? Run again",
        ) from error
    return f"{status.st_size}:{status.st_mtime_ns}"


def mapping_digest(settings: FilesSettings, file: FileSettings) -> str:
    """A short hash of everything that decides what is read from a file."""
    about = f"{_READER_VERSION}|{settings.zone}|{settings.encoding}|{settings.decimal_comma}|"
    return hashlib.sha256((about + file.model_dump_json()).encode()).hexdigest()[:16]


def _names(path: Path) -> list[str]:
    try:
        return sorted(os.listdir(path))  # noqa: PTH208  # the names are wanted, not paths
    except FileNotFoundError:
        what, remedy = "there is no such folder", "Correct `folder`, or mount it"
    except NotADirectoryError:
        what, remedy = (
            "this is a file, not a folder",
            "Write its folder in `folder` and its name in `pattern`",
        )
    except OSError as error:
        what, remedy = f"the folder cannot be listed ({error.strerror or error})", "Give the right to read it"
    raise SourceError(what, where=str(path), remedy=remedy)


def _there(names: list[str]) -> str:
    if not names:
        return "The folder is empty"
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"The folder has {', '.join(names[:_SHOWN_NAMES])}{more}"
