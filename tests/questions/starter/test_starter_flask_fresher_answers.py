"""Model answers of the interviews with freshers: their code does what the text beside it says."""

from __future__ import annotations

import importlib
import sys
from types import SimpleNamespace
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from flask import Flask, render_template, session, url_for
from werkzeug.routing import BuildError

from tests.questions.starter.flask_answers import answer, load_answer, write_template
from tests.questions.starter.flask_stems import write


def test_answer_what_flask_is_sends_text_and_json(tmp_path):
    client = load_answer("flask-open-what-flask-is", tmp_path).app.test_client()

    page, stop, unknown = client.get("/"), client.get("/stops/7"), client.get("/timetable")

    assert (page.mimetype, page.text) == ("text/html", "<h1>Bus times</h1>")
    assert (stop.mimetype, stop.json["stop"]) == ("application/json", 7)
    assert unknown.status_code == 404


def test_answer_wsgi_place_keeps_to_the_agreement(tmp_path):
    module = load_answer("flask-open-wsgi-place", tmp_path)
    environ, started = {"QUERY_STRING": ""}, []
    setup_testing_defaults(environ)

    def start(status, headers, exc_info=None):
        started.append(status)
        return [].append

    body = validator(module.application)(environ, start)

    assert (b"".join(body), started) == (b"Hello", ["200 OK"])
    body.close()


def test_answer_minimal_application_escapes_the_name(tmp_path):
    client = load_answer("flask-open-minimal-application", tmp_path).app.test_client()

    assert client.get("/").text == "Hello"
    assert client.get("/hello/Yusuf").text == "Hello Yusuf"
    assert client.get("/hello/<img onerror=run()>").text == "Hello &lt;img onerror=run()&gt;"
    assert client.get("/hello").status_code == 404


def test_answer_routes_declared_prefers_the_more_particular_rule(tmp_path):
    app = load_answer("flask-open-routes-declared", tmp_path).app
    client = app.test_client()

    assert client.get("/books/2").text == "Snow Country"
    assert [client.get(path).status_code for path in ("/books/9", "/books/two", "/films")] == [404, 404, 404]
    assert client.post("/books/2").status_code == 405
    assert client.get("/books/new").text == "Nothing new this week"


def test_answer_routes_declared_order_does_not_decide():
    app = Flask("starter_questions")
    app.add_url_rule("/books/<title>", "title", lambda title: "Title")
    app.add_url_rule("/books/new", "new", lambda: "New")

    assert app.test_client().get("/books/new").text == "New"


def test_answer_jinja_role_shows_scripts_as_text(tmp_path):
    app = load_answer("flask-open-jinja-role", tmp_path).app
    write_template("flask-open-jinja-role", tmp_path, "comments.html")

    page = app.test_client().get("/comments").text

    assert "<p>Good soup</p>" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_answer_dynamic_page_shows_one_book_or_404(tmp_path):
    app = load_answer("flask-open-dynamic-page", tmp_path).app
    write_template("flask-open-dynamic-page", tmp_path, "book.html")
    client = app.test_client()

    assert "You can borrow this book today." in client.get("/books/weep-not-child").text
    assert "Expected back on 3 March." in client.get("/books/kitchen").text
    assert client.get("/books/unknown").status_code == 404


def test_answer_extension_example_refuses_forged_requests(tmp_path):
    app = load_answer("flask-open-extension-example", tmp_path).create_app()
    app.config["SECRET_KEY"] = "test"
    write(tmp_path / "templates" / "form.html", "{{ csrf_token() }}")
    app.add_url_rule("/form", "form", lambda: render_template("form.html"))
    client = app.test_client()

    forged = client.post("/delete-account")
    token = client.get("/form").text
    meant = client.post("/delete-account", data={"csrf_token": token})
    foreign = app.test_client().post("/delete-account", data={"csrf_token": token})

    assert [forged.status_code, meant.status_code, foreign.status_code] == [400, 200, 400]


def test_answer_methods_in_routes_refuses_other_methods(tmp_path):
    client = load_answer("flask-open-methods-in-routes", tmp_path).app.test_client()

    added, refused = client.post("/notes", data={"text": "Call Amir"}), client.delete("/notes")

    assert (added.status_code, client.get("/notes").json) == (201, {"notes": ["Buy rice", "Call Amir"]})
    assert refused.status_code == 405
    assert set(refused.allow) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert client.get("/search?q=rice").json == client.post("/search", data={"q": "RICE"}).json
    assert client.head("/notes").status_code == client.options("/notes").status_code == 200


def test_answer_session_basket_is_each_visitors_own(tmp_path):
    app = load_answer("flask-open-session-basket", tmp_path).app
    app.config["SECRET_KEY"] = "test"
    fatou, jorge = app.test_client(), app.test_client()

    for product in (1, 1, 2, 9):
        fatou.post(f"/basket/{product}")

    assert fatou.get("/basket").json == {"Teapot": 2, "Kettle": 1}
    assert jorge.get("/basket").json == {}


def test_answer_session_basket_needs_a_key_and_notices_no_change_inside():
    app = Flask("starter_questions")

    @app.get("/first")
    def first():
        session["basket"] = {"1": 1}
        return ""

    @app.get("/second")
    def second():
        session["basket"]["2"] = 1
        return ""

    app.add_url_rule("/", "home", lambda: session["basket"])
    client = app.test_client()
    without_key = client.get("/first").status_code
    app.config["SECRET_KEY"] = "test"
    for path in ("/first", "/second"):
        client.get(path)

    assert (without_key, client.get("/").json) == (500, {"1": 1})


def test_answer_several_files_make_one_package(tmp_path, monkeypatch):
    for code in answer("flask-open-several-files"):
        write(tmp_path / code.splitlines()[0].removeprefix("# "), code)
    write(tmp_path / "shop" / "templates" / "home.html", "Welcome")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        app = importlib.import_module("shop").create_app()
        assert app.test_client().get("/").text == "Welcome"
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "shop"]:
            del sys.modules[name]


def test_answer_connect_database_stores_titles_and_no_sql(tmp_path):
    module = load_answer("flask-open-connect-database", tmp_path)
    write(tmp_path / "templates" / "books.html", "{% for book in books %}{{ book.title }};{% endfor %}")
    attack = "x'); DROP TABLE book; --"
    with module.app.app_context():
        module.db.create_all()
    client = module.app.test_client()

    answers = [client.post("/books", data={"title": title}) for title in ("Zorba", attack, " ", "a" * 201)]
    shown = client.get("/books").text
    with module.app.app_context():
        module.db.engine.dispose()

    assert [answer.status_code for answer in answers] == [302, 302, 422, 422]
    assert shown == "Zorba;x&#39;); DROP TABLE book; --;"


def test_answer_blueprints_why_links_within_and_from_outside(tmp_path):
    app = load_answer("flask-open-blueprints-why", tmp_path).create_app()

    assert app.test_client().get("/recipes/").text == '<a href="/recipes/3">Jollof rice</a>'
    with app.test_request_context():
        assert url_for("recipes.show", number=3) == "/recipes/3"


def test_answer_error_handling_tells_three_kinds_apart_without_internals(tmp_path):
    app = load_answer("flask-open-error-handling", tmp_path).app
    app.add_url_rule("/broken", "broken", lambda: {}["db-password"])
    client = app.test_client()

    mistakes = [client.post("/bookings", data={"people": people}) for people in ("4", "four", "")]
    failed = client.get("/broken")

    assert [mistake.status_code for mistake in mistakes] == [200, 422, 422]
    assert [client.get(path).status_code for path in ("/rooms/1", "/rooms/9", "/typo")] == [200, 404, 404]
    assert client.get("/typo").text == client.get("/rooms/9").text
    assert failed.status_code == 500
    assert failed.text.startswith("Something went wrong on our side.")
    assert "db-password" not in failed.text


def test_answer_real_server_believes_one_server_in_front(tmp_path):
    app = load_answer("flask-open-real-server", tmp_path).create_app()
    # The client made up the first address; our own server added the second.
    headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.7", "X-Forwarded-Proto": "https"}

    seen = app.test_client().get("/seen", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})

    assert seen.json == {"address": "203.0.113.7", "secure": True}
    assert (app.config["SESSION_COOKIE_SECURE"], app.config["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")


def test_answer_url_for_reasons_hold(tmp_path):
    app = load_answer("flask-open-url-for-reasons", tmp_path).app
    app.add_url_rule("/tags/<name>", "tag", lambda name: name)
    (link,) = answer("flask-open-url-for-reasons", "jinja")
    item = SimpleNamespace(id=42, name="Lamp")

    with app.test_request_context():
        plain = app.jinja_env.from_string(link).render(item=item)
        encoded = url_for("tag", name="sale? 50 %")
        with pytest.raises(BuildError):
            url_for("show_itme", item_id=42)
        with pytest.raises(BuildError):
            url_for("show_item")
    with app.test_request_context(base_url="https://example.org/intranet"):
        prefixed = url_for("show_item", item_id=42)

    assert plain == '<a href="/shop/items/42">Lamp</a>'
    assert encoded == "/tags/sale%3F%2050%20%25"
    assert app.test_client().get(encoded).text == "sale? 50 %"
    assert prefixed == "/intranet/shop/items/42"
