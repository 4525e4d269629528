"""The contract suite: every promise of `promises/`, for every stream of a connector.

In the tests of a connector:

    import pytest
    from phasewise.testing.contract import Subject, promises_of

    SUBJECT = Subject(connector=CONNECTOR, world=WORLD, settings=lambda url: {"base_url": url, "key": "k3y"},
                      secrets=("k3y",))

    @pytest.mark.parametrize("promise", promises_of(SUBJECT))
    def test_the_connector_keeps_its_promises(promise):
        promise()

`world` describes the pretended vendor (see `testing.world`); it answers on this machine, and no wait takes
time. A promise that a vendor makes impossible is named in `Subject.not_promised`, with the reason.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from phasewise.connectors.base import Stream
from phasewise.testing import promises
from phasewise.testing.subject import Reading, Subject, opened, read

__all__ = ["Promise", "Reading", "Subject", "all_promises", "opened", "promises_of", "read"]

Promise = Callable[[Subject, Stream], None]


def all_promises() -> dict[str, Promise]:
    """Every promise by name, found by being in the folder."""
    found: dict[str, Promise] = {}
    for info in pkgutil.iter_modules(promises.__path__):
        module = importlib.import_module(f"{promises.__name__}.{info.name}")
        found |= {
            name: function
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
    return found


def promises_of(subject: Subject) -> list[Any]:
    """Parameters for pytest: one for each promise and stream, named `stream: promise`.

    Raises:
        ValueError: `not_promised` names something that is no promise, or the world has a stream too many.
    """
    known = all_promises()
    _refuse_unknown(subject, known)
    return [param for stream in subject.streams() for param in _params(subject, stream, known)]


def _params(subject: Subject, stream: Stream, known: dict[str, Promise]) -> Iterator[Any]:
    for name, promise in known.items():
        title = f"{stream.name}: {name}"
        reason = subject.not_promised.get(title) or subject.not_promised.get(name)
        marks = [] if reason is None else [pytest.mark.skip(reason=f"{subject.connector.title}: {reason}")]
        yield pytest.param(partial(promise, subject, stream), id=title, marks=marks)


def _refuse_unknown(subject: Subject, known: dict[str, Promise]) -> None:
    for title in subject.not_promised:
        if title.rpartition(": ")[2] not in known:
            raise ValueError(f"not_promised: there is no promise {title!r}")
    streams = {stream.name for stream in subject.streams()}
    strangers = {collection.stream for collection in subject.world.collections} - streams
    if strangers:
        raise ValueError(f"the world has collections for streams that are not there: {sorted(strangers)}")
