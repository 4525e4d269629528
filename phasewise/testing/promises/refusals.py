"""A vendor's no becomes the error that says what to do; nothing is written, and our key stays at home."""

from __future__ import annotations

from unittest import SkipTest

from phasewise.connectors.base import Stream
from phasewise.errors import AuthError, ContractError, ForbiddenError
from phasewise.testing import faults
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.subject import MANY_PAGES, Subject, opened, read
from phasewise.testing.world import Reply, World


def a_wrong_key_stops_the_connection(subject: Subject, stream: Stream) -> None:
    """A person must be told; trying again helps nobody and may lock the account."""
    reading = read(subject, stream, faults.wrong_key())
    assert isinstance(reading.error, AuthError), f"ended with {reading.error!r}"
    assert reading.error.remedy
    assert reading.data_requests <= 3, f"a refused key was sent {reading.data_requests} times"


def a_missing_right_skips_one_stream_and_is_named(subject: Subject, stream: Stream) -> None:
    """The others go on."""
    reading = read(subject, stream, faults.forbidden(stream.name))
    assert isinstance(reading.error, ForbiddenError), f"ended with {reading.error!r}"
    assert reading.error.right == stream.right, f"the right is called {reading.error.right!r}"
    for other in subject.streams():
        if subject.collection(other).path != subject.collection(stream).path:
            assert read(subject, other, faults.forbidden(stream.name)).error is None, other.name


def a_token_that_ends_mid_run_is_renewed(subject: Subject, stream: Stream) -> None:
    """However long the vendor said it would live."""
    if not subject.world.token_path:
        raise SkipTest("the source has no tokens")
    reading = read(subject, stream, MANY_PAGES, faults.token_expires(after=2))
    assert reading.error is None, f"ended with an error: {reading.error}"
    assert set(reading.ids) == set(reading.true_ids())
    assert reading.server.tokens > 1
    assert reading.server.tokens <= reading.data_requests, "a token was asked for without need"


def our_key_does_not_follow_a_redirect_to_another_host(subject: Subject, stream: Stream) -> None:
    """Nor does anything else."""
    if subject.write is not None:
        raise SkipTest("the source is a folder, nobody answers")
    stranger = World((), other=lambda _: Reply([]))
    with FaultServer(stranger) as elsewhere:
        reading = read(subject, stream, faults.redirect(elsewhere.url))
        assert isinstance(reading.error, ContractError), f"ended with {reading.error!r}"
        assert elsewhere.asked == [], "the other host was asked"


def nothing_is_ever_written(subject: Subject, stream: Stream) -> None:
    """GET, and POST only where the vendor's query is a POST."""
    reading = read(subject, stream, MANY_PAGES)
    world = subject.world
    posts = {c.path for c in world.collections if c.method == "POST"} | {world.token_path} | world.posts
    for asked in reading.server.asked:
        is_query = asked.method == "GET" or (asked.method == "POST" and asked.path in posts)
        assert is_query, f"{asked.method} {asked.path} may write"


def check_says_who_we_are_and_what_is_missing(subject: Subject, stream: Stream) -> None:
    """With few requests, and naming the stream that a right is missing for."""
    with opened(subject) as (client, settings, server, _):
        assert subject.connector.check(client, settings).identity
        assert len(server.asked) <= 5 + 2 * len(subject.streams()), f"{len(server.asked)} requests for a look"
    with opened(subject, [faults.forbidden(stream.name)]) as (client, settings, _, _):
        missing = subject.connector.check(client, settings).missing
        assert set(missing) == {
            other.name
            for other in subject.streams()
            if subject.collection(other).path == subject.collection(stream).path
        }, f"check says that {dict(missing)} is missing"


def check_with_a_wrong_key_is_an_auth_error(subject: Subject, stream: Stream) -> None:  # noqa: ARG001  # form of a promise
    """Not a list of missing rights."""
    with opened(subject, [faults.wrong_key()]) as (client, settings, _, _):
        try:
            result = subject.connector.check(client, settings)
        except AuthError:
            return
        raise AssertionError(f"a wrong key passed the check: {result}")
