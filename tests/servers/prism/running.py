"""Prism, installed once into `build/prism` and started on a free port of this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

VERSION = "5.14.2"
"""The newest that runs on Node 20; 5.16 wants Node 24."""

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[2] / "build" / "prism"
PACKAGE = HOME / "node_modules" / "@stoplight" / "prism-cli"
INSTALL_SECONDS = 240
START_SECONDS = 120
LISTENS = re.compile(r"Prism is listening on (http://127\.0\.0\.1:[0-9]+)")


def program() -> list[str]:
    """What starts Prism; installed where it is not yet. Skips the test where there is no Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed: nothing can answer from the vendor's specification")
    if _installed() != VERSION:
        HOME.mkdir(parents=True, exist_ok=True)
        # From the registry that npm is set up for; neither an address nor a lock file is kept.
        done = subprocess.run(
            [npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts",
             "--prefix", str(HOME), f"@stoplight/prism-cli@{VERSION}"],
            capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
        )  # fmt: skip
        assert _installed() == VERSION, f"npm could not install Prism {VERSION}: {done.stderr[-2000:]}"
    return [node, "--require", str(HERE / "ends_with_its_parent.cjs"), str(PACKAGE / "dist" / "index.js")]


def _installed() -> str:
    described = PACKAGE / "package.json"
    return str(json.loads(described.read_text("utf-8"))["version"]) if described.exists() else ""


@contextmanager
def prism(document: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Start Prism on a specification; it ends with the block, and with this process however that ends.

    Args:
        document: what it answers from.
        folder: for the document and the log.

    Yields:
        Its address.
    """
    source, log = folder / "specification.json", folder / "prism.log"
    source.write_text(json.dumps(document), encoding="utf-8")
    command = [*program(), "mock", "--host", "127.0.0.1", "--port", "0", str(source)]
    with log.open("wb") as out:
        started = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, "NODE_ENV": "test", "NO_COLOR": "1"},  # "production" starts a second process
        )  # fmt: skip
    try:
        yield _address(started, log)
    finally:
        assert started.stdin is not None
        started.stdin.close()
        started.terminate()
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _address(started: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        said = log.read_text("utf-8", "replace")
        if found := LISTENS.search(said):
            return found[1]
        assert started.poll() is None, f"Prism ended with {started.returncode}: {said[-2000:]}"
        time.sleep(0.1)
    raise AssertionError(f"Prism did not listen within {START_SECONDS} seconds: {said[-2000:]}")
