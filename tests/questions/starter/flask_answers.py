"""Take the code out of the model answers on Flask, so that a test runs what interviewers read."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from flask import Flask
from flask.testing import FlaskClient

from tests.questions.starter.flask_stems import blocks, load_source, question, write


def answer(external_id: str, language: str = "python") -> list[str]:
    """The fenced blocks of one language in the model answer."""
    return blocks(question(external_id).model_answer, language)


def load_answer(external_id: str, folder: Path) -> ModuleType:
    """Run the answer's one Python block as a module in `folder`."""
    (code,) = answer(external_id)
    return load_source(code, folder)


def write_template(external_id: str, folder: Path, name: str) -> None:
    """Write the answer's one template where the module loaded from `folder` finds it."""
    (template,) = answer(external_id, "jinja")
    write(folder / "templates" / name, template)


def signed_in(app: Flask, **values: object) -> FlaskClient:
    """A client whose session holds `values`."""
    app.config["SECRET_KEY"] = "test"
    client = app.test_client()
    with client.session_transaction() as stored:
        stored.update(values)
    return client
