"""User-facing text in the reader's language: English in the code, catalogues in `locales/`.

Only what a person reads as a result (reports, explanations, statements of the model) is translated. Errors,
logs, JSON and column names stay English: they are searched for, compared and parsed.
"""

from __future__ import annotations

import gettext as _gettext
import os
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"


def language() -> str:
    """The reader's language: `PHASEWISE_LANGUAGE`, else LC_ALL, LC_MESSAGES, LANG; "en" when none fits."""
    for name in ("PHASEWISE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            code = value.split(".")[0].split("_")[0].lower()
            return code if (LOCALES / code).is_dir() else "en"
    return "en"


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    return _gettext.translation("phasewise", str(LOCALES), languages=[code], fallback=code == "en")


def gettext(message: str) -> str:
    """The message in the reader's language. Usually imported as `_`."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count, in the reader's language."""
    return _catalogue(language()).ngettext(singular, plural, count)


def mark(message: str) -> str:
    """The message as it is, so that the extraction finds it; `gettext` translates it where it is shown.

    Usually imported as `N_`: for constants, whose language is not known when the module is imported.
    """
    return message
