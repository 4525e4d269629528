"""The main job from end to end on the demo's files: load, check, analyse, explain, review with SQL.

    python examples/demo/run.py [FOLDER]

Works in FOLDER (default ./demo), which it makes; run it again and it goes on from what is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
AS_OF = "2026-11-15"
"""The demo's exports were made the morning after: an analysis of today would rightly call them old."""

COMMANDS = [
    ["sync"],
    ["check"],
    ["analyze", "--as-of", AS_OF],
    ["explain", "2.1", "--as-of", AS_OF],
    [
        "sql",
        "SELECT opened_month, count(*) AS tickets FROM v_tickets GROUP BY 1 ORDER BY 1",
    ],
    ["history"],
]
PARTIAL = 4


def main(folder: Path) -> int:
    """Run every command and stop at the first that fails; partial results are shown and passed over."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("phasewise.toml", "tickets.csv", "invoices.csv"):
        if not (folder / name).exists():
            shutil.copy(HERE / name, folder / name)
    settings = folder / "phasewise.toml"
    for command in COMMANDS:
        shown = " ".join(f'"{word}"' if " " in word else word for word in command)
        print(f"\n$ phasewise {shown}", flush=True)
        done = subprocess.run(  # noqa: S603  # our own command, no input from outside
            [sys.executable, "-m", "phasewise", *command],
            env=os.environ | {"PHASEWISE_CONFIG": str(settings)},
            check=False,
        )
        if done.returncode not in {0, PARTIAL}:
            return done.returncode
    print(f"\nIt is all in {folder}. Go on with:  PHASEWISE_CONFIG={settings} .venv/bin/phasewise --help")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")))
