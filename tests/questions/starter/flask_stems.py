"""Take the code out of the starter questions on Flask and run it, templates and all."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from flask import Flask, render_template_string

from questions.formats.starter import StarterBank
from tests.questions.starter.stems import (
    FENCE,
    bank,
    blocks,
    codes,
    key,
    keys,
    load_source,
    matching,
    named_blocks,
    only_the_key_holds,
    option,
    question,
    stem_python,
    write,
)

__all__ = [
    "FENCE",
    "blocks",
    "codes",
    "flask_bank",
    "key",
    "keys",
    "load_source",
    "load_stem",
    "matching",
    "only_the_key_holds",
    "option",
    "question",
    "render",
    "stem_jinja",
    "stem_python",
    "stem_templates",
    "write",
]

TEMPLATE_NAME = re.compile(r"`(templates/[\w./-]+)`")


def flask_bank() -> StarterBank:
    return bank("flask")


def stem_templates(external_id: str) -> dict[str, str]:
    """File name to text, for each block that the stem introduces by the path of a template."""
    return named_blocks(external_id, "jinja", TEMPLATE_NAME)


def stem_jinja(external_id: str) -> str:
    """The stem's one Jinja block."""
    (code,) = blocks(question(external_id).stem, "jinja")
    return code


def load_stem(external_id: str, folder: Path, more_source: str = "") -> ModuleType:
    """Write the stem's templates into `folder` and run its Python code as a module there."""
    for name, text in stem_templates(external_id).items():
        write(folder / name, text)
    return load_source(stem_python(external_id) + more_source, folder)


def render(template: str, **values: object) -> str:
    """Render a template's text as Flask does, with autoescaping."""
    app = Flask("starter_questions")
    with app.test_request_context():
        return render_template_string(template, **values)
