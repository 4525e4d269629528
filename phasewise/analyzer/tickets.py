"""SQL: the tickets of a window as they stood at an instant.

What was knowable then: a ticket opened later does not exist; a timestamp later than the instant reads as
null; the state is that of the last status event by then, else, where the source has no such events for the
ticket, resolved or closed by its timestamps, else the state now, where the source has not touched the ticket
since. Fields that a source overwrites without a trace (client, owner, priority, queue) are read as they are
now.
"""

from __future__ import annotations

from string import Template
from types import MappingProxyType

from phasewise.model.words import STOPPED

_OF_TICKET = "e.msp_id = t.msp_id AND e.connection_id = t.connection_id AND e.ticket = t.id"

# Events of one instant (many sources keep whole minutes) follow each other by their id: `…:9` before `…:10`.
_STATE_THEN = Template("""COALESCE($by_event
    CASE
      WHEN t.resolved_at <= :instant OR t.closed_at <= :instant THEN 'closed'
      WHEN t.updated_at <= :instant AND t.resolved_at IS NULL AND t.closed_at IS NULL THEN t.status
      ELSE 'new'
    END,
    'new'
  )""")

_STATE_BY_EVENT = Template("""
    (
      SELECT e.to_value FROM ticket_events e
      WHERE $of_ticket AND e.kind = 'status' AND e.at <= :instant
      ORDER BY e.at DESC, length(e.id) DESC, e.id DESC
      LIMIT 1
    ),""").substitute(of_ticket=_OF_TICKET)

# The vendor's own time first; closed_at late, because it is often an automatic close days afterwards.
_STOPPED_THEN = Template("""COALESCE(
    CASE WHEN t.resolved_at <= :instant THEN t.resolved_at END,$by_resolution
    CASE WHEN t.closed_at <= :instant THEN t.closed_at END,$by_event
    t.updated_at
  )""")
_STOPPED_BY_EVENT = Template("""
    (
      SELECT max(e.at) FROM ticket_events e
      WHERE $of_ticket AND e.kind = 'status'$resolved AND e.at <= :instant
    ),""")

_CHANGES_THEN = Template("""(
      SELECT count(*) FROM ticket_events e
      WHERE $of_ticket AND e.kind = 'status' AND e.at <= :instant
    )""")

_EVER_WAITED = Template("""CASE WHEN EXISTS (
      SELECT 1 FROM ticket_events e
      WHERE $of_ticket AND e.kind = 'status' AND e.to_value = 'waiting' AND e.at <= :instant
    ) THEN 1 ELSE 0 END""")

# CROSS JOIN keeps SQLite at the order written: the few weeks outside, an index range of tickets inside.
_OPENED_IN_WINDOW = Template("""FROM weeks w
  CROSS JOIN tickets t
  $join_client
  WHERE w.msp_id = :msp_id AND t.msp_id = :msp_id
    AND w.starts_at >= :window_starts_at AND w.ends_at <= :window_ends_at
    AND t.opened_at >= w.starts_at AND t.opened_at < w.ends_at""")

# Of one week there is nothing to join: both databases see from the bounds how few tickets that is.
_OPENED_IN_WEEK = Template("""FROM tickets t
  $join_client
  WHERE t.msp_id = :msp_id AND t.opened_at >= :window_starts_at AND t.opened_at < :window_ends_at""")

_JOIN_CLIENT = (
    "LEFT JOIN clients c ON c.msp_id = t.msp_id AND c.connection_id = t.connection_id AND c.id = t.client"
)

PIECES = MappingProxyType(
    {
        "of_ticket": _OF_TICKET,  # the events `e` of ticket `t`
        "stopped_words": ", ".join(f"'{word}'" for word in sorted(STOPPED)),  # states that have stopped
        "state_then": _STATE_THEN.substitute(by_event=_STATE_BY_EVENT),  # state of `t` at :instant
        "stopped_then": _STOPPED_THEN.substitute(  # when `t`, stopped by then, did so
            by_resolution=_STOPPED_BY_EVENT.substitute(
                of_ticket=_OF_TICKET, resolved=" AND e.to_value = 'resolved'"
            ),
            by_event=_STOPPED_BY_EVENT.substitute(of_ticket=_OF_TICKET, resolved=""),
        ),
        # Status events of `t` by then, and whether it ever waited.
        "changes_then": _CHANGES_THEN.substitute(of_ticket=_OF_TICKET),
        "ever_waited": _EVER_WAITED.substitute(of_ticket=_OF_TICKET),
    }
)
"""Pieces of SQL by name, for `compose`."""


WITHOUT_EVENTS = MappingProxyType(
    {
        "state_then": _STATE_THEN.substitute(by_event=""),
        "stopped_then": _STOPPED_THEN.substitute(by_resolution="", by_event=""),
        "changes_then": "0",
        "ever_waited": "0",
    }
)
"""The pieces of a store without status events: nobody has to look for them at every ticket."""


def joined_clients(*, is_joined: bool) -> dict[str, str]:
    """The pieces that join the client `c` of `t`, or do not."""
    join = _JOIN_CLIENT if is_joined else ""
    return {
        "join_client": join,
        "opened_in_window": _OPENED_IN_WINDOW.substitute(join_client=join),
        "opened_in_week": _OPENED_IN_WEEK.substitute(join_client=join),
    }


def compose(template: str, **pieces: str) -> str:
    """The SQL of a template: `$name` is replaced by the piece of that name, the given ones before PIECES.

    Pieces are SQL of this package; values are always bound, never written into it.
    """
    return Template(template).substitute({**PIECES, **pieces})
