"""Keys of the intermediate level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing

from flask import url_for
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    load_source,
    load_stem,
    only_the_key_holds,
    option,
    question,
    stem_python,
    write,
)
from tests.questions.starter.programs import fetch, served
from tests.questions.starter.stems import printed


def test_key_flask_before_request_returns(tmp_path):
    module = load_stem("flask-before-request-returns", tmp_path)
    called = []
    module.app.view_functions["menu"] = lambda: called.append("menu") or "Menu"

    response = module.app.test_client().get("/menu")

    answer = (response.text, response.status_code)
    only_the_key_holds(
        "flask-before-request-returns",
        {
            "is ignored": answer == ("Menu", 200),
            "the hook the status": answer == ("Menu", 503),
            "the view runs": answer == ("We are closed", 503) and called == ["menu"],
            "the view is not called": answer == ("We are closed", 503) and called == [],
        },
    )


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

    only_the_key_holds(
        "flask-g-lifetime",
        {
            "a `g` of its own": answers == ["1", "1", "1"] and seen_elsewhere == [1, 1, 1],
            "as long as the process": answers[2] == "3",
            "the client's session": answers[2] == "3",
            # Another function of the same request sees the value.
            "a local copy": answers[2] == "1" and 1 not in seen_elsewhere,
        },
    )


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

    of_the_blueprint = response.is_json and "error" in response.json
    only_the_key_holds(
        "flask-blueprint-404",
        {
            "the path starts with": of_the_blueprint,
            "no other handler": of_the_blueprint,
            "A redirect": response.status_code in {302, 307, 308},
            "Flask's own HTML page": (response.status_code, response.mimetype) == (404, "text/html"),
        },
    )


def test_key_flask_after_request_return(tmp_path):
    write(tmp_path / "shop.py", stem_python("flask-after-request-return"))

    with served("flask --app shop run", tmp_path) as address:
        answer = fetch(f"{address}/")

    only_the_key_holds(
        "flask-after-request-return",
        {
            "`Welcome`, with the": answer.text == "Welcome" and answer.headers["X-Office"] == "Nairobi",
            "`Welcome`, without the": answer.text == "Welcome" and answer.headers["X-Office"] is None,
            "An empty page": answer.status < 400 and answer.text == "",
            "A server error": answer.status == 500,
        },
    )


def test_key_flask_g_two_contexts():
    shown = printed(stem_python("flask-g-two-contexts")).split()

    only_the_key_holds(
        "flask-g-two-contexts",
        {
            "First `7`, then `None`": shown == ["7", "None"],
            "First `7`, then `7`": shown == ["7", "7"],
            "First `None`, then `None`": shown == ["None", "None"],
            "Nothing; `g` raises": "RuntimeError" in shown,
        },
    )


def test_key_flask_config_prefixed_env(tmp_path, monkeypatch):
    name = "flask-config-prefixed-env"
    (settings,) = blocks(question(name).stem, "bash")
    for line in settings.splitlines():
        monkeypatch.setenv(*line.removeprefix("export ").split("="))
    app = load_stem(name, tmp_path).app

    got = app.test_client().get("/next").text

    only_the_key_holds(
        name,
        {
            "`51`": got == "51",
            "`21`": got == "21",
            "was read as text": isinstance(app.config["PAGE_SIZE"], str),
            "there is no setting": "PAGE_SIZE" not in app.config,
        },
    )


def test_key_flask_teardown_after_error(tmp_path):
    module = load_stem("flask-teardown-after-error", tmp_path)

    response = module.app.test_client().get("/total")

    failed = response.status_code == 500 and "Sorry" not in response.text
    only_the_key_holds(
        "flask-teardown-after-error",
        {
            "`close` is skipped": failed and module.closed == [],
            "gets `Sorry`": (response.status_code, response.text) == (503, "Sorry"),
            "`close` is called, and the client gets a page": failed and module.closed == ["till"],
            # The application is still there, so nothing has stopped.
            "only when the server stops": failed and module.closed == [],
        },
    )


def test_key_flask_factory_why(tmp_path, monkeypatch):
    name = "flask-factory-why"
    monkeypatch.chdir(tmp_path)
    shop_source, test_source = blocks(question(name).stem, "python")
    shop = load_source(shop_source, tmp_path, "shop")
    monkeypatch.setitem(sys.modules, "shop", shop)
    steps = {}
    exec(test_source, steps)

    steps["test_sell"]()

    shop.db.close()

    def sales(database):
        with closing(sqlite3.connect(database)) as db:
            tables = db.execute("SELECT name FROM sqlite_master").fetchall()
            return db.execute("SELECT item FROM sale").fetchall() if tables else []

    in_file = sales(tmp_path / "shop.db") == [("tea",)]
    only_the_key_holds(
        name,
        {
            "in memory": not in_file and sales(":memory:") == [("tea",)],
            "a new file": (tmp_path / ":memory:").exists(),
            "Nowhere": not in_file,
            "Into `shop.db`": in_file,
        },
    )


def test_key_flask_instance_folder(tmp_path):
    name = "flask-instance-folder"
    euro, shilling = re.findall(r'`(CURRENCY = "[A-Z]+")`', question(name).stem)
    write(tmp_path / "settings.py", euro)
    write(tmp_path / "instance" / "settings.py", shilling)

    currency = load_stem(name, tmp_path).app.config.get("CURRENCY")

    only_the_key_holds(
        name,
        {
            '"UGX"': currency == "UGX",
            '"EUR"': currency == "EUR",
            "two files of one name": currency is None,
            "by its whole path": currency is None,
        },
    )
