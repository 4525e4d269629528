"""One file an indicator. Each defines `INDICATOR`; an indicator is found by being here."""
