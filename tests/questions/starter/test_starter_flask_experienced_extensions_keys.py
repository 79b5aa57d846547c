"""Keys of the experienced level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import itsdangerous
from flask import Flask, session
from sqlalchemy import event
from sqlalchemy.orm.exc import DetachedInstanceError

from tests.questions.starter.flask_stems import (
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


def test_key_flask_signal_return_value(tmp_path):
    module = load_stem("flask-signal-return-value", tmp_path)

    response = module.app.test_client().get("/")

    got = (response.text, response.status_code)
    only_the_key_holds(
        "flask-signal-return-value",
        {
            "`We are closed` with 503": got == ("We are closed", 503),
            "does not run": module.heard == [],
            "`Open` with 200": module.heard == ["refused"] and got == ("Open", 200),
            "raises an error": response.status_code == 500,
        },
    )


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

    only_the_key_holds(
        "flask-extension-state",
        {
            "its own `extensions` entry": answer.text == "Hej",
            "of the current request": answer.text == "Hej",
            "A server error": answer.status_code == 500,
            "replaced `self.app`": (answer.status_code, answer.text) == (200, "Ciao"),
        },
    )


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
    from_afar = thief.get("/account", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    from_there = thief.get("/account", environ_base={"REMOTE_ADDR": "127.0.0.1"})

    assert user.get("/account").status_code == 401
    only_the_key_holds(
        "flask-session-after-logout",
        {
            "`session.clear()` removed": from_there.status_code == 401,
            "the signature of the copy": from_there.status_code == 401,
            "nothing on the server": from_afar.text == from_there.text == "Account 7",
            "from the same address": (from_there.text, from_afar.status_code) == ("Account 7", 401),
        },
    )


def test_key_flask_start_signal_order(tmp_path):
    name = "flask-start-signal-order"
    module = load_stem(name, tmp_path)

    module.app.test_client().get("/")

    shown = ", ".join(f"`{step}`" for step in module.steps)
    only_the_key_holds(name, {option.text: option.text == shown for option in question(name).options})


def test_key_flask_secret_key_fallbacks():
    name = "flask-secret-key-fallbacks"

    def shop(settings):
        app = Flask("shop")
        exec(settings, {"app": app, "OLD": "old-key", "NEW": "new-key"})
        app.add_url_rule("/", "read", lambda: f"{session.get('items')}")
        app.add_url_rule("/add", "add", lambda: f"{session.update(items=session.get('items', 0) + 1)}")
        return app

    def ask(app, path, cookie=None):
        client = app.test_client()
        if cookie:
            client.set_cookie("session", cookie)
        try:
            answer = client.get(path)
        except TypeError:
            return None, None
        now = client.get_cookie("session")
        return answer.text, now and now.value

    old_shop, new_shop = (shop(f"app.config['SECRET_KEY'] = {key}") for key in ("OLD", "NEW"))
    _, basket = ask(old_shop, "/add")
    assert ask(old_shop, "/", basket)[0] == "1"

    def keeps_baskets_and_signs_anew(settings):
        _, fresh = ask(shop(settings), "/add")
        return (
            ask(shop(settings), "/", basket)[0] == "1"
            and fresh is not None
            and ask(old_shop, "/", fresh)[0] == "None"
            and ask(new_shop, "/", fresh)[0] == "1"
        )

    assert matching(name, keeps_baskets_and_signs_anew) == keys(name)


def test_key_flask_signal_weak_reference(tmp_path):
    module = load_stem("flask-signal-weak-reference", tmp_path)
    client = module.app.test_client()
    # Where the interpreter counts references the subscriber is gone already; elsewhere it is gone after this.
    gc.collect()

    for _ in range(3):
        assert client.get("/").text == "Home"
    heard = module.counts["requests"]

    # With the route first, and all else alike, it is the same; with a strong reference it is not.
    stem = stem_python("flask-signal-weak-reference")
    (late,) = (line for line in stem.splitlines(True) if line.startswith("app.add_url_rule"))
    route_first = load_source(stem.replace(late, "").replace("watch(app)\n", f"{late}watch(app)\n"), tmp_path)
    strong = load_source(stem.replace("connect(count, app)", "connect(count, app, weak=False)"), tmp_path)
    for module in (route_first, strong):
        for _ in range(3):
            module.app.test_client().get("/")
    only_the_key_holds(
        "flask-signal-weak-reference",
        {
            "3, as": heard == 3,
            "1, as": heard == 1,
            "a weak reference": heard == 0 and strong.counts["requests"] == 3,
            "before the route": heard == 0 and route_first.counts["requests"] == 3,
        },
    )


def test_key_flask_sqlalchemy_detached(tmp_path, capsys):
    name = "flask-sqlalchemy-detached"
    try:
        load_stem(name, tmp_path)
    except DetachedInstanceError:
        raised = True
    else:
        raised = False
    shown = capsys.readouterr().out.strip()

    only_the_key_holds(
        name,
        {
            "It raises an error": raised,
            "has kept what it was given": shown == "Aroha",
            "opens a new session": shown == "Aroha",
            "It prints `None`": shown == "None",
        },
    )
