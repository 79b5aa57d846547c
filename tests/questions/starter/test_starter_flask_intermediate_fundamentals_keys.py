"""Keys of the intermediate level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

import sys

from flask import url_for
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    load_source,
    load_stem,
    option,
    question,
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
