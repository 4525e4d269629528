"""Payloads that note which of their fields are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reads:
    """The fields that were read, as dotted paths; elements of lists have no name of their own."""

    paths: set[str] = field(default_factory=set)


class Watched(dict[str, Any]):
    """A payload that notes the names it is asked for. Asking for a name it has not is a reading as well."""

    def __init__(self, values: dict[str, Any], reads: Reads, path: str) -> None:
        super().__init__({key: _watched(value, reads, f"{path}{key}.") for key, value in values.items()})
        self._reads = reads
        self._path = path

    def __getitem__(self, key: str) -> Any:
        self._reads.paths.add(f"{self._path}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value, noted."""
        self._reads.paths.add(f"{self._path}{key}")
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._reads.paths.add(f"{self._path}{key}")
        return super().__contains__(key)


def watched(payload: Any, reads: Reads) -> Any:
    """The payload, equal in all, noting into `reads` what is read of it."""
    return _watched(payload, reads, "")


def _watched(value: Any, reads: Reads, path: str) -> Any:
    if isinstance(value, dict):
        return Watched(value, reads, path)
    if isinstance(value, list):
        return [_watched(inner, reads, path) for inner in value]
    return value
