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
    keys,
    load_source,
    load_stem,
    matching,
    only_the_key_holds,
    option,
    stem_python,
    stem_templates,
    write,
)
from tests.questions.starter.programs import run


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

    assert discount_seen(cookie) == 10
    is_read, is_changed = read == {"discount": 10}, discount_seen(forged_cookie) == 90
    only_the_key_holds(
        "flask-session-readable",
        {
            "encrypted": not is_read and not is_changed,
            "Read it, but not change it": is_read and not is_changed,
            "Read it and change it": is_read and is_changed,
            "only an id": "discount" not in read,
        },
    )


def test_key_flask_test_client_needs(tmp_path, monkeypatch):
    module = load_stem("flask-test-client-needs", tmp_path)
    used = []

    def note(*arguments, **named):
        used.append(arguments)
        raise OSError("nothing else is running")

    with monkeypatch.context() as patched:
        for way in ("socket.socket.connect", "socket.socket.bind", "subprocess.Popen.__init__", "os.fork"):
            patched.setattr(way, note)
        module.test_ping()

    only_the_key_holds(
        "flask-test-client-needs",
        {
            "The development server": used != [],
            "A web browser": used != [],
            "A WSGI server": used != [],
            "Nothing": used == [],
        },
    )


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
    given = {}
    exec(stem_python(name), given)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)")
    db.executemany("INSERT INTO user (name) VALUES (?)", [(each,) for each in names])

    def found(code, text):
        try:
            return eval(option(name, code).strip(), given | {"db": db, "name": text}).fetchall()
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


def test_key_flask_test_response_json(tmp_path):
    name = "flask-test-response-json"
    response = load_stem(name, tmp_path).response

    def gives_three(expression):
        try:
            return eval(expression, {"response": response}) == 3
        except TypeError:
            return False

    assert matching(name, gives_three) == keys(name)


def test_key_flask_cli_command(tmp_path):
    name = "flask-cli-command"
    write(tmp_path / "shop.py", stem_python(name))

    assert matching(name, lambda command: run(command, tmp_path).stdout.strip() == "Jambo") == keys(name)


def test_key_flask_get_or_404(tmp_path):
    name = "flask-get-or-404"
    stem = stem_python(name)

    def is_right(expression):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        module = load_source(stem.replace("person = ...", f"person = {expression}"), folder)
        with module.app.app_context():
            module.db.create_all()
            module.db.session.add_all([module.Person(name="Ilse"), module.Person(name="Mehmet")])
            module.db.session.commit()
        client = module.app.test_client()
        return client.get("/people/2").text == "Mehmet" and client.get("/people/3").status_code == 404

    assert matching(name, is_right) == keys(name)
