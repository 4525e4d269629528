"""Bring the Spanish catalogue up to date with the texts of the code.

    python tools/translations.py            write the .po and the .mo again; list what is not translated
    python tools/translations.py --check    write nothing; exit code 1 when something waits or is out of date

Needs Babel, a development dependency. How to translate: docs/howto/translate.md.
"""

from __future__ import annotations

import gettext
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from phasewise.analyzer.explain import sections
from phasewise.analyzer.indicator import indicators

PACKAGE = Path(__file__).parents[1] / "phasewise"
FOLDER = PACKAGE / "locales" / "es" / "LC_MESSAGES"
PO, MO = FOLDER / "phasewise.po", FOLDER / "phasewise.mo"
THRESHOLDS = PACKAGE / "analyzer" / "thresholds.toml"

KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
DATE = datetime(2026, 11, 24, tzinfo=UTC)
"""Catalogues carry a date; one that never moves keeps the diff to what was translated."""

PLACEHOLDER = re.compile(r"%\((\w+)\)[^a-z%]*[a-z]|%%")


def extracted() -> Catalog:
    """Every text of the code that is shown in the reader's language, the indicators' pages included."""
    catalog = Catalog(creation_date=DATE)
    for name, _line, message, _comments, _context in extract_from_dir(PACKAGE, keywords=KEYWORDS):
        catalog.add(message, locations=[(f"phasewise/{name}", 0)])
    for text, place in [*_pages(), *_sources()]:
        catalog.add(text, locations=[(place, 0)])
    return catalog


def _pages() -> Iterator[tuple[str, str]]:
    for indicator in indicators().values():
        for title, text in sections(indicator.document):
            place = f"phasewise/analyzer/indicators/{indicator.name}"
            yield title, place
            yield text, place


def _sources() -> Iterator[tuple[str, str]]:
    """Whose number a threshold is."""
    for text in _find_sources(tomllib.loads(THRESHOLDS.read_text("utf-8"))):
        yield text, "phasewise/analyzer/thresholds.toml"


def _find_sources(table: dict[str, object]) -> Iterator[str]:
    for key, value in table.items():
        if key == "source" and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _find_sources(value)


def stored() -> Catalog:
    """The catalogue as it is translated."""
    if not PO.exists():
        return Catalog(locale="es", domain="phasewise")
    with PO.open("rb") as file:
        return read_po(file, locale="es", domain="phasewise")


def updated() -> Catalog:
    """The catalogue with every text of the code and none beside them; new ones have no translation yet."""
    catalog = stored()
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.copyright_holder = "Phasewise", "", "the Phasewise authors"
    catalog.creation_date = catalog.revision_date = DATE
    catalog.fuzzy = False
    catalog.header_comment = "# Spanish texts of Phasewise. How to translate: docs/howto/translate.md."
    return catalog


def waiting(catalog: Catalog) -> list[str]:
    """Texts without a translation."""
    return [_id(message) for message in catalog if message.id and not all(_strings(message))]


def wrong(catalog: Catalog) -> list[str]:
    """Texts whose translation names other placeholders."""
    return [
        _id(message)
        for message in catalog
        if message.id
        for string in _strings(message)
        if string and not _fits(message, string)
    ]


def _fits(message: Message, string: str) -> bool:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    return any(_placeholders(string) == _placeholders(one) for one in ids)


def _placeholders(text: str) -> list[str]:
    return sorted(match.group(1) or "%%" for match in PLACEHOLDER.finditer(text))


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string or "",)


def _id(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def po_text(catalog: Catalog) -> bytes:
    """The catalogue as a .po file: sorted, without line numbers, so that a diff shows what was translated."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=110, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def is_compiled(catalog: Catalog) -> bool:
    """Whether the .mo holds what the catalogue says."""
    if not MO.exists():
        return False
    with MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    return all(
        compiled.gettext(message.id) == message.string
        for message in catalog
        if message.id and isinstance(message.id, str) and message.string
    ) and all(
        compiled.ngettext(*message.id, 1) == message.string[0]
        and compiled.ngettext(*message.id, 2) == message.string[1]
        for message in catalog
        if isinstance(message.id, tuple) and all(_strings(message))
    )


def main(*, check: bool) -> int:
    """Write or check the catalogue."""
    catalog = updated()
    text = po_text(catalog)
    if check:
        is_current = PO.exists() and PO.read_bytes() == text and is_compiled(catalog)
        if not is_current:
            sys.stdout.write("out of date: run python tools/translations.py\n")
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(text)
        with MO.open("wb") as file:
            write_mo(file, catalog)
        is_current = True
    missing, misfits = waiting(catalog), wrong(catalog)
    sys.stdout.writelines(f"not translated: {text}\n" for text in missing)
    sys.stdout.writelines(f"other placeholders: {text}\n" for text in misfits)
    return 0 if is_current and not missing and not misfits else 1


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
