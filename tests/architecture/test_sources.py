"""Facts that hold for every source file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = (
    "accounts",
    "assessments",
    "candidates",
    "config",
    "hiring",
    "outbox",
    "questions",
    "rendering",
    "shell",
)
FILES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "starter" not in path.parts
)
TEMPLATES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.html"))


def found(pattern: str, files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_no_form_or_serializer_takes_all_fields() -> None:
    assert found("__all__\"|'__all__'", FILES) == []


def test_nothing_is_marked_safe_by_hand() -> None:
    # `format_html` and templates escape; sanitised HTML leaves rendering alone.
    assert [line for line in found(r"\bmark_safe\(", FILES) if not line.startswith("rendering/")] == []


def test_tasks_are_published_by_the_courier_alone() -> None:
    allowed = "outbox/operations/nudges.py"
    lines = found(r"\.(delay|apply_async|delay_on_commit|send_task)\(", FILES)

    assert [line for line in lines if not line.startswith(allowed)] == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "services", "misc"])
def test_no_drawer_for_odds_and_ends(name: str) -> None:
    drawers = [
        path
        for app in APPS
        for path in (*(ROOT / app).rglob(f"{name}.py"), *(ROOT / app).rglob(f"{name}/*.py"))
    ]

    assert drawers == []


def test_templates_hold_no_inline_script() -> None:
    assert found(r"<script(?![^>]*(\bsrc=|application/json))|\son[a-z]+=\"", TEMPLATES) == []


def test_templates_hold_no_inline_style() -> None:
    # Browsers of candidates would refuse it. Mail has nothing else; a chart of staff has its height from data.
    lines = found(r"<style\b|\sstyle=\"", TEMPLATES)

    assert [
        line for line in lines if not line.startswith(("rendering/templates/rendering/mail", "hiring/"))
    ] == []


def test_templates_escape_what_they_show() -> None:
    assert found(r"\|\s*safe\b|autoescape off", TEMPLATES) == []


def test_no_file_has_grown_too_long() -> None:
    assert {
        str(path.relative_to(ROOT)): n for path in FILES if (n := len(path.read_text().splitlines())) > 500
    } == {}
