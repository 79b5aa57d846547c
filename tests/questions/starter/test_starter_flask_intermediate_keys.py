"""Each key of the intermediate level that code can settle, settled by the code of the question."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from flask import url_for
from jinja2 import TemplateError
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    keys,
    load_source,
    load_stem,
    option,
    question,
    render,
    stem_jinja,
    stem_python,
    write,
)


def test_key_flask_before_request_returns(tmp_path):
    module = load_stem("flask-before-request-returns", tmp_path)
    called = []
    module.app.view_functions["menu"] = lambda: called.append("menu") or "Menu"

    response = module.app.test_client().get("/menu")

    assert key("flask-before-request-returns") == "d"
    assert (response.text, response.status_code) == ("We are closed", 503)
    assert called == []


def test_key_flask_url_for_blueprint(tmp_path):
    name = "flask-url-for-blueprint"
    app = load_stem(name, tmp_path).app
    built = {}

    @app.get("/outside")
    def outside():
        for code in codes(name):
            try:
                built[code] = eval(option(name, code), {"url_for": url_for})
            except BuildError as error:
                built[code] = error
        return ""

    app.test_client().get("/outside")

    right = [code for code, address in built.items() if address == "/internal/overview"]
    assert right == [key(name)]
    assert app.test_client().get("/internal/overview").text == "Overview"


def test_key_flask_g_lifetime(tmp_path):
    module = load_stem("flask-g-lifetime", tmp_path)
    seen_elsewhere = []
    module.app.after_request(lambda response: seen_elsewhere.append(module.g.hits) or response)
    client = module.app.test_client()

    answers = [client.get("/hit").text for _ in range(3)]

    assert key("flask-g-lifetime") == "a"
    assert answers == ["1", "1", "1"]
    # Another function of the same request sees the value, so `g` is no local copy.
    assert seen_elsewhere == [1, 1, 1]


def test_key_flask_app_context_script(tmp_path, monkeypatch, capsys):
    name = "flask-app-context-script"
    shop_source, script = blocks(question(name).stem, "python")
    shop = load_source(shop_source, tmp_path, "shop")
    monkeypatch.setitem(sys.modules, "shop", shop)
    # A server that was started would keep the script waiting; this stands for the moment it is stopped.
    monkeypatch.setattr(shop.app, "run", lambda: None)
    opening, last_line = script.strip().rsplit("\n", 1)

    def run(ending):
        try:
            exec(f"{opening}\n{ending}", {})
        except RuntimeError as error:
            return str(error).splitlines()[0]
        return capsys.readouterr().out

    printed = {code: run(option(name, code)) for code in codes(name)}

    assert run(last_line) == "Working outside of application context."
    assert [code for code, text in printed.items() if text == "5 EUR\n"] == [key(name)]


def test_key_flask_blueprint_404(tmp_path):
    response = load_stem("flask-blueprint-404", tmp_path).app.test_client().get("/api/typo")

    assert key("flask-blueprint-404") == "d"
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert '"error"' not in response.text


def test_key_jinja_default_none():
    name = "jinja-default-none"

    page = render(stem_jinja(name), nickname=None).strip()

    assert page == option(name, key(name))
    assert page == "Hello None"
    assert render(stem_jinja(name)).strip() == "Hello guest"


def test_key_jinja_safe_on_input():
    hostile = """it's <b>fine</b> & <script>steal()</script>"""

    page = render(stem_jinja("jinja-safe-on-input"), comment=hostile).strip()

    assert key("jinja-safe-on-input") == "b"
    # Neither cut nor escaped twice: the comment arrives as it is, its script included.
    assert page == f"<p>{hostile}</p>"


def test_key_jinja_register_filter(tmp_path):
    name = "jinja-register-filter"
    app = load_stem(name, tmp_path).app
    printed = {}
    for code in codes(name):
        with app.test_request_context():
            try:
                printed[code] = app.jinja_env.from_string(option(name, code)).render(price=1950)
            except TemplateError as error:
                printed[code] = error

    assert [code for code, text in printed.items() if text == "19.50 €"] == [key(name)]


@pytest.mark.parametrize(
    "note",
    [
        'She said "hi"',
        "it's",
        "two\nlines",
        "back\\slash",
        "a & b < c",
        '"; steal(); "',
        "steal()",
        "</script><script>steal()</script>",
    ],
)
def test_key_jinja_tojson_script(note):
    name = "jinja-tojson-script"

    def value_in_browser(code):
        """The string JavaScript would read, or None where the line is no plain string literal."""
        line = render(option(name, code).strip(), note=note)
        if "</script" in line:
            return None
        try:
            return json.loads(line.removeprefix("const note = ").removesuffix(";"))
        except ValueError:
            return None

    assert value_in_browser(key(name)) == note


def test_key_jinja_tojson_script_distractors():
    name = "jinja-tojson-script"
    note = """'; steal() </script> "\n"""

    for code in set(codes(name)) - keys(name):
        line = render(option(name, code).strip(), note=note).removeprefix("const note = ").removesuffix(";")
        with pytest.raises(ValueError):
            json.loads(line)
    assert "</script" in render(option(name, "c"), note=note)
    assert render(option(name, "d"), note="steal()").strip() == "const note = steal();"


def test_key_jinja_set_in_loop():
    name = "jinja-set-in-loop"

    def shown(*days):
        orders = [{"days": each} for each in days]
        return render(stem_jinja(name), orders=orders).strip()

    assert key(name) == "d"
    assert shown(3, 20, 5) == option(name, key(name)) == "All orders are on time"
    # Were it for the last order, as another option says, this would differ.
    assert shown(3, 5, 20) == "All orders are on time"


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
