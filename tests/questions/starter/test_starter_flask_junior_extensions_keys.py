"""Keys of the junior level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import json
import sqlite3
from html.parser import HTMLParser

from flask import session
from itsdangerous import base64_decode, base64_encode

from tests.questions.starter.flask_stems import (
    codes,
    key,
    load_stem,
    option,
    stem_templates,
    write,
)


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
