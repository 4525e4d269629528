"""Two services with a schedule a minute ahead: the source is read once, and one analysis is made.

The source is the ticket system of docs/howto/add-a-connector.md on a server of this machine; its connector is
offered by an entry point, as by a package of somebody else's. The clock is the real one, so this takes a
minute and a half: both databases are done at the same time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from phasewise.scheduler import WAKE_SECONDS
from phasewise.storage.engine import open_store
from phasewise.storage.frames import read_frame
from phasewise.testing.fault_server import FaultServer
from tests.contract.test_how_to_add_a_connector import FOLLOWED, blocks

TICKETS = 150
"""More than a page."""
EARLIEST_AHEAD = timedelta(seconds=20)
"""Both services must be up before it is due."""
PATIENCE_SECONDS = 240

SETTINGS = """
[store]
url = "env:STORE_URL"
[msps.acme]
name = "Acme IT"
zone = "Europe/Madrid"
currency = "EUR"
[msps.acme.schedule]
sync = "{cron}"
analyze = "{cron}"
reconcile = false
[connections.desk]
connector = "deskly"
[connections.desk.settings]
base_url = "{url}"
key = "env:DESKLY_KEY"
"""


def install_connector(folder: Path) -> None:
    """What installing a package with the connector of the page leaves behind."""
    about = folder / "deskly-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "deskly.py").write_text(blocks()["phasewise/connectors/vendors/deskly.py"], encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: deskly\nVersion: 1.0\n", encoding="utf-8")
    points = "[phasewise.connectors]\ndeskly = deskly:CONNECTOR\n"
    (about / "entry_points.txt").write_text(points, encoding="utf-8")


def source(now: datetime) -> FaultServer:
    """The ticket system, with tickets of the last weeks."""
    server = FaultServer(FOLLOWED.SUBJECT.world)
    items = [FOLLOWED.make_ticket(number) for number in range(1, TICKETS + 1)]
    for number, item in enumerate(items):
        changed = now - timedelta(hours=5 * number + 30)
        item["changed"] = f"{changed:%Y-%m-%dT%H:%M:%S}"
        item["opened"] = f"{changed - timedelta(hours=4):%Y-%m-%dT%H:%M:%S}"
    server.replace("tickets", items)
    return server


def minute_ahead(zone: str) -> str:
    """The coming minute as a cron expression of that day alone: nothing is due before it."""
    due = datetime.now(ZoneInfo(zone)) + EARLIEST_AHEAD + timedelta(minutes=1)
    return f"{due.minute} {due.hour} {due.day} {due.month} *"


class Site:
    """A store, its source, and two services at work on it."""

    def __init__(self, folder: Path, url: str, connector: Path) -> None:
        self.url = url
        self.server = source(datetime.now(UTC))
        self.server.__enter__()
        open_store(url, now=datetime.now(UTC), create=True).close()
        settings = folder / "phasewise.toml"
        cron = minute_ahead("Europe/Madrid")
        settings.write_text(SETTINGS.format(cron=cron, url=self.server.url), encoding="utf-8")
        environ = os.environ | {
            "PHASEWISE_CONFIG": str(settings),
            "STORE_URL": url,
            "DESKLY_KEY": FOLLOWED.KEY,
            "PYTHONPATH": os.pathsep.join([str(connector), os.environ.get("PYTHONPATH", "")]),
        }
        command = [sys.executable, "-m", "phasewise", "schedule", "run", "--log", "json"]
        self.services = [
            subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) for _ in range(2)
        ]

    def read(self, sql: str) -> list[dict[str, object]]:
        with open_store(self.url, now=datetime.now(UTC)) as store:
            return read_frame(store.msp("acme"), sql) if "acme" in store.msp_ids() else []

    def is_done(self) -> bool:
        found = self.read("SELECT 1 FROM runs WHERE msp_id = :msp_id AND job = 'analyze' AND finished_at > 0")
        return bool(found)

    def stop(self) -> list[dict[str, object]]:
        """Ask both to end, and give their logs."""
        for service in self.services:
            service.send_signal(signal.SIGTERM)
        said = [service.communicate(timeout=60)[1] for service in self.services]
        return [json.loads(line) for text in said for line in text.splitlines() if line.startswith("{")]

    def close(self) -> None:
        for service in self.services:
            service.kill()
            service.communicate()
        self.server.__exit__(None, None, None)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that asks a process to end")
def test_a_minute_ahead_two_services_sync_a_live_source_and_analyse_once(
    tmp_path: Path, sqlite_url: str, postgres_url: str
) -> None:
    install_connector(tmp_path / "site-packages")
    sites: list[Site] = []
    try:
        for url in (sqlite_url, postgres_url):
            folder = tmp_path / str(len(sites))
            folder.mkdir()
            sites.append(Site(folder, url, tmp_path / "site-packages"))
        assert not any(site.server.asked for site in sites), "nothing is due yet"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not all(site.is_done() for site in sites):
            time.sleep(1)
        time.sleep(WAKE_SECONDS + 1)  # each service looks once more
        for site in sites:
            assert_done_once(site)
    finally:
        for site in sites:
            site.close()


def assert_done_once(site: Site) -> None:
    log = site.stop()
    assert [service.returncode for service in site.services] == [0, 0], log
    runs = site.read("SELECT job, status FROM runs WHERE msp_id = :msp_id ORDER BY started_at, job DESC")
    assert runs == [{"job": "sync", "status": "complete"}, {"job": "analyze", "status": "complete"}], log
    assert site.read("SELECT count(*) AS n FROM tickets WHERE msp_id = :msp_id") == [{"n": TICKETS}]
    assert site.read("SELECT made FROM analyses WHERE msp_id = :msp_id") == [{"made": "nightly"}]
    pages = [(one.path, tuple(sorted(one.query.items()))) for one in site.server.asked]
    assert len(pages) > 1
    assert len(pages) == len(set(pages)), "no page was asked for twice"
    assert [one["event"] for one in log].count("job.started") == 2
