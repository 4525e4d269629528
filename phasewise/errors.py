"""Every error of Phasewise, grouped by what the caller does next.

    PhasewiseError
    ├── ConfigError            correct the settings                              exit 2
    ├── SourceError            a source (vendor, folder) did not give            exit 5
    │   ├── AuthError          stop this connection, tell a person
    │   ├── ForbiddenError     skip this stream, name the right
    │   ├── UnavailableError   later, from the checkpoint
    │   │   └── RateLimitError later, when the vendor says
    │   └── ContractError      the vendor changed: stop the stream, keep raw
    ├── RecordError            reject this payload, go on
    ├── StoreError             the store cannot be read or written               exit 1
    │   └── SchemaError        upgrade the store (or Phasewise)                  exit 3
    ├── ReviewError            this SQL is not allowed, and why                  exit 2
    └── ReportError            the report cannot be made

A message says what happened, where, and what to do. The three are fields, so that
`--json` can print them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class PhasewiseError(Exception):
    """Something Phasewise knows how to explain.

    Args:
        what: what happened, one sentence without a full stop.
        where: the file, setting, stream or table it happened in.
        remedy: what the reader can do about it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.remedy}" if self.remedy else text


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in the settings: the path to it, what is wrong, what to write instead."""

    path: str
    what: str
    remedy: str = ""


class ConfigError(PhasewiseError):
    """The settings must be corrected. Carries every mistake found, not only the first."""

    exit_code = 2

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", mistakes: Sequence[Mistake] = ()
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        lines = [super().__str__()]
        lines += [f"  {m.path}: {m.what}" + (f" ({m.remedy})" if m.remedy else "") for m in self.mistakes]
        return "\n".join(lines)


class SourceError(PhasewiseError):
    """A source did not give what was asked for."""

    exit_code = 5


class AuthError(SourceError):
    """The source refuses our key: stop this connection and tell a person."""


class ForbiddenError(SourceError):
    """A right is missing for one stream: skip it, go on with the others.

    Args:
        right: the vendor's own name of the missing right.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", right: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.right = right


class UnavailableError(SourceError):
    """The source cannot be reached now: try later, from the checkpoint."""


class RateLimitError(UnavailableError):
    """The source asks us to wait longer than a run may wait.

    Args:
        retry_after_seconds: what the source said, 0 or more.
    """

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", retry_after_seconds: float = 0.0
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.retry_after_seconds = retry_after_seconds


class ContractError(SourceError):
    """The source answers in a form it never had: stop the stream, keep what is raw."""


class RecordError(PhasewiseError):
    """This payload cannot become a record: it is rejected with this reason, the rest goes on.

    Args:
        field: the field of the record that could not be filled, "" when it is the whole payload.
        reason: stable short code that rejects are counted by, for example `bad_date`.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        field: str = "",
        reason: str = "bad_record",
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.field = field
        self.reason = reason


class StoreError(PhasewiseError):
    """The store cannot be read or written."""


class SchemaError(StoreError):
    """The store and this release of Phasewise do not fit each other."""

    exit_code = 3


class ReviewError(PhasewiseError):
    """This SQL is not allowed in a review, and the message says why."""

    exit_code = 2


class ReportError(PhasewiseError):
    """The report cannot be made."""
