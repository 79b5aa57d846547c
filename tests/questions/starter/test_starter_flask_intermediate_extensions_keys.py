"""Keys of the intermediate level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    keys,
    load_source,
    load_stem,
    option,
    question,
    stem_python,
    write,
)


def test_key_flask_login_decorator_order(tmp_path):
    name = "flask-login-decorator-order"
    wrong_order = "@login_required\n@app.get"
    source = stem_python(name)
    assert wrong_order in source
    (tmp_path / "swapped").mkdir()
    swapped_source = source.replace(
        '@login_required\n@app.get("/invoices")', '@app.get("/invoices")\n@login_required'
    )

    as_shown = load_stem(name, tmp_path).app.test_client().get("/invoices")
    swapped = load_source(swapped_source, tmp_path / "swapped").app.test_client().get("/invoices")

    assert key(name) == "c"
    assert (as_shown.status_code, as_shown.text) == (200, "Invoices")
    assert (swapped.status_code, swapped.location.split("?")[0]) == (302, "/login")


def test_key_flask_migrate_then_upgrade(tmp_path):
    name = "flask-migrate-then-upgrade"
    new_line = stem_python(name).strip()
    (command,) = blocks(question(name).stem, "bash")
    project = (
        "from flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\n"
        "app = Flask(__name__)\n"
        f"app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///{tmp_path}/shop.db'\n"
        "db = SQLAlchemy(app)\nmigrate = Migrate(app, db)\n"
        "class Customer(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    )
    assert command.startswith('flask db migrate -m "')

    def flask_db(*arguments):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "shop", "db", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    def columns():
        with closing(sqlite3.connect(tmp_path / "shop.db")) as db:
            return [row[1] for row in db.execute("PRAGMA table_info(customer)")]

    def scripts():
        return {path.name for path in (tmp_path / "migrations" / "versions").glob("*.py")}

    write(tmp_path / "shop.py", project)
    flask_db("init")
    flask_db("migrate", "-m", "first")
    flask_db("upgrade")
    before = scripts()
    write(tmp_path / "shop.py", f"{project}    {new_line}\n")

    flask_db("migrate", "-m", "add phone to customer")

    assert key(name) == "b"
    assert len(scripts() - before) == 1
    assert columns() == ["id"]
    flask_db("upgrade")
    assert columns() == ["id", "phone"]


def test_key_flask_session_cookie_flags(tmp_path):
    name = "flask-session-cookie-flags"
    source = (
        "from flask import Flask, session\n\n"
        "app = Flask(__name__)\napp.config['SECRET_KEY'] = 'test'\n\n\n"
        "@app.get('/')\ndef home():\n    session['seen'] = True\n    return ''\n"
    )

    def cookie_with(codes_used):
        app = load_source(source, tmp_path).app
        for code in codes_used:
            setting, value = option(name, code).split(" = ")
            app.config[setting] = json.loads(value.lower() if value == "True" else value)
        header = app.test_client().get("/", base_url="https://shop.example").headers["Set-Cookie"]
        return {part.strip() for part in header.split(";")[1:]}

    demands = {"Secure", "SameSite=Lax"}
    assert demands <= cookie_with(keys(name))
    assert not demands & cookie_with(set(codes(name)) - keys(name))


def test_key_flask_upload_filename(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uploads").mkdir()
    app = load_stem("flask-upload-filename", tmp_path).app

    response = app.test_client().post("/upload", data={"photo": (io.BytesIO(b"mine now"), "../settings.py")})

    assert key("flask-upload-filename") == "d"
    assert (response.status_code, response.text) == (200, "Stored")
    assert (tmp_path / "settings.py").read_bytes() == b"mine now"
    assert list((tmp_path / "uploads").iterdir()) == []


def test_key_flask_test_session(tmp_path):
    name = "flask-test-session"

    def answer_after(code):
        module = load_stem(name, tmp_path)
        try:
            exec(option(name, code), vars(module))
        except RuntimeError as error:
            return str(error)
        return module.client.get("/account").text

    right = [code for code in codes(name) if answer_after(code) == "Account 7"]

    assert right == [key(name)]
    assert "outside of request context" in answer_after("a")
