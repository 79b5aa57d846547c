"""Model answers of the interviews with juniors: their code does what the text beside it says."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace

import pytest
from flask import Flask, g, render_template, session, url_for
from werkzeug.debug import DebuggedApplication
from werkzeug.routing import BuildError
from werkzeug.test import Client

from tests.questions.starter.flask_answers import answer, load_answer, signed_in, write_template
from tests.questions.starter.flask_stems import load_source, write


def test_answer_route_analogy_has_a_name_of_its_own(tmp_path):
    app = load_answer("flask-open-route-analogy", tmp_path).app
    client = app.test_client()

    assert client.get("/parcels/7/status").text == "Parcel 7 is on its way."
    assert client.get("/parcels/blue/status").status_code == 404
    assert client.post("/parcels/7/status").status_code == 405
    with app.test_request_context():
        assert url_for("parcel_status", number=7) == "/parcels/7/status"
        with pytest.raises(BuildError):
            url_for("tell_status", number=7)


def test_answer_smallest_page_passes_its_own_test(tmp_path):
    module = load_answer("flask-open-smallest-page", tmp_path)

    module.test_home_shows_high_water()

    module.PAGE = "<!doctype html><title>Tide times</title>"
    with pytest.raises(AssertionError):
        module.test_home_shows_high_water()


def test_answer_form_to_view_checks_what_the_form_cannot(tmp_path):
    client = load_answer("flask-open-form-to-view", tmp_path).app.test_client()
    address = "/courses/5/registrations"

    full = client.post(address, data={"name": "Mei", "day": ["sat", "sun"], "news": "yes"})
    few = client.post(address, data={"name": "Mei", "day": "sun"})
    wrong = [{"name": "", "day": "sat"}, {"name": "Mei"}, {"name": "Mei", "day": ["sat", "mon"]}, {}]

    assert full.json == {"course": 5, "name": "Mei", "days": ["sat", "sun"], "news": True}
    assert few.json == {"course": 5, "name": "Mei", "days": ["sun"], "news": False}
    assert [client.post(address, data=data).status_code for data in wrong] == [422] * 4


def test_answer_form_to_view_says_what_a_missing_field_does():
    app = Flask("starter_questions")

    with app.test_request_context(method="POST", data={"day": ["sat", "sun"]}) as context:
        assert context.request.form["day"] == "sat"
        with pytest.raises(KeyError) as raised:
            context.request.form["name"]

    assert raised.value.code == 400


def test_answer_debug_mode_shows_the_traceback_to_everybody(tmp_path):
    app = load_answer("flask-open-debug-mode", tmp_path).app
    resource = "/?__debugger__=yes&cmd=resource&f=debugger.js"
    plain = app.test_client()

    quiet, checked = plain.get("/average"), plain.get(resource)
    app.debug = True
    debugger = Client(DebuggedApplication(app, evalex=True, pin_logging=False))
    loud, found = debugger.get("/average"), debugger.get(resource)

    assert quiet.status_code == loud.status_code == 500
    assert "ZeroDivisionError" not in quiet.text
    assert "ZeroDivisionError" in loud.text
    # The source code is shown before anybody has given the PIN.
    assert "sum(prices) / len(prices)" in loud.text
    assert (checked.status_code, found.status_code) == (404, 200)
    assert found.mimetype.endswith("/javascript")
    found.close()


def test_answer_stylesheet_is_found_on_every_page(tmp_path):
    app = load_answer("flask-open-stylesheet", tmp_path).app
    write(tmp_path / "static" / "site.css", "body {}")
    (link,) = answer("flask-open-stylesheet", "jinja")

    with app.test_request_context("/orders/5"):
        shown = app.jinja_env.from_string(link).render(config=app.config).strip()
    with app.test_request_context("/orders/5", base_url="https://example.org/intranet"):
        prefixed = app.jinja_env.from_string(link).render(config=app.config)
    sent = app.test_client().get("/static/site.css?v=2f1c9e")

    assert shown == '<link rel="stylesheet" href="/static/site.css?v=2f1c9e">'
    assert 'href="/intranet/static/site.css' in prefixed
    assert (sent.status_code, sent.cache_control.no_cache is not None) == (200, True)
    assert sent.headers["ETag"]
    sent.close()


def test_answer_http_methods_each_keep_their_promise(tmp_path):
    client = load_answer("flask-open-http-methods-each", tmp_path).app.test_client()

    made = client.post("/notes", json={"text": "Water the fig"})
    again = client.post("/notes", json={"text": "Water the fig"})
    replaced = [client.put("/notes/1", json={"text": "Rest", "done": True}) for _ in range(2)]
    changed = client.patch("/notes/1", json={"done": False})
    removed = [client.delete("/notes/1") for _ in range(2)]

    assert (made.status_code, made.headers["Location"], again.headers["Location"]) == (
        201,
        "/notes/1",
        "/notes/2",
    )
    assert replaced[0].json == replaced[1].json == {"text": "Rest", "done": True}
    assert changed.json == {"text": "Rest", "done": False}
    assert [answer.status_code for answer in removed] == [204, 204]
    assert client.get("/notes/1").status_code == client.put("/notes/1", json={}).status_code == 404
    assert client.head("/notes/2").status_code == client.options("/notes/2").status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"text": 7}, {"text": None}, "text"])
def test_answer_http_methods_each_refuses_wrong_bodies(body, tmp_path):
    module = load_answer("flask-open-http-methods-each", tmp_path)

    assert module.app.test_client().post("/notes", json=body).status_code == 422
    assert module.notes == {}


def test_answer_value_from_url_is_no_permission(tmp_path):
    app = load_answer("flask-open-value-from-url", tmp_path).app
    olena = signed_in(app, user="olena")

    assert olena.get("/invoices/17?page=2").json == {"lines": ["Lime"]}
    for page in ("", "?page=two", "?page=0", "?page=-3"):
        assert olena.get(f"/invoices/17{page}").json == {"lines": ["Bricks", "Sand"]}
    hidden = [olena.get(f"/invoices/{number}").status_code for number in ("18", "99", "abc", "-1")]
    assert hidden == [404] * 4
    assert app.test_client().get("/invoices/17").status_code == 404


def test_answer_url_for_uses_refuses_false_hosts(tmp_path):
    module = load_answer("flask-open-url-for-uses", tmp_path)
    module.app.add_url_rule("/mail", "mail", lambda: module.link_for_mail("t0ken"))
    client = module.app.test_client()

    led = client.get("/tea", base_url="https://shop.example")
    meant = client.get("/mail", base_url="https://shop.example")
    false = client.get("/mail", base_url="https://evil.example")
    module.app.config["TRUSTED_HOSTS"] = None
    believed = client.get("/mail", base_url="https://evil.example")

    assert led.headers["Location"] == "/products?kind=green+tea&page=2#list"
    assert meant.text == "https://shop.example/new-password/t0ken"
    assert (false.status_code, "t0ken" in false.text) == (400, False)
    assert believed.text == "https://evil.example/new-password/t0ken"
    with module.app.app_context(), pytest.raises(RuntimeError, match="SERVER_NAME"):
        module.link_for_mail("t0ken")


def test_answer_static_files_sends_invoices_to_their_owner_only(tmp_path):
    module = load_answer("flask-open-static-files", tmp_path)
    write(module.INVOICES / "2024-17.pdf", "%PDF")
    write(tmp_path / "static" / "site.css", "body {}")
    olena, kofi = signed_in(module.app, user="olena"), signed_in(module.app, user="kofi")
    stranger = module.app.test_client()

    sent = olena.get("/invoices/2024-17.pdf")
    refused = [client.get("/invoices/2024-17.pdf").status_code for client in (kofi, stranger)]
    public = stranger.get("/static/site.css")

    assert (sent.data, sent.headers["Content-Disposition"]) == (b"%PDF", "attachment; filename=2024-17.pdf")
    assert (refused, public.status_code) == ([404, 404], 200)
    sent.close()
    public.close()


@pytest.mark.parametrize("name", ["../secret.txt", "../../secret.txt", "a/../../secret.txt"])
def test_answer_static_files_do_not_lead_out_of_their_folder(name, tmp_path):
    module = load_answer("flask-open-static-files", tmp_path)
    write(tmp_path / "instance" / "secret.txt", "secret")
    write(tmp_path / "secret.txt", "secret")
    module.OWNERS[name] = "olena"

    assert signed_in(module.app, user="olena").get(f"/invoices/{name}").status_code == 404
    assert module.app.test_client().get(f"/static/{name}").status_code == 404


def test_answer_condition_in_template_shows_and_view_decides(tmp_path):
    module = load_answer("flask-open-condition-in-template", tmp_path)
    app = module.app
    write_template("flask-open-condition-in-template", tmp_path, "article.html")
    app.add_url_rule("/log-in", "log_in", lambda: "")
    user = None
    app.before_request(lambda: setattr(g, "user", user))
    app.add_url_rule(
        "/page", "page", lambda: render_template("article.html", user=user, article=SimpleNamespace(number=3))
    )
    client, found = app.test_client(), []

    for user in (None, SimpleNamespace(is_editor=False), SimpleNamespace(is_editor=True)):  # noqa: B007
        page = client.get("/page").text
        words = [word for word in ("Delete</button>", "Only editors", "Log in") if word in page]
        found.append((words, client.post("/articles/3/delete").status_code, list(module.ARTICLES)))

    assert found == [(["Log in"], 401, [3]), (["Only editors"], 403, [3]), (["Delete</button>"], 302, [])]
    assert client.get("/articles/3/delete").status_code == 405


def test_answer_variables_into_template_reach_it_by_name(tmp_path):
    app = load_answer("flask-open-variables-into-template", tmp_path).app
    write_template("flask-open-variables-into-template", tmp_path, "stall.html")
    write(tmp_path / "templates" / "name.html", "{{ site_name }}")
    app.add_url_rule("/own", "own", lambda: render_template("name.html", site_name="Own name"))
    client = app.test_client()

    page = client.get("/stalls/4").text

    assert "<title>Ikaika, Harbour Market</title>" in page
    assert "<p>Open from 7 to 13.</p>" in page
    assert page.count("<li>") == 2
    assert client.get("/own").text == "Own name"


def test_answer_connection_string_is_needed_and_hides_its_password(tmp_path, monkeypatch):
    module = load_answer("flask-open-connection-string", tmp_path)
    monkeypatch.delenv("SHOP_DATABASE_URL", raising=False)

    with pytest.raises(RuntimeError, match="Set SHOP_DATABASE_URL"):
        module.create_app()
    given = module.create_app({"DATABASE_URL": "sqlite://"})
    monkeypatch.setenv("SHOP_DATABASE_URL", "sqlite:///shop.db")
    read = module.create_app()
    address = module.address("shop", "p@ss/word", "db.example", "shop")

    assert (given.config["DATABASE_URL"], read.config["DATABASE_URL"]) == ("sqlite://", "sqlite:///shop.db")
    assert (str(address), repr(address)) == ("postgresql+psycopg://shop:***@db.example/shop",) * 2
    assert "p%40ss%2Fword@db.example" in address.render_as_string(hide_password=False)


def _session_app(key, **config):
    app = Flask("starter_questions")
    app.config.update(SECRET_KEY=key, **config)

    @app.get("/write")
    def write_session():
        session.update(user_id=7, notes="x" * 500)
        return ""

    @app.get("/log-out")
    def log_out():
        session.clear()
        return ""

    app.add_url_rule("/", "home", lambda: dict(session))
    return app


def _cookie(client):
    return client.get_cookie("session").value


def test_answer_session_kept_is_readable_but_not_forgeable(tmp_path):
    module = load_answer("flask-open-session-kept", tmp_path)
    app = _session_app("right")
    client, small = app.test_client(), signed_in(_session_app("right"), user_id=7)
    client.get("/write")
    forger = _session_app("wrong").test_client()
    forger.get("/write")

    read = module.read_without_key(_cookie(client))
    client.set_cookie("session", _cookie(forger))

    assert read == {"user_id": 7, "notes": "x" * 500}
    assert client.get("/").json == {}
    small.get("/write")
    assert _cookie(small).startswith(".")


def test_answer_session_kept_reads_what_is_not_compressed(tmp_path):
    module = load_answer("flask-open-session-kept", tmp_path)
    client = signed_in(_session_app("test"), user_id=7)

    assert not _cookie(client).startswith(".")
    assert module.read_without_key(_cookie(client)) == {"user_id": 7}


def test_answer_session_kept_outlives_log_out_as_a_copy_and_a_change_of_key():
    app = _session_app("old")
    client, thief = app.test_client(), app.test_client()
    client.get("/write")
    copy = _cookie(client)
    client.get("/log-out")
    thief.set_cookie("session", copy)
    changed, followed = _session_app("new"), _session_app("new", SECRET_KEY_FALLBACKS=["old"])

    after = {}
    for name, each in {"changed": changed, "followed": followed}.items():
        visitor = each.test_client()
        visitor.set_cookie("session", copy)
        after[name] = visitor.get("/").json

    assert client.get_cookie("session") is None
    assert thief.get("/").json["user_id"] == 7
    assert (after["changed"], after["followed"]["user_id"]) == ({}, 7)


def test_answer_endpoint_decorator_protects_each_view(tmp_path):
    app = load_answer("flask-open-endpoint", tmp_path).app
    stranger = app.test_client()

    refused = [stranger.get(path).status_code for path in ("/account", "/orders")]
    seen = [signed_in(app, user_id=7).get(path).text for path in ("/account", "/orders")]

    assert (refused, seen) == ([401, 401], ["Your account", "Your orders"])


def test_answer_endpoint_without_wraps_does_not_start(tmp_path):
    (code,) = answer("flask-open-endpoint")

    with pytest.raises(AssertionError, match="overwriting an existing endpoint function: checked"):
        load_source(code.replace("    @wraps(view)\n", ""), tmp_path)


def test_answer_endpoint_decorator_above_the_route_protects_nothing(tmp_path):
    (code,) = answer("flask-open-endpoint")
    right, wrong = '@app.get("/orders")\n@login_required\n', '@login_required\n@app.get("/orders")\n'
    assert right in code

    app = load_source(code.replace(right, wrong), tmp_path).app

    assert app.test_client().get("/orders").text == "Your orders"


def test_answer_wsgi_between_numbers_each_request(tmp_path):
    app = load_answer("flask-open-wsgi-between", tmp_path).app
    client = app.test_client()

    answers = [client.get("/", headers={"X-Request-ID": "made up"}) for _ in range(2)]
    missing = client.post("/none", data={"file": (BytesIO(b"x"), "x")})

    assert [answer.headers["X-Request-ID"] for answer in answers] == [answer.text for answer in answers]
    assert answers[0].text != answers[1].text
    assert (missing.status_code, len(missing.headers["X-Request-ID"])) == (404, 32)
