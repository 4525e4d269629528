"""Service level agreements are met consistently, most of the time.

What it shows
-------------
Whether promised times are kept week after week, and not only on average. A level of 95% that hides one week
in ruins is another thing than 95% every week, so both are judged: the level, and the weeks.

How it is counted
-----------------
One row per promise (ticket and target: first response, resolution) of the latest 13 whole weeks that ended at
least two days before the date; 26 weeks where 13 hold fewer than 130 decided promises. A promise belongs to
the week of its deadline; where a source gives a verdict and no deadline, to the week in which its ticket was
opened, and the measure's name says which. Never to the week in which it was closed: a crisis hides there
until its tickets are closed, weeks later.

As of a date, a promise is *missed* from the moment the source recorded it (where it has only a final flag:
once the ticket was closed), *met* once the ticket had stopped without a miss, missed too when it was open
past its deadline, else *running*, and then in no share.

    level        met / decided, per target. Its posterior rests on n / sigma_z² results, where sigma_z says
                 how many times the weeks scatter more than chance (Laney).
    P(pass)      the probability that the true level is at least the target (90%), the lesser of the targets.
                 Score: the mean of the targets; one target only, it rests on that and says so.
    shortfall    a week in which so few were kept that it is no chance: P(X ≤ met | n, target) < 0.00135,
                 exact. Weeks with fewer than five decided promises are pooled with the next.
                 One in 13 weeks: named, ten points off. Two, or one within the latest four: at most 69.
                 Three: at most 50. A gate that is passed already does not fall on one. A known bad week can
                 be excepted in the settings, with reason, owner and expiry: out of the cap, never of the
                 count.
    special      a week that stands out from the other weeks (Laney's p' chart, three sigmas): where to look
                 first. It is named and caps nothing.
    clients      of the clients with ten decided promises, at least 80% must likelier than not be at 85% or
                 more; else at most 69.
    coverage     at least 90% of tickets should have a promise; else at most 60.

What it cannot see
------------------
- Whether the promises are worth anything: ask what the client signed.
- Games with the clock: a priority lowered after opening (see the table by first priority), tickets parked in
  waiting (see what of those that waited was met), closing and opening again. Guards are shown, not scored.
- First answers by a machine count where the vendor counts them; their share is shown.
- Agreements are not read yet. Coverage is taken over all tickets, which is the stricter rule, because tickets
  outside agreements seldom have a promise; where that falls short, the result stays open.
- Clients, owners, queues and priorities are as the source has them now, also for a past date.

How to improve
--------------
Start with the named weeks and the queue with most misses: what did they wait for? Then the clients that are
left behind. If most tickets that waited missed, agree on what may pause the clock. If one priority misses
nearly always, its target and its staffing do not fit each other.
"""

from phasewise.analyzer.indicator import Indicator
from phasewise.analyzer.indicators.sla_adherence.each import read_each
from phasewise.analyzer.indicators.sla_adherence.frames import read
from phasewise.analyzer.indicators.sla_adherence.judge import CODE, judge

INDICATOR = Indicator(
    code=CODE,
    name="sla_adherence",
    version=1,
    reads=frozenset(
        {
            *(
                f"sla_results.{name}"
                for name in (
                    "ticket",
                    "target",
                    "outcome",
                    "vendor_outcome",
                    "due_at",
                    "met_at",
                    "missed_at",
                    "elapsed_minutes",
                    "paused_minutes",
                )
            ),
            *(
                f"tickets.{name}"
                for name in (
                    "client",
                    "technician",
                    "queue",
                    "category",
                    "type",
                    "status",
                    "updated_at",
                    "first_priority",
                    "opened_at",
                    "first_response_at",
                    "first_response_by",
                    "resolved_at",
                    "closed_at",
                    "is_internal",
                )
            ),
            *(f"ticket_events.{name}" for name in ("ticket", "at", "kind", "to_value", "technician")),
            *(f"clients.{name}" for name in ("name", "kind", "is_internal")),
            "technicians.name",
        }
    ),
    parts={
        "first_response": frozenset({"sla_results.vendor_outcome", "tickets.opened_at"}),
        "resolution": frozenset({"sla_results.vendor_outcome", "tickets.opened_at"}),
    },
    read=read,
    judge=judge,
    document=__doc__ or "",
    read_each=read_each,
)
