"""What this machine says of where it stands: defaults for a new settings file, never settings themselves."""

from __future__ import annotations

import locale
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from phasewise.config.currencies import CURRENCIES

ETC = Path("/etc")


def zone(environ: Mapping[str, str], *, etc: Path = ETC) -> str | None:
    """The time zone of this machine as an IANA name, None where it does not say (as on Windows).

    Args:
        environ: the environment; `TZ` wins.
        etc: folder of `localtime` (a link into the zone database) and `timezone`.
    """
    candidates = [environ.get("TZ", "").lstrip(":"), _linked(etc / "localtime"), _written(etc / "timezone")]
    return next((name for name in candidates if name and _is_zone(name)), None)


def _linked(link: Path) -> str:
    try:
        target = link.resolve(strict=True).as_posix() if link.is_symlink() else ""
    except (OSError, RuntimeError):  # a link to nothing, or to itself
        return ""
    return target.rpartition("zoneinfo/")[2].removeprefix("posix/") if "zoneinfo/" in target else ""


def _written(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (LookupError, OSError, ValueError):
        return False


def currency() -> str | None:
    """The currency of this machine's locale, None where it has none (the C locale)."""
    before = locale.setlocale(locale.LC_MONETARY)
    try:
        locale.setlocale(locale.LC_MONETARY, "")
        code = str(locale.localeconv()["int_curr_symbol"]).strip()
    except (locale.Error, UnicodeDecodeError):  # the environment names a locale that is not installed
        return None
    finally:
        locale.setlocale(locale.LC_MONETARY, before)
    return code if code in CURRENCIES else None
