"""How Autotask says no: with 500 and `{"errors": […]}`, whatever is wrong."""

from __future__ import annotations

from typing import Any

from phasewise.connectors.answers import Answer, Reading

SLOW_DOWN = ("thread threshold", "request threshold", "threshold has been exceeded", "threshold exceeded")
PASSING = ("timeout", "timed out", "deadlock", "try again", "temporarily")
FORBIDDEN = ("adequate permissions", "required permissions", "do not have permission")


def words_of(answer: Answer) -> str:
    """The errors of an answer, plain, joined by blanks; "" where there are none."""
    body = answer.body
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list):
        return ""
    return " ".join(str(error) for error in errors).casefold()


def _error_of_200(body: Any) -> str | None:
    errors = body.get("errors") if isinstance(body, dict) else None
    return "; ".join(map(str, errors)) if isinstance(errors, list) and errors else None


def _asks_to_slow_down(answer: Answer) -> bool:
    said = words_of(answer)
    return answer.status >= 400 and any(phrase in said for phrase in SLOW_DOWN)


def _lacks_a_right(answer: Answer) -> bool:
    said = words_of(answer)
    return answer.status >= 400 and any(phrase in said for phrase in FORBIDDEN)


def _is_refused(answer: Answer) -> bool:
    """A 500 that says what is wrong with the request: asking again would hear the same."""
    said = words_of(answer)
    return answer.status == 500 and bool(said) and not any(phrase in said for phrase in PASSING)


READING = Reading(
    error=_error_of_200,
    is_push_back=_asks_to_slow_down,
    is_forbidden=_lacks_a_right,
    is_refused=_is_refused,
)
