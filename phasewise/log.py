"""Logs: events with fields, as JSON lines or for a terminal, with every known secret masked."""
