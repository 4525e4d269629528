"""A cheap look: are we let in, which list is refused, and what the first sync will cost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from phasewise.connectors.answers import Answer
from phasewise.connectors.base import CheckResult
from phasewise.connectors.limits import Rule, estimated_minutes
from phasewise.connectors.vendors.ninjaone.activities import ACTIVITIES, PATH
from phasewise.connectors.vendors.ninjaone.alerts import ACTIVE
from phasewise.connectors.vendors.ninjaone.alerts import TYPES as OF_ALERTS
from phasewise.connectors.vendors.ninjaone.documents import CLIENT_ARTICLES, DOCUMENTS, OWN_ARTICLES
from phasewise.connectors.vendors.ninjaone.lists import PAGE
from phasewise.connectors.vendors.ninjaone.moments import told_at
from phasewise.connectors.vendors.ninjaone.patches import OS_INSTALLS, SOFTWARE_INSTALLS
from phasewise.connectors.vendors.ninjaone.runs import TYPES as OF_RUNS
from phasewise.connectors.vendors.ninjaone.session import CONCURRENCY, RIGHT, Session
from phasewise.connectors.vendors.ninjaone.settings import NinjaOneSettings
from phasewise.errors import AuthError, ForbiddenError, SourceError

ONE = {"pageSize": 1}
LOOKS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "clients": (("/v2/organizations-detailed", ONE),),
    "devices": (("/v2/devices-detailed", ONE),),
    "alerts": ((PATH, {"pageSize": PAGE}), (ACTIVE, {})),
    "automation_runs": ((PATH, {"pageSize": PAGE}),),
    "os_patch_installs": ((OS_INSTALLS, ONE),),
    "software_patch_installs": ((SOFTWARE_INSTALLS, ONE),),
    "articles": ((OWN_ARTICLES, {}),),
    "client_articles": ((CLIENT_ARTICLES, {}),),
    "documents": ((DOCUMENTS, {}),),
}
"""Stream → the lists it reads. A list that two streams read is asked once."""

SAMPLE = 50
"""Activities below which nothing is said of their number."""

MONTHS = 36
DAYS = MONTHS * 30.4
OTHER_REQUESTS = 150
"""Of the lists beside the log, for the estimate alone: most are windows of patches, a month each."""

SECONDS_A_REQUEST = 1.0
"""For the estimate alone; not measured on a live account."""


def check(session: Session, settings: NinjaOneSettings) -> CheckResult:
    """Say who we are and what is refused.

    Raises:
        SourceError: we are not let in at all.
    """
    host = urlsplit(session.http.base_url).netloc
    answers: dict[str, Answer | str] = {}
    missing: dict[str, str] = {}
    for stream, looks in LOOKS.items():
        for path, query in looks:
            if path not in answers:
                answers[path] = _look(session, path, query)
            said = answers[path]
            if isinstance(said, str):
                missing.setdefault(stream, said)
    rate = _kept_a_day(answers.get(PATH))
    return CheckResult(
        f"NinjaOne at {host}, as the API application {settings.client_id}",
        missing=missing,
        notes=_notes(settings, rate),
        cost=None if rate is None else _cost(rate),
    )


def _look(session: Session, path: str, query: dict[str, Any]) -> Answer | str:
    """The answer, or what is missing to get it."""
    try:
        return session.get(path, query)
    except AuthError:
        raise
    except ForbiddenError as error:
        return error.right
    except SourceError as error:
        return str(error)


def _kept_a_day(answer: Answer | str | None) -> float | None:
    """How many activities a day are of a kind that is read, by the newest thousand."""
    if answer is None or isinstance(answer, str):
        return None
    items = ACTIVITIES(answer).items
    times = [at for item in items if (at := told_at(item.get("activityTime"))) is not None]
    if len(times) < SAMPLE:
        return None
    days = (max(times) - min(times)).total_seconds() / 86_400
    kept = sum(item.get("activityType") in {*OF_ALERTS, *OF_RUNS} for item in items)
    return kept / days if days > 0 else None


def _notes(settings: NinjaOneSettings, rate: float | None) -> list[str]:
    notes = [f'the token is asked for with the scope "{RIGHT}" alone: it cannot change anything']
    if rate is not None:
        notes.append(
            f"about {rate:,.0f} activities a day tell of alerts and runs; NinjaOne does not say how long it "
            f"keeps them, so the cost is that of {MONTHS} months"
        )
    if not settings.backup_is_ninjaone:
        notes.append("nothing is said of backups: set backup_is_ninjaone where NinjaOne makes them")
    return notes


def _cost(rate: float) -> tuple[int, float]:
    requests = OTHER_REQUESTS + round(rate * DAYS / PAGE)
    rule = Rule("requests at a time", concurrent=CONCURRENCY)
    return requests, estimated_minutes((rule,), requests, SECONDS_A_REQUEST)
