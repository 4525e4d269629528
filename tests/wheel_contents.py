"""Say which files a built wheel lacks that the installed package reads: SQL, numbers, catalogues.

python tests/wheel_contents.py build/wheel/phasewise-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "phasewise"
IGNORED = {".pyc", ".po"}


def missing(wheel: Path) -> list[str]:
    """Paths of files of the package that the wheel does not hold, sorted."""
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"phasewise/{p.relative_to(PACKAGE).as_posix()}" for p in PACKAGE.rglob("*") if p.is_file()}
    return sorted(p for p in wanted - held if Path(p).suffix not in IGNORED)


if __name__ == "__main__":
    absent = missing(Path(sys.argv[1]))
    sys.exit("The wheel lacks:\n" + "\n".join(absent) if absent else 0)
