"""Phasewise as a process, the store it leaves behind, and the hands that change Request Tracker meanwhile."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from phasewise.storage.tables import RECORD_TABLES

OURS = {"first_seen_at", "seen_at", "raw_page", "raw_index"}
"""Columns that say when and how Phasewise came by a row."""

BASICS = {
    "client_from": "organization",
    "type_field": "Kind",
    "response_levels": ["Callback"],
    "automation_users": ["monitor"],
}


def read_env(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


class Office:
    """A folder with settings and a store.

    Args:
        folder: where they are.
        rt5: address and keys of the server.
        token: which of the keys is used.
        settings: further settings of the connection.
    """

    def __init__(self, folder: Path, rt5: Mapping[str, str], token: str, settings: Mapping[str, Any]) -> None:
        self.folder = folder
        self.store = folder / "phasewise.db"
        self.environ = {**os.environ, "RT_TOKEN": rt5[token]}
        written = {"base_url": rt5["RT5_URL"], "token": "env:RT_TOKEN", **BASICS, **settings}
        lines = ["[msps.acme]", 'name = "Acme IT"', 'zone = "Europe/Madrid"', 'currency = "EUR"']
        lines += ["[connections.rt]", 'connector = "request_tracker"', "[connections.rt.settings]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in written.items()]
        (folder / "phasewise.toml").write_text("\n".join(lines), encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command of Phasewise, running."""
        return subprocess.Popen(
            [sys.executable, "-m", "phasewise", *arguments],
            cwd=self.folder,
            env=self.environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of Phasewise, to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=900)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """What the store says."""
        return read_rows(self.store, sql, *values)

    def records(self) -> dict[str, list[Any]]:
        """Every row of every record table, without what is Phasewise's own, by id."""
        found = {}
        for name, table in RECORD_TABLES.items():
            columns = ", ".join(f'"{c.name}"' for c in table.c if c.name not in OURS)
            found[name] = self.rows(f"SELECT {columns} FROM {name} ORDER BY connection_id, id")
        return found


def read_rows(path: Path, sql: str, *values: Any) -> list[Any]:
    """Rows of a SQLite file that is only read."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=60)) as database:
        return database.execute(sql, values).fetchall()


def copy_store(source: Path, target: Path) -> None:
    """Copy a store that nobody writes, what is still in its log included."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


class Hands:
    """What people do in Request Tracker, through the same interface but with the right to write.

    Args:
        rt5: address and keys of the server.
    """

    def __init__(self, rt5: Mapping[str, str]) -> None:
        self.url = f"{rt5['RT5_URL']}/REST/2.0"
        self.token = rt5["RT5_ADMIN_TOKEN"]

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Any:
        """One request; the decoded answer."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"token {token or self.token}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def open(self, queue: str, subject: str, **values: Any) -> str:
        """A new ticket; its number."""
        made = self.ask("POST", "/ticket", {"Queue": queue, "Subject": subject, **values})
        return str(made["id"])

    def change(self, number: str, **values: Any) -> None:
        """Change a ticket: Status, Queue, MergeInto, …"""
        self.ask("PUT", f"/ticket/{number}", values)
