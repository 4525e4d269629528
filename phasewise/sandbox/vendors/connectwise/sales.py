"""Opportunities with their forecasts, as rows of ConnectWise."""

from __future__ import annotations

from phasewise.model.records.projects import Opportunity
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, currency, info, named, number, ref, stamp


def _opportunity(sale: Opportunity) -> Item:
    return {
        "id": int(sale.id),
        "name": sale.name,
        "company": ref(sale.client),
        "stage": named(sale.stage),
        "status": words.place(words.OUTCOME, sale.outcome),
        "closedDate": stamp(sale.closed_at),
        "currency": currency(sale.currency),
        "_info": info(sale.updated_at, sale.created_at),
    }


def forecast_row(sale: Opportunity) -> Item:
    """What is expected of an opportunity, once and every month."""
    rows: list[Item] = []
    if sale.amount is not None:
        rows.append({"id": 1, "revenue": number(sale.amount), "includeFlag": True, "recurringFlag": False})
    if sale.monthly_amount is not None:
        rows.append(
            {
                "id": 2,
                "revenue": 0.0,
                "includeFlag": True,
                "recurringFlag": True,
                "recurringRevenue": number(sale.monthly_amount),
                "billCycle": named("Monthly"),
            }
        )
    return {"id": int(sale.id), "forecastItems": rows}


def outcome_rows() -> list[Item]:
    """The statuses an opportunity can have."""
    return [
        {
            "id": place,
            "name": word,
            "wonFlag": ours == "won",
            "lostFlag": ours == "lost",
            "closedFlag": ours in {"won", "lost"},
        }
        for place, (ours, word) in enumerate(words.OUTCOME.items(), 1)
    ]


PLACES: Places = {
    Opportunity: ("/sales/opportunities", _opportunity),
}
