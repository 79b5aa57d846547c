"""Keys of the fresher level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import importlib.metadata
import re

import pytest
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

from tests.questions.starter.flask_stems import (
    keys,
    load_stem,
    matching,
    only_the_key_holds,
    question,
    render,
    stem_python,
    write,
)
from tests.questions.starter.programs import fetch, served


def test_key_flask_in_the_box():
    needed = {
        re.match(r"[\w.-]+", line)[0].lower()
        for line in importlib.metadata.requires("Flask")
        if "extra ==" not in line
    }
    needed -= {"importlib-metadata"}
    app = Flask(__name__)
    app.add_url_rule("/", "form", lambda: render("{{ sent }}", sent=request.form["sent"]), methods=["POST"])

    page = app.test_client().post("/", data={"sent": "hello"}).text

    assert needed == {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
    only_the_key_holds(
        "flask-in-the-box",
        {
            "Jinja templates": page == "hello" and "jinja2" in needed,
            "database tables": bool(needed & {"flask-sqlalchemy", "peewee", "pony", "sqlalchemy"}),
            "User accounts": bool(needed & {"flask-login", "flask-security", "flask-user"}),
            "what a form has sent": page == "hello",
        },
    )


def test_key_flask_run_command(tmp_path):
    name = "flask-run-command"
    write(tmp_path / "shop.py", stem_python(name))

    def serves(command):
        with served(command, tmp_path) as address:
            return address is not None

    assert matching(name, serves) == keys(name)


def test_key_flask_extension_import():
    name = "flask-extension-import"

    def gives_the_class(line):
        names = {}
        try:
            exec(line, names)
        except (ImportError, SyntaxError):
            return False
        return names.get("SQLAlchemy") is SQLAlchemy

    assert matching(name, gives_the_class) == keys(name)


def test_key_flask_change_not_shown(tmp_path):
    name = "flask-change-not-shown"
    module = tmp_path / "shop.py"
    write(module, stem_python(name))
    (start,) = re.findall(r"`(flask [^`]+)`", question(name).stem)

    with served(start, tmp_path) as address:
        before = fetch(f"{address}/").text
        write(module, stem_python(name).replace("18:00", "20:00"))
        # This reader keeps no cache, so what it reads comes from the server.
        reloaded = fetch(f"{address}/")
    with served(start, tmp_path) as address:
        restarted = fetch(f"{address}/").text

    old, new = "Open until 18:00", "Open until 20:00"
    only_the_key_holds(
        name,
        {
            "reads the file for each request": reloaded.text == new,
            "starts the server again": (before, reloaded.text, restarted) == (old, old, new),
            "empties the browser's cache": reloaded.text == new,
            "An error page": reloaded.status == 500,
        },
    )


def test_key_flask_debug_command(tmp_path):
    name = "flask-debug-command"
    write(
        tmp_path / "shop.py",
        "from flask import Flask\napp = Flask(__name__)\napp.add_url_rule('/', 'home', lambda: 1 / 0)\n",
    )

    def shows_an_interactive_traceback(command):
        with served(command, tmp_path) as address:
            page = fetch(f"{address}/").text if address else ""
        return "ZeroDivisionError" in page and "__debugger__" in page

    assert matching(name, shows_an_interactive_traceback) == keys(name)


def test_key_flask_test_client_form(tmp_path):
    name = "flask-test-client-form"
    client = load_stem(name, tmp_path).client

    assert matching(name, lambda line: eval(line, {"client": client}).text == "Welcome, Li") == keys(name)


def test_key_flask_session_needs_secret(tmp_path):
    app = load_stem("flask-session-needs-secret", tmp_path).app

    response = app.test_client().get("/add")
    app.testing = True

    only_the_key_holds(
        "flask-session-needs-secret",
        {
            "keeps the value in its memory": response.text == "Added",
            "a cookie without signature": "Set-Cookie" in response.headers,
            "no secret key is set": response.status_code == 500,
            "quietly dropped": response.text == "Added",
        },
    )
    with pytest.raises(RuntimeError, match="no secret key"):
        app.test_client().get("/add")
