"""`make pictures`: take the pictures of the handbook and the README by driving the real product in a real browser.

Every other picture that a journey takes is left in var/pictures, to be looked at: pages on a desk, on a telephone and
in the dark.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CHAPTERS = PROJECT / "shell" / "handbook"
PICTURES = PROJECT / "shell" / "static" / "shell" / "handbook"
README_PICTURE = PROJECT / "docs" / "pictures" / "dashboard.png"
TO_LOOK_AT = PROJECT / "var" / "pictures"
JOURNEYS = [
    "tests/journeys/test_handbook_pictures.py",
    "tests/journeys/test_pictures_of_pages.py",
    "tests/journeys/test_main_path.py",
]
CHOSEN = "embedded or sample_company or test_pictures_of_pages"


def main() -> int:
    wanted = {
        Path(name).name
        for chapter in CHAPTERS.glob("*.md")
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", chapter.read_text())
    }
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", *JOURNEYS, "-k", CHOSEN]
        environment = os.environ | {"PICTURES": folder, "TEST_DATABASE": "sqlite"}
        code = subprocess.run(command, cwd=PROJECT, env=environment).returncode
        if code != 0:
            return code
        taken = {path.name.removeprefix("handbook-"): path for path in Path(folder).glob("handbook-*.png")}
        PICTURES.mkdir(parents=True, exist_ok=True)
        for name in sorted(wanted & set(taken)):
            shutil.copyfile(taken[name], PICTURES / name)
        shutil.copyfile(taken["dashboard.png"], README_PICTURE)
        shutil.rmtree(TO_LOOK_AT, ignore_errors=True)
        shutil.copytree(folder, TO_LOOK_AT, ignore=shutil.ignore_patterns("handbook-*"))
    for path in PICTURES.glob("*.png"):
        if path.name not in wanted:
            path.unlink()
    missing = sorted(wanted - set(taken))
    print(f"{len(wanted) - len(missing)} pictures are in {PICTURES.relative_to(PROJECT)}.")
    print(f"{len(list(TO_LOOK_AT.glob('*.png')))} to look at are in {TO_LOOK_AT.relative_to(PROJECT)}.")
    if missing:
        print(f"No journey takes: {', '.join(missing)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
