"""What an answer of a vendor means: data, a refusal, or a setback that may pass.

Pure functions over what was received; the one place where a status becomes an error of Phasewise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Literal

import orjson

from phasewise.connectors.limits import read_limits
from phasewise.errors import (
    AuthError,
    ContractError,
    ForbiddenError,
    RateLimitError,
    SourceError,
    UnavailableError,
)
from phasewise.log import redact

LONGEST_MESSAGE = 300
"""Characters of a vendor's own words in our errors."""

NOT_JSON = object()
"""The body of an answer that is no JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered.

    Attributes:
        status: HTTP status.
        headers: lower-case name → value.
        body: decoded JSON; None where the body is empty.
        source_time: the vendor's clock (`Date` header), None when absent or unreadable.
        where: method and address without its query, for messages.
        content: the body as received.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    source_time: datetime | None
    where: str
    content: bytes = b""


def _no_error(body: Any) -> str | None:  # noqa: ARG001  # the form of Reading.error
    return None


def _never(answer: Answer) -> bool:  # noqa: ARG001  # the form of the other hooks
    return False


@dataclass(frozen=True, slots=True)
class Reading:
    """How one vendor says no where it does not use the statuses that everybody uses.

    Attributes:
        error: the message where a body of status 200 is an error in truth, else None.
        is_push_back: the answer asks us to slow down, whatever its status.
        is_forbidden: the answer says that a right is missing, whatever its status.
        is_refused: the answer says that the request itself is wrong, though its status says that the source
            failed: asking again would hear the same.
    """

    error: Callable[[Any], str | None] = _no_error
    is_push_back: Callable[[Answer], bool] = _never
    is_forbidden: Callable[[Answer], bool] = _never
    is_refused: Callable[[Answer], bool] = _never


class Setback(Exception):  # noqa: N818  # not an error yet: it becomes `error` when trying again did not help
    """Trying again may help.

    Attributes:
        kind: `pause` the vendor asks for, `fault` of the vendor or the network, `doubt` that it passes,
            `token` that is no longer accepted.
        error: what to raise when it does not pass.
        seconds: how long the vendor asks us to wait, None where it does not say.
    """

    def __init__(
        self,
        kind: Literal["pause", "fault", "doubt", "token"],
        error: SourceError,
        seconds: float | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.error = error
        self.seconds = seconds


def judge(answer: Answer, reading: Reading, *, right: str, now: datetime) -> None:
    """Return when the answer is data; otherwise raise what it is.

    Args:
        answer: what was received; redirects are followed before.
        reading: the vendor's own ways.
        right: the vendor's name of the right this request needs, "" when unknown.
        now: our clock, used for a `Retry-After` date only where the answer has no `Date`.

    Raises:
        Setback: trying again may help.
        SourceError: it will not.
    """
    status = answer.status
    if _is_push_back(answer, reading):
        raise Setback("pause", _slow_down(answer), retry_after(answer, now))
    if reading.is_forbidden(answer) or status == 403:
        raise _forbidden(answer, right)
    if status == 401:
        raise Setback("token", _refused_key(answer))
    if reading.is_refused(answer):
        raise _broken_contract(answer)
    if status >= 500 or status in {408, 425}:
        what = f"the source fails ({status}){vendor_message(answer)}"
        raise Setback("fault", UnavailableError(what, where=answer.where, remedy=LATER))
    if not 200 <= status < 300:
        raise _broken_contract(answer)
    if answer.body is NOT_JSON:
        raise Setback("doubt", _not_json(answer))
    if (message := reading.error(answer.body)) is not None:
        what = f"the source answers 200 with an error: {redact(message)[:LONGEST_MESSAGE]}"
        raise Setback("doubt", ContractError(what, where=answer.where, remedy=CHANGED))


LATER = "Nothing is lost: the next run goes on from the last finished page"
CHANGED = "If it stays so, the vendor changed its interface: report it with this message"


def decode(content: bytes) -> Any:
    """The JSON value of a body, None when it is empty, `NOT_JSON` when it is none.

    Half a surrogate pair (an emoji that the vendor cut in two) becomes U+FFFD, as no database takes it.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return _whole_characters(json.loads(text))
    except (ValueError, RecursionError):
        return NOT_JSON


def source_time(headers: Mapping[str, str]) -> datetime | None:
    """The vendor's clock when it answered, aware UTC."""
    return _http_date(headers.get("date", ""))


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds the vendor asks us to wait, 0 or more; None when it does not say.

    A date is compared with the vendor's own clock, so that ours may be wrong.
    """
    text = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    until = _http_date(text)
    answered_at = answer.source_time or now
    if until is not None:
        return max(0.0, (until - answered_at).total_seconds())
    note = read_limits(answer.headers, answered_at.timestamp())
    return note.resets_in_seconds if note.remaining == 0 else None


def vendor_message(answer: Answer) -> str:
    """`: ` and the vendor's own words, masked and cut; "" when it has none that a person could use."""
    found = _words(answer.body)
    if answer.body is NOT_JSON and not _is_html(answer):
        found = answer.content[:LONGEST_MESSAGE].decode("utf-8", "replace")
    found = " ".join(redact(found).split())[:LONGEST_MESSAGE]
    return f": {found}" if found else ""


def _is_push_back(answer: Answer, reading: Reading) -> bool:
    if answer.status == 429 or reading.is_push_back(answer):
        return True
    if answer.status == 403 or answer.status >= 500:
        return "retry-after" in answer.headers or read_limits(answer.headers, 0.0).remaining == 0
    return False


def _slow_down(answer: Answer) -> RateLimitError:
    what = f"the source asks us to slow down ({answer.status}){vendor_message(answer)}"
    return RateLimitError(what, where=answer.where, remedy=LATER)


def _forbidden(answer: Answer, right: str) -> ForbiddenError:
    what = f"our key may not read this ({answer.status}){vendor_message(answer)}"
    remedy = f'Give our key the right "{right}"' if right else "Give our key the right to read this"
    return ForbiddenError(what, where=answer.where, remedy=remedy, right=right)


def _refused_key(answer: Answer) -> AuthError:
    return AuthError(
        f"the source refuses our key (401){vendor_message(answer)}",
        where=answer.where,
        remedy="Check the key in the settings: it may be mistyped, expired or withdrawn",
    )


def _broken_contract(answer: Answer) -> SourceError:
    said = vendor_message(answer)
    if answer.status == 407:
        return UnavailableError(
            "the proxy wants a user and a password (407)",
            where=answer.where,
            remedy="Write them in HTTPS_PROXY",
        )
    if answer.status in {404, 410}:
        what, remedy = (
            f"there is nothing at this address ({answer.status}){said}",
            "Check base_url. " + CHANGED,
        )
    elif answer.status == 405:
        what, remedy = f"this address does not take such a request (405){said}", "Check base_url. " + CHANGED
    else:
        what, remedy = f"the source does not take the request ({answer.status}){said}", CHANGED
    return ContractError(what, where=answer.where, remedy=remedy)


def _not_json(answer: Answer) -> ContractError:
    if _is_html(answer):
        return ContractError(
            "the source answers with a web page instead of data",
            where=answer.where,
            remedy="Check base_url; a login page, a maintenance page or a filter may stand before it",
        )
    return ContractError("the answer is not whole JSON", where=answer.where, remedy=CHANGED)


def _is_html(answer: Answer) -> bool:
    return "html" in answer.headers.get("content-type", "") or answer.content.lstrip()[:1] == b"<"


def _words(body: Any) -> str:
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return "; ".join(filter(None, map(_words, body[:3])))
    if not isinstance(body, dict):
        return ""
    lower = {str(key).lower(): value for key, value in body.items()}
    for key in ("message", "error_description", "errormessage", "detail", "error", "errors", "title"):
        if lower.get(key) and (found := _words(lower[key])):
            return found
    return ""


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=16)  # all answers of one second say the same
def _http_date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
