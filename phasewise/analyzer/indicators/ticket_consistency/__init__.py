"""Most tickets are logged, tracked and resolved in a consistent way.

What it shows
-------------
Whether work goes through tickets, tickets carry what is needed to work on them, they do not lie about, and
what was resolved stays resolved: the difference between a workshop that reacts and a service that can be
steered.

How it is counted
-----------------
The tickets opened, and the resolutions that happened, in the latest 13 whole weeks that ended at least two
days before the date. At least 100 tickets in at least 8 of them.

    capture       (35%) client-facing hours on a ticket or project, of all paid hours. It needs time entries;
                  where there are any, it is not measured yet.
    completeness  (25%) tickets with client, requester, type, priority, owner and at least two status events,
                  of those opened. Only over connections that give all of these.
    flow          (20%) the share still unresolved after 30 days, by Kaplan-Meier: tickets still open count
                  for as long as they were watched, so that a growing backlog cannot hide. Projects, changes
                  and tasks are left out: they are planned.
    reopen        (20%) resolutions that were followed by a return to work within 14 days, of those at least
                  14 days old. From status events; where a source has only a counter, the counter, and only
                  for yesterday and today: it does not say when. Beside it stands the wider figure: reopened,
                  or the same requester with the same category again within 7 days.

A part that no source can feed is unknown: neither dropped nor zero. The score is then a span. A recent week
in which tickets are less complete, or fewer are resolved for each new one, than the scatter of the weeks
explains caps it at 69 (Laney's charts, three sigmas; the latest four weeks, those with at least four business
days).

As of a date, timestamps after it do not count, the state is that of the last status event by then.

What it cannot see
------------------
- Work that nobody logged. An outside witness (remote sessions, answered calls) would show it; none is read
  yet, and until then capture can only be judged by hours.
- Whether a type or a category is the right one.
- Who was client, owner or priority at a past date: tickets are read as the source has them now.
- Tickets opened and closed by one person within two minutes are counted; where there are many, it says so.

How to improve
--------------
Take the missing field that is missing most (see the measures) and make the ticket system ask for it. Look at
the tickets open for over 30 days once a week, with the queue's lead. For what is reopened, see the table by
queue: the same few kinds of work as a rule come back.
"""

from phasewise.analyzer.indicator import Indicator
from phasewise.analyzer.indicators.ticket_consistency.each import read_each
from phasewise.analyzer.indicators.ticket_consistency.frames import read
from phasewise.analyzer.indicators.ticket_consistency.judge import judge
from phasewise.analyzer.indicators.ticket_consistency.parts import CODE, REQUIRED

INDICATOR = Indicator(
    code=CODE,
    name="ticket_consistency",
    version=1,
    reads=frozenset(
        {
            *(
                f"tickets.{name}"
                for name in (
                    "client",
                    "requester",
                    "technician",
                    "project",
                    "queue",
                    "category",
                    "type",
                    "priority",
                    "status",
                    "updated_at",
                    "opened_at",
                    "resolved_at",
                    "closed_at",
                    "reopened_count",
                    "is_internal",
                )
            ),
            *(
                f"ticket_events.{name}"
                for name in ("ticket", "at", "kind", "from_value", "to_value", "technician")
            ),
            *(f"clients.{name}" for name in ("name", "kind", "is_internal")),
            "technicians.name",
        }
    ),
    parts={
        "capture": frozenset({"time_entries.minutes"}),
        "completeness": frozenset({*REQUIRED, "tickets.opened_at"}),
        "flow": frozenset({"tickets.opened_at", "tickets.resolved_at"}),
        "reopen": frozenset({"ticket_events.to_value"}),
    },
    read=read,
    judge=judge,
    document=__doc__ or "",
    read_each=read_each,
)
