"""How technicians are shown: as the MSP's settings allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from phasewise.analyzer.indicator import Row

Key = tuple[str, str]
"""Connection and id."""


def shown_names(rows: Iterable[Row], show: Literal[False, "initials", "names"]) -> Mapping[Key, str]:
    """What a technician is called in tables.

    Args:
        rows: connection_id, id, name of the technicians; without a name the id stands for it.
        show: `initials` shortens ("Ana Ruiz" → "AR", a second one → "AR 2", in the order of their ids).

    Returns:
        (connection, id) → text; empty where nothing may be shown.
    """
    if show is False:
        return {}
    known = sorted((str(r["connection_id"]), str(r["id"]), str(r["name"] or r["id"])) for r in rows)
    if show == "names":
        return {(connection, key): name for connection, key, name in known}
    shown: dict[Key, str] = {}
    taken: dict[str, int] = {}
    for connection, key, name in known:
        letters = initials(name)
        taken[letters] = taken.get(letters, 0) + 1
        shown[connection, key] = letters if taken[letters] == 1 else f"{letters} {taken[letters]}"
    return shown


def initials(name: str) -> str:
    """First letter of each word, numbers whole: "Ana Ruiz" → "AR", "Resolver 13" → "R13"."""
    return "".join(w if w.isdigit() else w[0].upper() for w in re.findall(r"\w+", name)) or "?"
