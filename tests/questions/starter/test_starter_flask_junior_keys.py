"""Each key of the junior level that code can settle, settled by the code of the question."""

from __future__ import annotations

import json
import sqlite3
from html.parser import HTMLParser

import pytest
from flask import session
from itsdangerous import base64_decode, base64_encode
from jinja2 import TemplateError
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_source,
    load_stem,
    option,
    stem_templates,
    write,
)


def _render_stem_template(external_id, name, folder):
    for path, text in stem_templates(external_id).items():
        write(folder / path, text)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", folder).app
    with app.test_request_context():
        return app.jinja_env.get_template(name).render()


def test_key_flask_args_type_default(tmp_path):
    name = "flask-args-type-default"
    client = load_stem(name, tmp_path).app.test_client()

    response = client.get("/list?page=two")

    assert response.status_code == 200
    assert [code for code in codes(name) if option(name, code) == response.text] == [key(name)]


def test_key_flask_return_dict_status(tmp_path):
    response = load_stem("flask-return-dict-status", tmp_path).app.test_client().get("/api/books/7")

    assert key("flask-return-dict-status") == "a"
    assert response.status_code == 404
    assert response.is_json
    assert response.json == {"error": "no such book"}


def test_key_flask_route_default_methods(tmp_path):
    name = "flask-route-default-methods"
    client = load_stem(name, tmp_path).app.test_client()

    refused = {
        code for code in codes(name) if client.open("/news", method=option(name, code)).status_code == 405
    }

    assert refused == keys(name)


def test_key_flask_duplicate_endpoint(tmp_path):
    with pytest.raises(AssertionError, match="existing endpoint function: index"):
        load_stem("flask-duplicate-endpoint", tmp_path)

    assert key("flask-duplicate-endpoint") == "c"


def test_key_flask_trailing_slash(tmp_path):
    client = load_stem("flask-trailing-slash", tmp_path).app.test_client()

    reports = client.get("/reports")
    followed = client.get("/reports", follow_redirects=True)
    about = client.get("/about/")

    assert key("flask-trailing-slash") == "b"
    assert reports.status_code == 308
    assert (followed.status_code, followed.text, followed.request.path) == (200, "Reports", "/reports/")
    assert about.status_code == 404


def test_key_flask_errorhandler_status(tmp_path):
    response = load_stem("flask-errorhandler-status", tmp_path).app.test_client().get("/nowhere")

    assert key("flask-errorhandler-status") == "d"
    assert (response.text, response.status_code) == ("Nothing here", 200)


def test_key_jinja_block_default(tmp_path):
    page = _render_stem_template("jinja-block-default", "cart.html", tmp_path)

    assert f"<title>{option('jinja-block-default', key('jinja-block-default'))}</title>" in page
    assert "Your cart" in page


def test_key_jinja_static_stylesheet(tmp_path):
    name = "jinja-static-stylesheet"
    write(tmp_path / "static" / "css" / "site.css", "p { color: teal }")
    app = load_source("from flask import Flask\n\napp = Flask(__name__)\n", tmp_path).app
    right = []
    for code in codes(name):
        try:
            with app.test_request_context():
                address = app.jinja_env.from_string(option(name, code)).render()
        except (BuildError, TemplateError):
            continue
        response = app.test_client().get(address)
        right += [code] if response.text == "p { color: teal }" else []
        response.close()

    assert right == [key(name)]


def test_key_jinja_undefined_variable(tmp_path):
    name = "jinja-undefined-variable"

    page = load_stem(name, tmp_path).app.test_client().get("/").text.strip()

    assert [code for code in codes(name) if option(name, code) == page] == [key(name)]


def test_key_jinja_outside_block(tmp_path):
    page = _render_stem_template("jinja-outside-block", "offers.html", tmp_path)

    assert key("jinja-outside-block") == "d"
    assert "Market" in page
    assert "Mangoes" in page
    assert "Sale today" not in page


def test_key_jinja_flashed_once(tmp_path):
    client = load_stem("jinja-flashed-once", tmp_path).app.test_client()

    arrived = client.post("/save", follow_redirects=True)
    reloaded = client.get("/form")

    assert key("jinja-flashed-once") == "a"
    assert arrived.request.path == "/form"
    assert "<p>Saved</p>" in arrived.text
    assert "<p>Saved</p>" not in reloaded.text


def test_key_flask_session_readable(tmp_path):
    app = load_stem("flask-session-readable", tmp_path).app
    client = app.test_client()
    client.get("/start")
    cookie = client.get_cookie("session").value
    payload, rest = cookie.split(".", 1)

    read = json.loads(base64_decode(payload))
    forged = json.dumps({"discount": 90}).encode()
    forged_cookie = f"{base64_encode(forged).decode()}.{rest}"

    def discount_seen(value):
        with app.test_request_context(headers={"Cookie": f"session={value}"}):
            return session.get("discount")

    assert key("flask-session-readable") == "b"
    assert read == {"discount": 10}
    assert discount_seen(cookie) == 10
    assert discount_seen(forged_cookie) is None


def test_key_flask_test_client_needs(tmp_path, monkeypatch):
    module = load_stem("flask-test-client-needs", tmp_path)

    def no_network(*arguments, **named):
        raise AssertionError("the test client used the network")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.socket.bind", no_network)

    module.test_ping()

    assert key("flask-test-client-needs") == "d"


class _HiddenFields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.values = {}

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.values[found["name"]] = found.get("value", "")


def test_key_flask_wtf_hidden_tag(tmp_path):
    name = "flask-wtf-hidden-tag"
    template = stem_templates(name)["templates/join.html"]

    def answer_with(line, folder):
        module = load_stem(name, folder)
        write(folder / "templates" / "join.html", template.replace("</form>", f"  {line}\n</form>"))
        client = module.app.test_client()
        page = _HiddenFields()
        page.feed(client.get("/join").text)
        return client.post("/join", data={"nickname": "Leilani", **page.values}).text

    for code in ["without", *codes(name)]:
        (tmp_path / code).mkdir()
    assert "<form" in answer_with("", tmp_path / "without")
    right = [code for code in codes(name) if answer_with(option(name, code), tmp_path / code) == "Welcome"]

    assert right == [key(name)]


def test_key_flask_sqlalchemy_commit(tmp_path):
    name = "flask-sqlalchemy-commit"
    module = load_stem(name, tmp_path)
    with module.app.app_context():
        module.db.create_all()
    client = module.app.test_client()

    added = client.post("/people/Mehmet")
    counted = client.get("/people")

    assert (added.status_code, added.text) == (200, "Added")
    assert counted.status_code == 200
    assert [code for code in codes(name) if option(name, code) == counted.text] == [key(name)]


def test_key_flask_sql_parameters():
    name = "flask-sql-parameters"
    names = ["Ana", "O'Neill", 'Siân "Sunny" Rhys', "back\\slash", "50 %"]
    attacks = ["' OR 1=1 --", "\\' OR 1=1 --", "x' UNION SELECT id FROM user --"]
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)")
    db.executemany("INSERT INTO user (name) VALUES (?)", [(each,) for each in names])

    def found(code, text):
        try:
            return eval(option(name, code).strip(), {"db": db, "name": text}).fetchall()
        except sqlite3.Error as error:
            return error

    finds_all = {
        code
        for code in codes(name)
        if all(found(code, each) == [(number,)] for number, each in enumerate(names, start=1))
    }
    holds = {code for code in codes(name) if all(found(code, attack) == [] for attack in attacks)}
    db.close()

    assert finds_all == {key(name)}
    assert holds == {key(name)}
