"""Keys of the experienced level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

import asyncio
import queue
import threading
import urllib.request

import pytest
from werkzeug.serving import make_server

from tests.questions.starter.flask_stems import (
    codes,
    key,
    load_stem,
    option,
    question,
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
