"""One model of a report, printed as text or JSON."""
