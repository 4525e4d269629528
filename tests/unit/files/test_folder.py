"""The folder: which files there are, which have changed, and what a cheap look says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phasewise.connectors import connector
from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.files.settings import FilesSettings
from phasewise.errors import SourceError
from tests.support.exports import settings_for, stream_of


def plan(settings: FilesSettings, number: int = 0) -> list[Slice]:
    with connector("files").open(settings) as folder:
        made = stream_of(settings, number).plan
        assert made is not None
        return list(made(folder))


def tokens(settings: FilesSettings) -> dict[str, str | None]:
    return {part.key: part.token for part in plan(settings)}


def test_a_folder_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere: there is no such folder. Correct `folder`, or mount it"):
        plan(settings_for(tmp_path / "nowhere", {}))


def test_a_file_in_place_of_the_folder_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n")
    with pytest.raises(SourceError, match="this is a file, not a folder"):
        plan(settings_for(tmp_path / "a.csv", {}))


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(SourceError, match=r"the folder cannot be listed \(Permission denied\)"):
        plan(settings_for(tmp_path, {}))


def test_a_pattern_that_matches_nothing_is_never_a_success(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text("id\n")
    with pytest.raises(SourceError) as raised:
        plan(settings_for(tmp_path, {"pattern": "ticket_*.csv"}))
    assert "no file matches ticket_*.csv" in raised.value.what
    assert "The folder has tickets.csv" in raised.value.remedy


def test_slices_are_the_files_that_match_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    for name in ("b.csv", "a.csv", "a.txt", "2026/c.csv"):
        (tmp_path / name).write_text("id\n")
    settings = settings_for(tmp_path, {"pattern": ["*.csv", "2026/*.csv", "a.*v"]})
    assert list(tokens(settings)) == ["2026/c.csv", "a.csv", "b.csv"]


def test_a_token_changes_with_size_time_and_mapping_and_with_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,x\n1,a\n")
    before = tokens(settings_for(tmp_path, {"fields": {"queue": "x"}}))
    path.read_bytes()
    assert tokens(settings_for(tmp_path, {"fields": {"queue": "x"}})) == before
    assert tokens(settings_for(tmp_path, {"fields": {"category": "x"}})) != before
    assert tokens(settings_for(tmp_path, {"fields": {"queue": "x"}}, zone="UTC")) != before
    os.utime(path, ns=(1, 1))
    assert tokens(settings_for(tmp_path, {"fields": {"queue": "x"}})) != before


def test_planning_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("id\n")
    settings = settings_for(tmp_path, {})

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", refuse)
    assert list(tokens(settings)) == ["a.csv"]


def test_a_check_tells_what_is_there_and_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("id,x\n1,a\n")
    (tmp_path / "bad.csv").write_text("id,y\n1,a\n")
    (tmp_path / "empty.csv").write_text("")
    settings = settings_for(
        tmp_path,
        {"name": "one", "pattern": "good.csv", "fields": {"queue": "x"}},
        {"name": "two", "pattern": "bad.csv", "fields": {"queue": "x"}},
        {"name": "three", "pattern": "none.csv"},
        {"name": "four", "pattern": "empty.csv"},
    )
    with connector("files").open(settings) as folder:
        found = connector("files").check(folder, settings)
    assert found.identity == f"the folder {tmp_path}"
    assert found.missing.keys() == {"two", "three"}
    assert 'no column "x"' in found.missing["two"]
    assert found.notes[0] == "one: 1 file (good.csv)"
    assert found.cost is not None


def test_a_full_export_is_swept_and_an_export_of_a_period_is_not(tmp_path: Path) -> None:
    assert not stream_of(settings_for(tmp_path, {})).lists_all
    assert stream_of(settings_for(tmp_path, {"lists_all": True})).lists_all
