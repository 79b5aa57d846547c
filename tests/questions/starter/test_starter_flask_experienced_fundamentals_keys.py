"""Keys of the experienced level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

import asyncio
import queue
import threading
import urllib.request

from werkzeug.serving import make_server

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    matching,
    only_the_key_holds,
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

    lines = []
    try:
        lines.extend(line.decode() for line in received)
    except RuntimeError as error:
        broken = "outside of request context" in str(error)
    else:
        broken = False
    only_the_key_holds(
        "flask-stream-context",
        {
            "one after the other": lines == ["name\n", "Zainab\n"],
            "Flask's error page": response.status_code == 500,
            "collected before sending": lines == ["name\nZainab\n"],
            "breaks off": (response.status_code, lines, broken) == (200, ["name\n"], True),
        },
    )


def test_key_flask_thread_current_app(tmp_path, monkeypatch):
    module = load_stem("flask-thread-current-app", tmp_path)
    failures = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", failures.put)

    answered = threading.Event()
    build_report, waited = module.build_report, []

    def build_after_the_answer(application):
        if not answered.wait(timeout=10):
            waited.append("for the thread")
        build_report(application)

    module.build_report = build_after_the_answer
    before = set(threading.enumerate())

    response = module.app.test_client().post("/reports")

    started = set(threading.enumerate()) - before
    answered.set()
    for thread in started:
        thread.join(timeout=30)
    failure = failures.get_nowait() if not failures.empty() else None
    accepted = (response.status_code, response.text) == (202, "Started")
    without_context = failure is not None and "outside of application context" in str(failure.exc_value)
    only_the_key_holds(
        "flask-thread-current-app",
        {
            "the thread writes": accepted and module.written == ["stock"],
            "for want of a context": accepted and without_context and module.written == [],
            "cannot be passed on": response.status_code == 500,
            # The thread is held up until the answer is there.
            "only after the thread has ended": waited != [],
        },
    )


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
    # So many requests of one worker are under way at once, which makes so many rounds of 2 seconds for each of 4.
    seconds = 40 // 4 // max(at_once) * 2
    assert matching("flask-async-workers", lambda text: text == f"{seconds} seconds") == keys(
        "flask-async-workers"
    )


def test_key_flask_blueprint_hooks(tmp_path):
    module = load_stem("flask-blueprint-hooks", tmp_path)
    client = module.app.test_client()

    runs = {}
    for path in ("/staff/rota", "/staff/news", "/staff/rotta"):
        module.checked.clear()
        client.get(path)
        runs[path] = len(module.checked)

    for_each = {"/staff/rota": 1, "/staff/news": 1, "/staff/rotta": 1}
    only_the_key_holds(
        "flask-blueprint-hooks",
        {
            "that starts with": runs == for_each,
            "before each request": runs == for_each,
            "that have a route": runs == for_each | {"/staff/rotta": 0},
            "is the blueprint's": runs == {"/staff/rota": 1, "/staff/news": 0, "/staff/rotta": 0},
        },
    )


def test_key_flask_handler_for_exception(tmp_path):
    response = load_stem("flask-handler-for-exception", tmp_path).app.test_client().get("/stok")

    of_the_handler = response.get_json(silent=True) == {"error": "internal"}
    only_the_key_holds(
        "flask-handler-for-exception",
        {
            "`failed`, status 500": of_the_handler and response.status_code == 500,
            "own page, status 404": not of_the_handler and response.status_code == 404,
            "`failed`, status 404": of_the_handler and response.status_code == 404,
            "own page, status 500": not of_the_handler and response.status_code == 500,
        },
    )


def test_key_flask_mounted_url_for(tmp_path):
    module = load_stem("flask-mounted-url-for", tmp_path)

    response = module.site.test_client().get("/shop/cart")

    assert module.shop.config["APPLICATION_ROOT"] == "/"
    only_the_key_holds(
        "flask-mounted-url-for",
        {
            "routes of its own": response.text == "/cart",
            "says where it is mounted": response.text == "/shop/cart",
            "is not set": response.text == "/cart",
            "A 404": response.status_code == 404,
        },
    )
