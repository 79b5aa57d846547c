"""Facts that hold for every source file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
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


# What runs text or builds objects that text names. Patterns are compiled by `re.compile` and our own template of a
# document by `typst.compile`, which are other things.
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "literal_eval", "from_string", "Template", "format_map"}
FOREIGN_OBJECTS = {
    "pickle",
    "cPickle",
    "dill",
    "marshal",
    "shelve",
    "jsonpickle",
    "numexpr",
    "pandas",
    "jinja2",
}
UNSAFE_LOADERS = {"Loader", "UnsafeLoader", "FullLoader", "unsafe_load", "full_load"}


def calls_and_imports(source: str) -> Iterator[str]:
    """Names of what is called ("eval", "re.compile"), imported ("pickle") and taken from yaml ("yaml.Loader")."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                yield f"{owner}.{name}"
            case ast.Call(func=ast.Attribute(attr=name)):
                yield f"….{name}"
            case ast.Attribute(value=ast.Name(id="yaml"), attr=name):
                yield f"yaml.{name}"
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (module, *(f"{module}.{alias.name}" for alias in names))


def runs_text(name: str) -> bool:
    return name not in ("re.compile", "typst.compile") and name.rpartition(".")[2] in RUNS_TEXT


def builds_objects(name: str) -> bool:
    return name.split(".")[0] in FOREIGN_OBJECTS or (
        name.startswith("yaml.") and name.rpartition(".")[2] in UNSAFE_LOADERS
    )


@cache
def named_in_sources() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), name) for path in FILES for name in calls_and_imports(path.read_text())
    ]


def test_case_18_formula_scoring_no_source_runs_text() -> None:
    assert [(path, name) for path, name in named_in_sources() if runs_text(name)] == []


def test_case_19_unsafe_deserialise_no_source_builds_objects_that_text_names() -> None:
    assert [(path, name) for path, name in named_in_sources() if builds_objects(name)] == []


@pytest.mark.parametrize(
    "source",
    [
        "eval(marks)",
        "builtins.exec(marks)",
        "engines['django'].from_string(marks)",
        "from django.template import Template\nTemplate(marks)",
        "import numexpr",
        "frame.eval(marks)",
        "from pickle import loads",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "from yaml import UnsafeLoader",
    ],
)
def test_what_runs_text_or_builds_objects_is_found(source: str) -> None:
    assert any(runs_text(name) or builds_objects(name) for name in calls_and_imports(source))


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
    # Browsers of candidates would refuse it. Mail has nothing else; a chart of staff has its height from data,
    # and their pages get their colours from Unfold.
    lines = found(r"<style\b|\sstyle=\"", TEMPLATES)
    theirs = ("rendering/templates/rendering/mail", "hiring/", "shell/overrides/unfold/layouts/skeleton.html")

    assert [line for line in lines if not line.startswith(theirs)] == []


def test_templates_escape_what_they_show() -> None:
    assert found(r"\|\s*safe\b|autoescape off", TEMPLATES) == []


def test_no_file_has_grown_too_long() -> None:
    assert {
        str(path.relative_to(ROOT)): n for path in FILES if (n := len(path.read_text().splitlines())) > 500
    } == {}


# What writes mail, or an invitation that is mailed.
WRITES_MAIL = {"MessageDraft", "queue_message"}
INVITES = {"invite", "invite_many"}


def mail_without_scope(source: str, *, names: set[str]) -> list[int]:
    """Lines of calls that would leave open which job their mail is of."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in names
        and "scope" not in {argument.arg for argument in node.keywords}
    ]


def test_whoever_writes_mail_to_candidates_says_which_job_it_is_of() -> None:
    """By it colleagues see the mail: an app that knows jobs names it, also where it lets somebody be invited."""
    found_in = []
    for path in FILES:
        app = path.relative_to(ROOT).parts[0]
        if app not in ("hiring", "assessments"):
            continue
        names = WRITES_MAIL | INVITES if app == "hiring" else WRITES_MAIL
        lines = mail_without_scope(path.read_text(), names=names)
        found_in += [f"{path.relative_to(ROOT)}:{line}" for line in lines]

    assert found_in == []
    assert mail_without_scope("queue_message(intent='a', by=by)", names=WRITES_MAIL) == [1]


def test_no_source_gives_an_application_another_job() -> None:
    """Mail keeps the job of its application. Whoever lets one move to another job has to move its mail as well."""
    found_in = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and {argument.arg for argument in node.keywords} & {"job", "job_id"}
    ]

    assert found_in == []
