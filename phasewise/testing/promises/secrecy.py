"""No secret is ever seen: not in a log, an error, a repr or a payload."""

from __future__ import annotations

import traceback

import orjson

from phasewise.connectors.base import Stream
from phasewise.log import written_forms
from phasewise.testing import faults
from phasewise.testing.logged import logged
from phasewise.testing.subject import MANY_PAGES, Subject, opened, read
from phasewise.testing.world import Asked, Collection, Reply


def no_secret_is_in_an_error_or_a_log(subject: Subject, stream: Stream) -> None:
    """Even where the vendor says it back to us."""
    for fault in (
        faults.wrong_key(),
        faults.forbidden(stream.name),
        faults.web_page(),
        _echo(200),
        _echo(500),
        _echo(400),
    ):
        with logged() as lines:
            reading = read(subject, stream, MANY_PAGES, fault)
        error = reading.error
        said = lines.getvalue()
        if error is not None:
            said += "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error)
        _expect_no_secret(subject, said, f"what was said after {fault.name}")


def no_secret_is_in_what_is_printed(subject: Subject, stream: Stream) -> None:  # noqa: ARG001  # form of a promise
    """The settings, the client and the result of a check can be shown to anybody."""
    with opened(subject) as (client, settings, _, _):
        _expect_no_secret(subject, repr(settings) + str(settings), "the settings")
        _expect_no_secret(subject, repr(client), "the client")
        _expect_no_secret(subject, repr(subject.connector.check(client, settings)), "the check")


def no_secret_is_in_what_is_stored(subject: Subject, stream: Stream) -> None:
    """Neither in payloads nor in marks to go on from."""
    reading = read(subject, stream, MANY_PAGES)
    stored = orjson.dumps(reading.payloads).decode() + repr(
        [(page.cursor, page.note) for page in reading.pages]
    )
    _expect_no_secret(subject, stored, "what is stored")


def _echo(status: int) -> faults.Fault:
    def instead(asked: Asked, _collection: Collection | None, _moment: faults.Moment) -> Reply:
        return Reply({"message": f"you sent {dict(asked.headers)} {dict(asked.query)}"}, status)

    return faults.Fault(f"an echo with {status}", instead=instead)


def _expect_no_secret(subject: Subject, text: str, what: str) -> None:
    for number, secret in enumerate(subject.secrets, 1):
        shown = [form for form in written_forms(secret) if form in text]
        assert not shown, f"secret number {number} is in {what}"
