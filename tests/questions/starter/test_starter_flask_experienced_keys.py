"""Each key of the experienced level that code can settle, settled by the code of the question."""

from __future__ import annotations

import asyncio
import json
import queue
import subprocess
import sys
import threading
import urllib.request
from html.parser import HTMLParser

import itsdangerous
import pytest
from sqlalchemy import event
from werkzeug.serving import make_server

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    option,
    question,
    render,
    stem_python,
    write,
)


def test_key_flask_hook_order(tmp_path):
    name = "flask-hook-order"
    module = load_stem(name, tmp_path)

    module.app.test_client().get("/")

    shown = ", ".join(f"`{step}`" for step in module.steps)
    assert [found.code for found in question(name).options if found.text == shown] == [key(name)]


def test_key_flask_behind_proxy(tmp_path):
    name = "flask-behind-proxy"

    def answer(addition):
        app = load_stem(name, tmp_path, f"\n\n{addition}").app
        response = app.test_client().get(
            "/whoami",
            base_url="http://127.0.0.1:8000",
            headers={
                "X-Forwarded-For": "203.0.113.9",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "shop.example",
            },
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
        return response.json if response.is_json else response.status_code

    wanted = {"address": "203.0.113.9", "link": "https://shop.example/whoami"}
    assert answer("") == {"address": "127.0.0.1", "link": "http://127.0.0.1:8000/whoami"}
    assert [code for code in codes(name) if answer(option(name, code)) == wanted] == [key(name)]
    # What two of the comments on wrong options claim.
    assert answer(option(name, "b")) == 400
    assert answer(option(name, "d")) == {"address": "127.0.0.1", "link": wanted["link"]}


def test_key_flask_stream_context(tmp_path):
    app = load_stem("flask-stream-context", tmp_path).app

    response = app.test_client().get("/export", query_string={"name": "Zainab"})
    received = response.iter_encoded()

    assert key("flask-stream-context") == "d"
    assert response.status_code == 200
    assert next(received) == b"name\n"
    with pytest.raises(RuntimeError, match="outside of request context"):
        next(received)


def test_key_flask_thread_current_app(tmp_path, monkeypatch):
    module = load_stem("flask-thread-current-app", tmp_path)
    failures = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", failures.put)

    response = module.app.test_client().post("/reports")
    failure = failures.get(timeout=30)

    assert key("flask-thread-current-app") == "b"
    assert (response.status_code, response.text) == (202, "Started")
    assert failure.exc_type is RuntimeError
    assert "outside of application context" in str(failure.exc_value)
    assert module.written == []


def test_key_flask_async_workers(tmp_path, monkeypatch):
    """One sync worker is a single-threaded WSGI server: it takes the next request after this one."""
    module = load_stem("flask-async-workers", tmp_path)
    real_sleep = asyncio.sleep
    at_once = []
    running = []

    async def short_sleep(seconds):
        assert seconds == 2
        running.append(None)
        at_once.append(len(running))
        await real_sleep(0.05)
        running.pop()

    monkeypatch.setattr(asyncio, "sleep", short_sleep)
    server = make_server("127.0.0.1", 0, module.app, threaded=False)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    bodies = []

    def fetch():
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/quote", timeout=30) as answer:
            bodies.append(answer.read())

    clients = [threading.Thread(target=fetch) for _ in range(5)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(timeout=60)
    server.shutdown()
    serving.join(timeout=30)
    server.server_close()

    assert bodies == [b"42 EUR"] * 5
    assert at_once == [1] * 5
    # So 40 requests over 4 workers are 10 rounds of 2 seconds.
    assert option("flask-async-workers", key("flask-async-workers")) == f"{40 // 4 * 2} seconds"


def test_key_jinja_autoescape_extension(tmp_path):
    name = "jinja-autoescape-extension"
    client = load_stem(name, tmp_path).app.test_client()

    body = client.get("/badge", query_string={"name": "<i>Bo</i>"}).text.strip()

    assert [code for code in codes(name) if option(name, code) == body] == [key(name)]


def test_key_jinja_template_from_input(tmp_path):
    name = "jinja-template-from-input"
    client = load_stem(name, tmp_path).app.test_client()

    body = client.get("/hello", query_string={"name": "{{ config.SECRET_KEY }}"}).text

    assert [code for code in codes(name) if option(name, code) == body] == [key(name)]


def test_key_jinja_import_context(tmp_path):
    page = load_stem("jinja-import-context", tmp_path).app.test_client().get("/").text.strip()

    assert key("jinja-import-context") == "a"
    assert page == "<h1>Kifaru Books</h1><p>, since 1998</p>"


class _Dangers(HTMLParser):
    """Whether a browser would run a stranger's script: an element, a handler or an address."""

    def __init__(self):
        super().__init__()
        self.found = False

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or (name == "href" and (value or "").startswith("javascript:")):
                self.found = True
        self.found = self.found or tag == "script"


def test_key_jinja_autoescape_limits():
    name = "jinja-autoescape-limits"
    attempts = [
        "<script>run()</script>",
        '"><script>run()</script>',
        '" onfocus="run()" autofocus="',
        "x onfocus=run() autofocus",
        "javascript:run()",
    ]

    def dangerous(code):
        for attempt in attempts:
            browser = _Dangers()
            browser.feed(render(option(name, code), value=attempt))
            if browser.found:
                return True
        return False

    assert {code for code in codes(name) if dangerous(code)} == keys(name)


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
