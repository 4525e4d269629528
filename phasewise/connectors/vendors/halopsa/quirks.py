"""What HaloPSA does that nobody would expect. Read in its own description and in what others found."""

from __future__ import annotations

from phasewise.connectors.base import Quirk

QUIRKS: tuple[Quirk, ...] = ()
