"""How far before its mark an increment of the activity log starts again."""

from __future__ import annotations

from datetime import timedelta

OVERLAP = timedelta(hours=24)
"""A device that was offline reports later what happened on it. How late, is written nowhere."""
