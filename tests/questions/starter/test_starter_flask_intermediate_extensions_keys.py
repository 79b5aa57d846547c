"""Keys of the intermediate level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import io
import json
import shlex
import sqlite3
from contextlib import closing

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    keys,
    load_source,
    load_stem,
    matching,
    only_the_key_holds,
    option,
    question,
    stem_python,
    write,
)
from tests.questions.starter.programs import run


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

    only_the_key_holds(
        name,
        {
            "is sent to the log-in page": as_shown.status_code == 302,
            "the status 401": as_shown.status_code == 401,
            "sees the invoices": (as_shown.status_code, as_shown.text) == (200, "Invoices"),
            # It has started, or it could not have answered.
            "fails to start": as_shown.status_code is None,
        },
    )
    assert (swapped.status_code, swapped.location.split("?")[0]) == (302, "/login")


class _Project:
    """A project with Flask-Migrate in `folder`, with a table `product` that is up to date."""

    def __init__(self, folder):
        self.folder = folder
        self.source = (
            "from flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\n"
            "app = Flask(__name__)\n"
            f"app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///{folder}/shop.db'\n"
            "db = SQLAlchemy(app)\nmigrate = Migrate(app, db)\n"
            "class Product(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
        )

    def begin(self, columns=""):
        self.has(columns)
        self.db("init")
        self.db("migrate")
        self.db("upgrade")

    def has(self, columns):
        write(self.folder / "shop.py", f"{self.source}    {columns}\n")

    def db(self, *words):
        ended = run(shlex.join(["flask", "--app", "shop", "db", *words]), self.folder)
        assert ended.returncode == 0, ended.stderr

    def scripts(self):
        return len(list((self.folder / "migrations" / "versions").glob("*.py")))

    def sql(self, statement):
        with closing(sqlite3.connect(self.folder / "shop.db")) as db, db:
            return db.execute(statement).fetchall()

    def columns(self):
        return [row[1] for row in self.sql("PRAGMA table_info(product)")]


def test_key_flask_migrate_then_upgrade(tmp_path):
    name = "flask-migrate-then-upgrade"
    (command,) = blocks(question(name).stem, "bash")
    project = _Project(tmp_path)
    project.begin()
    project.has(stem_python(name).strip())

    project.db(*shlex.split(command)[2:])

    has_script, has_column = project.scripts() == 2, "phone" in project.columns()
    only_the_key_holds(
        name,
        {
            "and a script records": has_script and has_column,
            "There is a new script": has_script and not has_column,
            "no script has been written": has_column and not has_script,
            "Nothing has changed yet": not has_script and not has_column,
        },
    )
    project.db("upgrade")
    assert project.columns() == ["id", "phone"]


def test_key_flask_migrate_rename(tmp_path):
    name = "flask-migrate-rename"
    before, after = blocks(question(name).stem, "python")
    project = _Project(tmp_path)
    project.begin(before.strip())
    project.sql("INSERT INTO product (name) VALUES ('Attaya')")
    project.has(after.strip())

    project.db("migrate")
    project.db("upgrade")

    columns = project.columns()
    only_the_key_holds(
        name,
        {
            "the column is renamed": columns == ["id", "title"]
            and project.sql("SELECT title FROM product") == [("Attaya",)],
            "They are lost": columns == ["id", "title"]
            and project.sql("SELECT title FROM product") == [(None,)],
            "beside the new": "name" in columns and "title" in columns,
            # It has not stopped, or the new column would be missing.
            "stops and asks": "title" not in columns,
        },
    )


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

    beside, within = tmp_path / "settings.py", tmp_path / "uploads" / "settings.py"
    only_the_key_holds(
        "flask-upload-filename",
        {
            "in the folder": within.exists(),
            "Flask refuses": response.status_code == 400,
            "`save` refuses": response.status_code == 500,
            "beside the folder": response.status_code == 200 and beside.read_bytes() == b"mine now",
        },
    )


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


def test_key_flask_send_from_directory(tmp_path):
    write(tmp_path / "public" / "menu.txt", "for all")
    write(tmp_path / "secrets.txt", "for nobody")
    client = load_stem("flask-send-from-directory", tmp_path).app.test_client()

    with client.get("/files/menu.txt") as inside, client.get("/files/../secrets.txt") as outside:
        assert inside.text == "for all"
        only_the_key_holds(
            "flask-send-from-directory",
            {
                "status 404": outside.status_code == 404,
                "status 200": outside.status_code == 200,
                "status 403": outside.status_code == 403,
                "status 500": outside.status_code == 500,
            },
        )


def test_key_flask_signal_subscribe(tmp_path):
    name = "flask-signal-subscribe"

    def hears_every_request(line):
        module = load_stem(name, tmp_path)
        try:
            exec(line, vars(module))
        except (AttributeError, TypeError):
            return False
        client = module.app.test_client()
        return [client.get("/").text, client.get("/").text] == ["Home"] * 2 and len(module.seen) == 2

    assert matching(name, hears_every_request) == keys(name)


def test_key_flask_login_user_id_text(tmp_path):
    name = "flask-login-user-id-text"
    with_number = stem_python(name).replace("USERS.get(user_id)", "USERS.get(int(user_id))")

    def account(source):
        client = load_source(source, tmp_path).app.test_client()
        assert client.post("/login").text == "Hello"
        return client.get("/account")

    shown, mended = account(stem_python(name)), account(with_number)
    only_the_key_holds(
        name,
        {
            "user 7 has logged in": shown.text == "Account",
            "lasts for one request": (shown.status_code, mended.status_code) == (401, 401),
            "is given the text": (shown.status_code, mended.text) == (401, "Account"),
            "A server error": shown.status_code == 500,
        },
    )
