"""Syncro, simulated: PSA and RMM in one, by its API documentation (OpenAPI "Syncro v1")."""

from __future__ import annotations

from phasewise.sandbox.simulator import Simulator
from phasewise.sandbox.vendors.syncro.answering import KEY, answer
from phasewise.sandbox.vendors.syncro.rendering import render
from phasewise.sandbox.vendors.syncro.telling import truth

SIMULATOR = Simulator(
    name="syncro",
    settings=lambda url: {"base_url": url, "token": KEY, "currency": "EUR", "invoice_lines": True},
    render=render,
    answer=answer,
    truth=truth,
)
