"""Automation tools are in use and are reducing the ticket volume.

What it shows
-------------
Two things: whether automation runs on most endpoints, and whether the tickets that it targets became fewer
because of it. The second is the one that is usually claimed by setting a month before beside a month after.
On a real help desk in which nothing was done, such a comparison claims a reduction in 21-71% of windows.

How it is counted
-----------------
    introduced  (30%) endpoints with at least one successful run in the latest 30 days.
    reducing    (70%, must pass) reactive tickets that there are fewer, of all registered automations.

An endpoint is a managed device of a source that tells how runs ended; configurations that a PSA lists are
none. A device that two sources have counts once where their link is confirmed (`phasewise links`), else
twice.

Each automation in the register says which tickets it targets (a predicate on columns of tickets, fixed when
it is registered), for which clients and since when it runs. Its effect is taken from the weeks of the latest
three years by the best comparison there is:

    staggered   clients for whom it runs against those for whom it does not, or not yet: log ratio of ratios,
                permuted over clients, and by the clients' own spread.
    category    the target's share of the clients' reactive tickets, with a trend and a season of its own, its
                error the largest of four, and again without each client in turn.
    alone       no control: it can lean, and claim nothing.

A reduction is claimed (grade A) when both looks give such a fall by chance in under 2.5% of cases, at least
five clients' worth carry it, no effect is found before the go-live or in sibling categories, no sibling can
have taken in most of what the target lost, and it was registered before it went live. With several
automations the share of false claims is held (Benjamini-Hochberg), and effects are drawn together before they
are summed. Without a claim at most half of the draws pass: it may lean, and no more.

What cannot be told is unknown, with the date from which it could be: when a fall of 30% would be found with
80% power. Where that is not within a year, automation is in use and tickets per endpoint do not rise, the MSP
is too small for an answer. How often the rule is wrong is measured: reference/operating-characteristics.md.

What it cannot see
------------------
- Tickets suppressed instead of avoided: when alerts are only silenced, tickets fall as well. See the alerts.
- Tickets renamed into many categories at once, a little in each.
- Endpoints by week: growth cancels in the comparison, and is not needed for it.
- Automations that nobody registered. `phasewise automation suggest` lists what the tools have run.
- Clients, types and categories are as the source has them now, also for a past date.

How to improve
--------------
Register before going live, and let it start for some clients a quarter before the others: that is the
comparison which tells soonest. Target one kind of ticket, not the total: a fall of half of 20 tickets a week
can be seen within half a year, a fall of a tenth of all tickets never.
"""

from phasewise.analyzer.indicator import Indicator
from phasewise.analyzer.indicators.automation_reduces_tickets.effects import CODE
from phasewise.analyzer.indicators.automation_reduces_tickets.frames import (
    read,
    read_each,
    read_shown,
)
from phasewise.analyzer.indicators.automation_reduces_tickets.judge import judge

INDICATOR = Indicator(
    code=CODE,
    name="automation_reduces_tickets",
    version=2,
    reads=frozenset(
        {
            *(
                f"tickets.{name}"
                for name in (
                    "client",
                    "project",
                    "queue",
                    "category",
                    "subcategory",
                    "type",
                    "priority",
                    "source",
                    "status",
                    "opened_at",
                    "resolved_at",
                    "closed_at",
                    "is_internal",
                )
            ),
            *(f"clients.{name}" for name in ("name", "kind", "is_internal")),
            *(f"devices.{name}" for name in ("installed_at", "is_managed")),
            *(f"automation_runs.{name}" for name in ("device", "started_at", "outcome")),
            *(f"alerts.{name}" for name in ("raised_at", "resolved_by")),
            *(
                f"automations.{name}"
                for name in ("name", "targets", "clients", "went_live_at", "ended_at", "registered_at")
            ),
        }
    ),
    parts={
        "introduced": frozenset(
            {"devices.installed_at", "automation_runs.device", "automation_runs.started_at"}
        ),
        "reducing": frozenset({"tickets.opened_at", "tickets.client"}),
    },
    read=read,
    judge=judge,
    document=__doc__ or "",
    read_each=read_each,
    read_shown=read_shown,
)
