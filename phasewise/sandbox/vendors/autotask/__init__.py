"""Autotask PSA, simulated: its zones, keys, hourly threshold, pages behind an id, queries and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phasewise.sandbox.simulator import Simulator
from phasewise.sandbox.vendors.autotask.answering import CODE, SECRET, USER, answer
from phasewise.sandbox.vendors.autotask.rendering import render
from phasewise.sandbox.vendors.autotask.telling import truth
from phasewise.sandbox.vendors.autotask.tickets import ADMINISTRATOR


def settings(url: str) -> Mapping[str, Any]:
    """Settings of a connection to the simulated Autotask at this address."""
    return {
        "base_url": url,
        "user": USER,
        "secret": SECRET,
        "integration_code": CODE,
        "currency": "EUR",
        "survey_scale": [1, 5],
        "automation_resources": [ADMINISTRATOR],
    }


SIMULATOR = Simulator(name="autotask", settings=settings, render=render, answer=answer, truth=truth)
