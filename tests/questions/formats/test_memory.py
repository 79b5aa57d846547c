"""No file of a megabyte, and none of ten thousand questions, takes a reader of its format 200 MB of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from questions.formats import WRITERS, names
from questions.formats.drafts import ParsedOption, ParsedQuestion
from tests.questions.formats.adversarial import FILES
from tests.questions.formats.qti_files import item, manifest, package

MEGABYTE = 1_000_000
QUESTIONS = 10_000
MOST_MEGABYTES = 200
# Reads each file in turn, and prints the most memory so far above that of an idle process, in megabytes.
_CHILD = """
import json, sys
import django


def peak():
    # What Python's resource tells of a child begins with the peak of whoever started it.
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


django.setup()
from questions.formats.drafts import FileRefused
from questions.operations.reading import READERS, parse
read = READERS[sys.argv[1]]
parse(b"Which? {=a ~b}")
idle = peak()
for path in sys.argv[2:]:
    data = open(path, "rb").read()
    try:
        count = len(read(data).questions)
    except FileRefused:
        count = 0
    more = peak() - idle
    print(json.dumps([path, count, more // 1024]), flush=True)
"""


def _written(name: str) -> bytes:
    return WRITERS[name](
        [
            ParsedQuestion(
                "single",
                f"Which of these is number {number}?",
                (ParsedOption(f"The {number}th", Fraction(1)), ParsedOption("None"), ParsedOption("All")),
                external_id="" if name == names.AIKEN else f"q-{number}",
            )
            for number in range(QUESTIONS)
        ]
    ).content


def _items(version: str) -> bytes:
    files = {
        f"{number}.xml": item(stem=f"<p>Which is number {number}?</p>")
        .replace('identifier="q1"', f'identifier="q{number}"')
        .replace("v2p1", version)
        for number in range(QUESTIONS)
    }
    listed = manifest(*((name, "") for name in files), kind=f"imsqti_item_xml{version}")
    return package({"imsmanifest.xml": listed, **files})


def _quiz() -> bytes:
    # A tiny question of theirs has 680 bytes.
    return FILES[names.CANVAS]["tiny questions"](690 * QUESTIONS)


TEN_THOUSAND: Mapping[str, Callable[[], bytes]] = {
    **{name: lambda name=name: _written(name) for name in WRITERS},
    names.QTI_2_2: lambda: _items("v2p2"),
    names.QTI_3_0: lambda: _items("v3p0"),
    names.CANVAS: _quiz,
}


def _memory(name: str, folder: Path, files: Mapping[str, Callable[[], bytes]]) -> dict[str, tuple[int, int]]:
    """Return how many questions were found in each file, and how much memory it took with those before it."""
    paths = {}
    for number, (file, make) in enumerate(files.items()):
        path = folder / f"{number}"
        path.write_bytes(make())
        paths[str(path)] = file
    read = subprocess.run(
        [sys.executable, "-c", _CHILD, name, *paths],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    return {paths[path]: (count, more) for path, count, more in map(json.loads, read.stdout.splitlines())}


@pytest.mark.stress
@pytest.mark.parametrize("name", FILES)
def test_case_22_huge_body_ten_thousand_questions_fit_into_200_mb(name: str, tmp_path: Path) -> None:
    (count, more) = _memory(name, tmp_path, {"file": TEN_THOUSAND[name]})["file"]
    print(f"{name}: {count} questions, {more} MB")
    assert count >= QUESTIONS
    assert more < MOST_MEGABYTES


@pytest.mark.stress
@pytest.mark.parametrize("name", FILES)
def test_case_31_billion_laughs_no_megabyte_takes_200_mb(name: str, tmp_path: Path) -> None:
    made = {shape: lambda make=make: make(MEGABYTE) for shape, make in FILES[name].items()}
    found = _memory(name, tmp_path, made)
    assert found.keys() == made.keys()
    for shape, (_count, more) in found.items():
        assert more < MOST_MEGABYTES, shape
    print(f"{name}: {max(more for _count, more in found.values())} MB")
