"""Keys of the experienced level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import json
import subprocess
import sys

import itsdangerous
from sqlalchemy import event

from tests.questions.starter.flask_stems import (
    codes,
    key,
    load_stem,
    option,
    stem_python,
    write,
)


def test_key_flask_signal_return_value(tmp_path):
    module = load_stem("flask-signal-return-value", tmp_path)

    response = module.app.test_client().get("/")

    assert key("flask-signal-return-value") == "c"
    assert module.heard == ["refused"]
    assert (response.text, response.status_code) == ("Open", 200)


def test_key_flask_sqlalchemy_n_plus_one(tmp_path):
    name = "flask-sqlalchemy-n-plus-one"
    module = load_stem(name, tmp_path)
    statements = []
    with module.app.app_context():
        module.db.create_all()
        for number in range(20):
            author = module.Author(name=f"Author {number}")
            module.db.session.add(module.Book(title=f"Book {number}", author=author))
        module.db.session.commit()
        event.listen(
            module.db.engine,
            "before_cursor_execute",
            lambda connection, cursor, statement, *rest: statements.append(statement),
        )

    response = module.app.test_client().get("/books")

    assert len(response.json) == 20
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    matching = [code for code in codes(name) if option(name, code).split(",")[0] == str(len(selects))]
    assert matching == [key(name)]


FORKED_WORKERS = """
import os
from shop import app

counts = []
for worker in range(4):
    reading, writing = os.pipe()
    if os.fork() == 0:
        client = app.test_client()
        answers = [client.get("/data").status_code for request in range(150)]
        os.write(writing, str(answers.count(200)).encode())
        os._exit(0)
    counts.append(int(os.read(reading, 16)))
    os.wait()
print(counts)
"""


def test_key_flask_limit_per_process(tmp_path):
    name = "flask-limit-per-process"
    write(tmp_path / "shop.py", stem_python(name))
    write(tmp_path / "workers.py", FORKED_WORKERS)

    finished = subprocess.run(
        [sys.executable, "workers.py"], cwd=tmp_path, check=True, capture_output=True, text=True
    )

    counts = json.loads(finished.stdout)
    assert counts == [100, 100, 100, 100]
    matching = [code for code in codes(name) if option(name, code).split(",")[0] == str(sum(counts))]
    assert matching == [key(name)]


def test_key_flask_extension_state(tmp_path):
    module = load_stem("flask-extension-state", tmp_path)

    answer = module.first.test_client().get("/")

    assert key("flask-extension-state") == "d"
    assert (answer.status_code, answer.text) == (200, "Ciao")
    assert option("flask-extension-state", "d") == answer.text


def test_key_flask_session_after_logout(tmp_path, monkeypatch):
    module = load_stem("flask-session-after-logout", tmp_path)
    user, thief = module.app.test_client(), module.app.test_client()
    user.post("/login")
    copied = user.get_cookie("session").value
    user.post("/logout")
    signer = itsdangerous.TimestampSigner
    in_an_hour = signer("unused").get_timestamp() + 3600
    monkeypatch.setattr(signer, "get_timestamp", lambda self: in_an_hour)

    thief.set_cookie("session", copied)
    answer = thief.get("/account", environ_base={"REMOTE_ADDR": "203.0.113.9"})

    assert key("flask-session-after-logout") == "c"
    assert user.get("/account").status_code == 401
    assert (answer.status_code, answer.text) == (200, "Account 7")
