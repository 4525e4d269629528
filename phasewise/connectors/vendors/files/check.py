"""A cheap look at the folder: are the files there, and do they have the columns of the mapping."""

from __future__ import annotations

from phasewise.connectors.base import CheckResult
from phasewise.connectors.vendors.files.delimited import open_table
from phasewise.connectors.vendors.files.folder import Folder, found_files
from phasewise.connectors.vendors.files.intake import check_columns
from phasewise.connectors.vendors.files.pages import table_form
from phasewise.connectors.vendors.files.rules import mapped_columns
from phasewise.connectors.vendors.files.settings import FileSettings, FilesSettings
from phasewise.errors import SourceError

_BYTES_A_MINUTE = 60 * 1_000_000
"""About what a sync of uncompressed text stores; only for the estimate."""


def check(folder: Folder, settings: FilesSettings) -> CheckResult:
    """Look at every file's header and size; reads no rows.

    Returns:
        Whose files, what is missing for which stream, and how long the first sync will take.
    """
    missing: dict[str, str] = {}
    notes: list[str] = []
    size = 0
    for file in settings.files:
        try:
            names = found_files(folder, file)
            size += sum((folder.path / name).stat().st_size for name in names)
            missing |= _lacking(folder, file, names)
            notes.append(f"{file.name}: {len(names)} file{'s' if len(names) > 1 else ''} ({names[-1]})")
        except (SourceError, OSError) as error:
            missing[file.name] = str(error)
    return CheckResult(
        identity=f"the folder {folder.path}",
        missing=missing,
        notes=notes,
        cost=(0, size / _BYTES_A_MINUTE),
    )


def _lacking(folder: Folder, file: FileSettings, names: list[str]) -> dict[str, str]:
    problems = []
    for name in names:
        form = table_form(folder.settings, file)
        try:
            with open_table(folder.path / name, name, form, mapped_columns(file)) as table:
                if table.columns:
                    check_columns(table, file)
        except SourceError as error:
            problems.append(str(error))
    return {file.name: "; ".join(problems)} if problems else {}
