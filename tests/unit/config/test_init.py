"""`phasewise init`, as a person and as a program run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from phasewise.config.settings import load_settings

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PHASEWISE_")} | {
    "TZ": "Europe/Madrid"
}
OPTIONS = ["--msp", "acme", "--name", "Acme IT", "--zone", "Europe/Madrid", "--currency", "eur"]


def phasewise(*arguments: str, cwd, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "phasewise", *arguments],
        cwd=cwd,
        env=ENVIRONMENT | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_program_writes_a_file_and_learns_what_was_assumed(tmp_path):
    done = phasewise("init", "--name", "Acme IT", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["path"] == str(tmp_path / "phasewise.toml")
    assert (answer["msp"], answer["zone"]) == ("acme-it", "Europe/Madrid")
    assert answer["assumed"] == ["msp", "zone", "currency"]
    assert load_settings(tmp_path / "phasewise.toml", {}).msps["acme-it"].name == "Acme IT"


def test_the_file_goes_where_it_is_asked_to(tmp_path):
    (tmp_path / "folder").mkdir()
    assert phasewise("init", "folder", *OPTIONS, cwd=tmp_path).returncode == 0
    assert phasewise("init", "mine.toml", *OPTIONS, cwd=tmp_path).returncode == 0
    assert phasewise("init", *OPTIONS, cwd=tmp_path, PHASEWISE_CONFIG="by-variable.toml").returncode == 0
    assert phasewise("--config", "by-option.toml", "init", *OPTIONS, cwd=tmp_path).returncode == 0
    for name in ("folder/phasewise.toml", "mine.toml", "by-variable.toml", "by-option.toml"):
        assert load_settings(tmp_path / name, {}).msps["acme"].currency == "EUR"


def test_a_second_init_changes_nothing_without_force(tmp_path):
    assert phasewise("init", *OPTIONS, cwd=tmp_path).returncode == 0
    before = (tmp_path / "phasewise.toml").read_bytes()
    done = phasewise("init", "--name", "Other", cwd=tmp_path)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (tmp_path / "phasewise.toml").read_bytes() == before
    assert phasewise("init", "--name", "Other", "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "phasewise.toml").read_bytes() != before


def test_wrong_values_are_told_all_at_once_and_nothing_is_written(tmp_path):
    done = phasewise(
        "init", "--msp", "A b", "--zone", "Mars", "--currency", "XXX", "--name", " ", "--json", cwd=tmp_path
    )
    assert done.returncode == 2
    assert [m["path"] for m in json.loads(done.stderr)["mistakes"]] == [
        "--name",
        "--msp",
        "--zone",
        "--currency",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_person_is_asked_until_the_answer_can_be_used(tmp_path):
    import pty

    here, there = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "phasewise", "init"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdin=there,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        os.write(here, b"Acme IT\nAcme IT\nacme\nEurope/Madird\nEurope/Paris\nchf\n")
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
            os.close(here)
            os.close(there)
    assert process.returncode == 0, err
    assert out.startswith(f"Wrote {tmp_path / 'phasewise.toml'}")
    assert 'did you mean "Europe/Madrid"' in err
    assert "cannot be a name" in err
    settings = load_settings(tmp_path / "phasewise.toml", {})
    assert settings.msps["acme"].name == "Acme IT"
    assert settings.msps["acme"].zone == "Europe/Paris"
    assert settings.msps["acme"].currency == "CHF"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_clear_error(tmp_path):
    tmp_path.chmod(0o500)
    done = phasewise("init", *OPTIONS, cwd=tmp_path)
    tmp_path.chmod(0o700)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
