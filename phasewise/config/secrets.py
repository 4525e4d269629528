"""References: `env:NAME` and `file:PATH` stand for a value that is not in the settings file.

Secrets are written only so. A message about the settings never shows what a reference stands for.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretBytes, SecretStr

from phasewise.errors import ConfigError

HOW = 'write "env:NAME" or "file:PATH" here, and the secret into that variable or file'
LARGEST_BYTES = 65_536
"""A longer file is not a secret but a mistake, such as a log or an export."""

_REFERENCE = re.compile(r"(env):([A-Za-z_][A-Za-z0-9_]*)|(file|keyring):(.+)", re.DOTALL)
_SECRET_FORMS = (
    re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE),  # scheme://user:password@host
    re.compile(r"^(Bearer|Basic)\s+\S{8,}", re.IGNORECASE),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value is kept instead of the settings file."""

    scheme: Literal["env", "file", "keyring"]
    target: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.target}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference stands for.

    Attributes:
        text: the value.
        note: something a person should know about where it is kept, "" for nothing.
    """

    text: str
    note: str = ""

    def __repr__(self) -> str:
        return "Resolved(text='**********')"


def reference(text: str) -> Reference | None:
    """The reference that a setting is, None when it is a value itself."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        return Reference("env", match[2])
    return Reference("file" if match[3] == "file" else "keyring", match[4].strip())


def looks_secret(text: str) -> bool:
    """Whether a text carries a secret whatever the setting is called: a password in an address, a key."""
    return any(form.search(text) for form in _SECRET_FORMS)


def resolve(ref: Reference, *, base: Path, environ: Mapping[str, str]) -> Resolved:
    """What a reference stands for.

    Args:
        ref: the reference.
        base: folder that a relative `file:` is relative to.
        environ: the environment that `env:` reads.

    Raises:
        ConfigError: the variable or file is missing, empty or unreadable, or the keyring is asked for.
    """
    if ref.scheme == "env":
        if not environ.get(ref.target):
            state = "is empty" if ref.target in environ else "is not set"
            raise ConfigError(
                f"the environment variable {ref.target} {state}",
                remedy="Set it where Phasewise runs, or refer to a file",
            )
        return Resolved(environ[ref.target])
    if ref.scheme == "keyring":
        raise ConfigError("keyring: is not available yet", remedy='Use "env:NAME" or "file:PATH"')
    return _read(base / Path(ref.target).expanduser())


def _read(path: Path) -> Resolved:
    if path.is_dir():
        raise ConfigError(f"{path} is a folder", remedy="Name the file that holds the value")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
            mode = os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path}", remedy="Write it, or correct the path") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"the file {path} cannot be read: {reason}",
            remedy="Let the user that runs Phasewise read it",
        ) from None
    if len(content) > LARGEST_BYTES:
        raise ConfigError(
            f"the file {path} is longer than {LARGEST_BYTES} bytes", remedy="Is it the right one?"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"the file {path} is not UTF-8 text", remedy="Write it as UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ConfigError(f"the file {path} is empty", remedy="Write the value into it")
    # Elsewhere than on POSIX the mode says nothing about who may read.
    open_to_all = os.name == "posix" and bool(mode & stat.S_IROTH)
    return Resolved(
        text, f"{path} can be read by every user of this machine; chmod 600" if open_to_all else ""
    )


def secret_values(settings: Any) -> frozenset[str]:
    """Every secret in the settings, as plain text, for the masking of logs.

    Args:
        settings: a settings model, or a table or list of them.
    """
    return frozenset(text for text in _secrets(settings) if text)


def _parts(text: str) -> Iterator[str]:
    """A secret, and the password in it where it is an address; the path of a SQLite store is none."""
    if text.startswith("sqlite:"):
        return
    yield text
    try:
        password = urlsplit(text).password
    except ValueError:  # not an address after all
        return
    if password:
        yield password
        yield unquote(password)


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield from _parts(value.get_secret_value())
    elif isinstance(value, SecretBytes):
        yield value.get_secret_value().decode("utf-8", "replace")
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _secrets(item)
