"""Take the code out of the starter questions and run it, so that a proof tests what candidates read."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType

from flask import Flask, render_template_string

from questions.formats import starter
from questions.formats.starter import StarterBank, StarterQuestion, read_bank

FOLDER = Path(starter.__file__).parents[1] / "starter" / "flask"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[a-z]+)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
TEMPLATE_NAME = re.compile(r"`(templates/[\w./-]+)`")

_module_numbers = count()


@cache
def flask_bank() -> StarterBank:
    return read_bank(FOLDER)


def question(external_id: str) -> StarterQuestion:
    return next(found for found in flask_bank().questions if found.external_id == external_id)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language, without the fence's own indentation."""
    found = []
    for match in FENCE.finditer(text):
        if match["language"] == language:
            indent = match["indent"]
            found.append("".join(line.removeprefix(indent) for line in match["code"].splitlines(True)))
    return found


def stem_templates(external_id: str) -> dict[str, str]:
    """File name to text, for each block that the stem introduces by the path of a template."""
    stem = question(external_id).stem
    templates = {}
    for match in FENCE.finditer(stem):
        if match["language"] == "jinja":
            before = stem[: match.start()].rstrip("\n").rsplit("\n\n", 1)[-1]
            names = TEMPLATE_NAME.findall(before)
            if names:
                templates[names[-1]] = match["code"]
    return templates


def stem_python(external_id: str) -> str:
    """The stem's one Python block."""
    (code,) = blocks(question(external_id).stem, "python")
    return code


def stem_jinja(external_id: str) -> str:
    """The stem's one Jinja block."""
    (code,) = blocks(question(external_id).stem, "jinja")
    return code


def option(external_id: str, code: str) -> str:
    """What one option says: its fenced code, or the first inline code, or its plain text."""
    (text,) = (option.text for option in question(external_id).options if option.code == code)
    fenced = FENCE.search(text)
    if fenced:
        return fenced["code"]
    inline = re.search(r"`([^`]+)`", text)
    return inline[1] if inline else text


def key(external_id: str) -> str:
    (only,) = question(external_id).keys
    return only.code


def keys(external_id: str) -> set[str]:
    return {option.code for option in question(external_id).keys}


def codes(external_id: str) -> list[str]:
    return [option.code for option in question(external_id).options]


def load_source(source: str, folder: Path, name: str | None = None) -> ModuleType:
    """Run a piece of source as a module of its own in `folder`, as Flask would find it there."""
    name = name or f"starter_stem_{next(_module_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def load_stem(external_id: str, folder: Path, more_source: str = "") -> ModuleType:
    """Write the stem's templates into `folder` and run its Python code as a module there."""
    for name, text in stem_templates(external_id).items():
        write(folder / name, text)
    return load_source(stem_python(external_id) + more_source, folder)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def render(template: str, **values: object) -> str:
    """Render a template's text as Flask does, with autoescaping."""
    app = Flask("starter_questions")
    with app.test_request_context():
        return render_template_string(template, **values)
