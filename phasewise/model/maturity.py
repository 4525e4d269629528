"""The four phases, the three gates between them, and the twenty statements that data must bear out.

The model is a published one of this trade (LogMeIn / GoTo Resolve); the sentences are ours. Codes are stable:
they stand in stores, JSON and logs and are never reused. Texts are English and marked for translation: show
them through `phasewise.i18n.gettext`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by

PhaseKey = Literal["reactive", "stable", "proactive", "scalable"]
PHASE_KEYS: tuple[PhaseKey, ...] = get_args(PhaseKey)
"""From the lowest to the highest: passing gate n leads to `PHASE_KEYS[n]`."""

SourceKind = Literal["psa", "rmm", "accounting", "documentation", "surveys", "people"]
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)

GATES: tuple[int, ...] = (1, 2, 3)
"""The gates that lead upwards; 4 is the group of five that says how well an MSP thrives in the last phase."""
THRIVING = 4


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the four phases.

    Attributes:
        key: the word in stores and JSON.
        title: as people read it.
        life: what working there is like.
        aim: what to work towards while there.
        involve: whom to bring in, and for what.
        ready_when: how it feels when the next phase is near (in the last one: when it works).
    """

    key: PhaseKey
    title: str
    life: str
    aim: str
    involve: tuple[str, ...]
    ready_when: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the twenty statements.

    Attributes:
        code: stable code, for example `2.1`; its first digit is the gate.
        name: name of the indicator's file in `analyzer/indicators/`.
        title: a few words, for tables.
        sentence: what must be true.
        feeds: kind of source → what it can show.
    """

    code: str
    name: str
    title: str
    sentence: str
    feeds: Mapping[SourceKind, str]

    @property
    def gate(self) -> int:
        """1 to 3 for the gates, 4 for the five of the last phase."""
        return int(self.code.partition(".")[0])


PHASES: Mapping[PhaseKey, Phase] = MappingProxyType(
    {
        phase.key: phase
        for phase in (
            Phase(
                "reactive",
                N_("Reactive"),
                life=N_("The day belongs to whatever broke last; clients are served like a repair shop's."),
                aim=N_(
                    "Calm the daily work, write down the faults that keep coming back, and agree on one "
                    "simple way of working that everybody on the team can follow."
                ),
                involve=(
                    N_("the service or operations manager, who sees where problems start"),
                    N_("other MSPs, for practical advice on vendors and tools"),
                ),
                ready_when=N_("Work for clients is predictable enough that the next weeks can be planned."),
            ),
            Phase(
                "stable",
                N_("Stable"),
                life=N_("Problems still set the pace, but they are met with method."),
                aim=N_(
                    "See problems coming, set goals and baselines, change processes by their results, and "
                    "get more out of the tools already paid for."
                ),
                involve=(
                    N_("the director of operations, for what could be automated"),
                    N_("those who talk to clients most, for patterns and repeated requests"),
                    N_("vendors and partners: do the PSA and the RMM help or hinder?"),
                ),
                ready_when=N_("More hours go into better processes than into faults, and clients notice."),
            ),
            Phase(
                "proactive",
                N_("Proactive"),
                life=N_("Fires are rare and clients' results come first; growth may still break what works."),
                aim=N_(
                    "Line up teams, processes and technology so that clients, services and revenue can be "
                    "added without strain."
                ),
                involve=(
                    N_("account managers and the leadership team, to match strategy and growth"),
                    N_("a business or financial adviser, for goals, means and new business"),
                ),
                ready_when=N_("Clients treat the MSP as a strategic partner, not as a supplier."),
            ),
            Phase(
                "scalable",
                N_("Scalable"),
                life=N_(
                    "Processes are documented and tuned, finances are strong, and new services are possible."
                ),
                aim=N_("Grow by choice: new clients, new services and a clear difference from others."),
                involve=(
                    N_("trusted vendors, to bundle and widen services and to answer trends"),
                    N_("human resources, for hiring that lasts"),
                    N_("finance, for investment in growth"),
                ),
                ready_when=N_("Growth is the natural next step and no burden."),
            ),
        )
    }
)

STATEMENTS: Mapping[str, Statement] = MappingProxyType(
    {
        statement.code: statement
        for statement in (
            # Gate 1: out of Reactive.
            Statement(
                "1.1",
                "ticket_consistency",
                N_("consistent tickets"),
                N_("Most tickets are recorded, followed and solved in the same consistent way."),
                {
                    "psa": N_("tickets, their history, SLA results, time"),
                    "rmm": N_("remote sessions as a witness of work nobody logged"),
                },
            ),
            Statement(
                "1.2",
                "process_documentation",
                N_("process documents"),
                N_("The core processes are written down, at least in their basic form."),
                {
                    "documentation": N_("documents, their owners and reviews"),
                    "psa": N_("tickets that link to a document"),
                    "people": N_("which document describes which process"),
                },
            ),
            Statement(
                "1.3",
                "improvement_time",
                N_("time for improvement"),
                N_("The team has started to spend hours on making its processes better."),
                {
                    "psa": N_("time entries by type of work and role"),
                    "rmm": N_("audit logs of scripts and policies"),
                    "people": N_("leaders who log no time"),
                },
            ),
            Statement(
                "1.4",
                "billing_consistency",
                N_("consistent billing"),
                N_("Invoices go out and money comes in by the same process every month."),
                {
                    "accounting": N_("invoices and payments"),
                    "psa": N_("agreements, invoices and their lines"),
                    "rmm": N_("device counts, against what is billed"),
                },
            ),
            Statement(
                "1.5",
                "recurring_work_identified",
                N_("recurring work known"),
                N_("The manual fixes that keep coming back, and that tools could take over, are identified."),
                {
                    "psa": N_("types and text of tickets"),
                    "rmm": N_("alerts"),
                    "people": N_("the decision on each kind of recurring work"),
                },
            ),
            # Gate 2: out of Stable.
            Statement(
                "2.1",
                "sla_adherence",
                N_("SLA adherence"),
                N_("Service level agreements are kept, week after week, with few exceptions."),
                {"psa": N_("tickets, their history, SLA results, time")},
            ),
            Statement(
                "2.2",
                "onboarding_repeatability",
                N_("repeatable onboarding"),
                N_("A new client is brought in by a process that can be repeated."),
                {
                    "psa": N_("projects, opportunities, agreements"),
                    "rmm": N_("agents installed"),
                    "accounting": N_("the first invoice"),
                    "documentation": N_("the client's documents"),
                    "people": N_("promised time for onboarding"),
                },
            ),
            Statement(
                "2.3",
                "automation_reduces_tickets",
                N_("automation reduces tickets"),
                N_("Automation is in use and fewer tickets arrive because of it."),
                {
                    "psa": N_("tickets by category, client and week"),
                    "rmm": N_("automation runs, endpoints, alerts"),
                    "people": N_("the day each automation went live"),
                },
            ),
            Statement(
                "2.4",
                "tool_data_used",
                N_("tool data in use"),
                N_("What the tools report is watched, and processes are changed because of it."),
                {
                    "rmm": N_("check-ins, alerts, policy changes"),
                    "psa": N_("configurations"),
                    "people": N_("tools that overlap"),
                },
            ),
            Statement(
                "2.5",
                "packaged_pricing",
                N_("packages and prices"),
                N_("Services are sold in packages, at prices that agree from client to client."),
                {
                    "psa": N_("agreements, invoices and their lines"),
                    "accounting": N_("invoices and payments"),
                    "rmm": N_("device counts, against what is billed"),
                },
            ),
            # Gate 3: out of Proactive.
            Statement(
                "3.1",
                "sales_handoff",
                N_("handoff from sales"),
                N_("What was sold reaches the service team complete, and everybody knows their part."),
                {
                    "psa": N_("projects, opportunities, agreements"),
                    "rmm": N_("agents installed"),
                    "accounting": N_("the first invoice"),
                    "documentation": N_("the client's documents"),
                    "people": N_("promised time for onboarding"),
                },
            ),
            Statement(
                "3.2",
                "client_reviews",
                N_("client reviews"),
                N_("Clients are met in business reviews every quarter and hear from us in between."),
                {
                    "psa": N_("activities and meetings"),
                    "people": N_("notes of reviews"),
                },
            ),
            Statement(
                "3.3",
                "kpi_accountability",
                N_("KPIs with owners"),
                N_("Key figures are followed and reviewed often, and somebody answers for each."),
                {
                    "psa": N_("activities and meetings"),
                    "people": N_("notes of reviews"),
                },
            ),
            Statement(
                "3.4",
                "recurring_revenue",
                N_("recurring revenue"),
                N_("Recurring revenue is healthy, and margins hold no surprises."),
                {
                    "accounting": N_("invoices, payments, profit and loss"),
                    "psa": N_("agreements, invoices and their lines"),
                },
            ),
            Statement(
                "3.5",
                "leadership_time",
                N_("leaders' time"),
                N_("Leaders spend more hours planning than putting things right."),
                {
                    "psa": N_("time entries by type of work and role"),
                    "rmm": N_("audit logs of scripts and policies"),
                    "people": N_("leaders who log no time"),
                },
            ),
            # The five of the last phase.
            Statement(
                "4.1",
                "integrated_stack",
                N_("integrated tools"),
                N_("The tools are modern, tidy and connected, with automation at the centre."),
                {
                    "rmm": N_("check-ins, alerts, policy changes"),
                    "psa": N_("configurations"),
                    "people": N_("tools that overlap"),
                },
            ),
            Statement(
                "4.2",
                "retention_growth_csat",
                N_("retention and growth"),
                N_("Clients stay, new ones keep coming, and they are satisfied month after month."),
                {
                    "psa": N_("agreements over time"),
                    "surveys": N_("satisfaction scores"),
                },
            ),
            Statement(
                "4.3",
                "continuous_improvement",
                N_("continuous improvement"),
                N_("Data and feedback, not opinions, decide what is improved next."),
                {
                    "psa": N_("tickets and projects for improvement"),
                    "surveys": N_("what followed a bad score"),
                },
            ),
            Statement(
                "4.4",
                "margins_and_forecast",
                N_("margins and forecast"),
                N_("Margins are solid, the books are visible in time, and forecasts can be relied on."),
                {
                    "accounting": N_("profit and loss, dates of closing"),
                    "people": N_("the MSP's own forecast"),
                },
            ),
            Statement(
                "4.5",
                "scalable_leadership",
                N_("scalable leadership"),
                N_("Processes carry more clients without more effort each, and leadership adapts."),
                {
                    "psa": N_("tickets per technician"),
                    "rmm": N_("endpoints"),
                    "people": N_("a review of leadership"),
                },
            ),
        )
    }
)


def gate_codes(gate: int) -> tuple[str, ...]:
    """The five codes of a gate (1 to 3), or of the five of the last phase (4)."""
    return tuple(code for code, statement in STATEMENTS.items() if statement.gate == gate)


def phase_below(gate: int) -> Phase:
    """The phase a gate (1 to 3) leads out of."""
    return PHASES[PHASE_KEYS[gate - 1]]


def phase_above(gate: int) -> Phase:
    """The phase a gate (1 to 3) leads to."""
    return PHASES[PHASE_KEYS[gate]]
