"""Model answers of the level intermediate: their code does what the text beside it promises."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template, request, session
from sqlalchemy import event

from tests.questions.starter.flask_stems import blocks, load_source, question, write

HTTPS = "https://shop.example"


def _answer(external_id, language="python"):
    return blocks(question(external_id).model_answer, language)


def _load(external_id, folder, block=0):
    return load_source(_answer(external_id)[block], folder)


class Store(dict):
    """As much of Redis as the answers use."""

    def set(self, key, value, ex):
        self[key] = value

    def incr(self, key):
        self[key] = int(self.get(key, 0)) + 1
        return self[key]

    def pipeline(self):
        return Pipeline(self)


class Pipeline:
    def __init__(self, store):
        self.store = store
        self.results = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def incr(self, key):
        self.results.append(self.store.incr(key))

    def expire(self, key, seconds):
        self.results.append(True)

    def execute(self):
        return self.results


def test_answer_wtf_forms_wants_token_and_shows_mistakes(tmp_path):
    app = _load("flask-open-wtf-forms", tmp_path).app
    app.config["SECRET_KEY"] = "test"
    (template,) = _answer("flask-open-wtf-forms", "jinja")
    write(tmp_path / "templates" / "booking.html", template)
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/booking").text)[1]
    booking = {"name": "<Mei>", "guests": "8", "terrace": "y"}

    foreign = client.post("/booking", data=booking)
    wrong = client.post("/booking", data={**booking, "csrf_token": token})
    right = client.post("/booking", data={**booking, "guests": "4", "csrf_token": token})

    assert [foreign.status_code, wrong.status_code, right.status_code] == [400, 422, 302]
    assert "The terrace has tables for six at most." in wrong.text
    assert 'value="&lt;Mei&gt;"' in wrong.text
    assert 'aria-describedby="guests-errors"' in wrong.text


def test_answer_large_blueprints_guards_nested_routes(tmp_path):
    app = _load("flask-open-large-blueprints", tmp_path).create_app({"SECRET_KEY": "test"})
    client = app.test_client()

    stranger = client.get("/staff/stock/7")
    with client.session_transaction() as kept:
        kept["is_staff"] = True
    staff = client.get("/staff/stock/7")

    assert stranger.status_code == 403
    assert staff.json == {"product": 7, "self": "/staff/stock/7"}
    assert "staff.stock.product" in app.view_functions


def test_answer_large_blueprints_cannot_grow_after_registration(tmp_path):
    module = _load("flask-open-large-blueprints", tmp_path)
    module.create_app()

    with pytest.raises(AssertionError, match="already been registered"):
        module.stock.get("/late")


def test_answer_caching_strategies_keeps_personal_pages_out(tmp_path):
    module = _load("flask-open-caching-strategies", tmp_path)
    write(tmp_path / "templates" / "products.html", "Products")
    write(tmp_path / "templates" / "account.html", "Account")
    client = module.app.test_client()
    made = []
    store = Store()

    first = client.get("/products")
    again = client.get("/products", headers={"If-None-Match": first.headers["ETag"]})
    values = [module.cached(store, "k", 60, lambda: made.append(1) or {"n": 1}) for _ in range(3)]

    assert (again.status_code, first.cache_control.public, first.cache_control.max_age) == (304, True, 60)
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    assert (values, made) == ([{"n": 1}] * 3, [1])


def _read_session(cookie):
    """What anybody can read in a session cookie, without the key. A leading dot says that it is compressed."""
    part = cookie.removeprefix(".").split(".")[0]
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return json.loads(zlib.decompress(raw) if cookie.startswith(".") else raw)


def test_answer_session_depth_ends_copied_cookies(tmp_path):
    module = _load("flask-open-session-depth", tmp_path)
    app = module.app
    app.config["SECRET_KEY"] = "test"
    app.add_url_rule("/in", "in", lambda: module.start_login(7) or "", methods=["POST"])
    app.add_url_rule("/out", "out", lambda: module.end_login() or "", methods=["POST"])
    app.add_url_rule("/who", "who", lambda: str(module.g.user_id))
    client, thief = app.test_client(), app.test_client()

    header = client.post("/in", base_url=HTTPS).headers["Set-Cookie"]
    cookie = re.match(r"session=([^;]+)", header)[1]
    thief.set_cookie("session", cookie, domain="shop.example", secure=True)
    before = [someone.get("/who", base_url=HTTPS).text for someone in (client, thief)]
    client.post("/out", base_url=HTTPS)
    after = [someone.get("/who", base_url=HTTPS).text for someone in (client, thief)]

    assert (before, after) == (["7", "7"], ["None", "None"])
    assert all(flag in header for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Expires="))
    # Readable without the key, as the answer says.
    assert set(_read_session(cookie)) == {"_permanent", "login"}


def test_answer_session_depth_changes_inside_a_list_are_lost_unless_said():
    app = Flask("lists")
    app.config["SECRET_KEY"] = "test"
    app.add_url_rule("/add", "add", lambda: session["basket"].append(1) or str(len(session["basket"])))
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["basket"] = []

    assert [client.get("/add").text for _ in range(2)] == ["1", "1"]


def test_answer_wsgi_deployment_trusts_one_proxy_and_wants_a_key(tmp_path, monkeypatch):
    monkeypatch.delenv("FLASK_SECRET_KEY", raising=False)
    module = _load("flask-open-wsgi-deployment", tmp_path)
    app = module.create_app({"SECRET_KEY": "x" * 32})
    app.add_url_rule("/me", "me", lambda: {"ip": request.remote_addr, "secure": request.is_secure})
    headers = {"X-Forwarded-For": "10.9.9.9, 203.0.113.5", "X-Forwarded-Proto": "https"}

    assert app.test_client().get("/me", headers=headers).json == {"ip": "203.0.113.5", "secure": True}
    with pytest.raises(RuntimeError, match="FLASK_SECRET_KEY"):
        module.create_app()


@pytest.mark.parametrize("orders", [1, 3])
def test_answer_sqlalchemy_lists_orders_in_a_fixed_number_of_statements(tmp_path, orders):
    module = _load("flask-open-sqlalchemy", tmp_path)
    app = module.create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})
    statements = []
    with app.app_context():
        module.db.create_all()
        for number in range(orders):
            customer = module.Customer(name=f"Customer {number}")
            module.db.session.add(module.Order(cents=100, customer=customer))
        module.db.session.commit()
        engine = module.db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    listed = app.test_client().get("/orders")
    counted = len(statements)
    changed = app.test_client().post("/orders/1/discount/30")

    assert len(listed.json) == orders
    assert counted == 2  # The page, and how many there are.
    assert changed.json == {"id": 1, "cents": 70}
    engine.dispose()


def test_answer_rest_endpoints_answers_by_status(tmp_path):
    client = _load("flask-open-rest-endpoints", tmp_path).app.test_client()

    created = client.post("/notes", json={"text": " Buy rice "})
    address = created.headers["Location"]
    refused = [
        client.post("/notes", data="text"),
        client.post("/notes", data="{", content_type="application/json"),
        client.post("/notes", json={"text": ""}),
        client.post("/notes", json=["text"]),
        client.get("/notes/9"),
        client.delete("/notes"),
    ]

    assert (created.status_code, client.get(address).json) == (201, {"id": 1, "text": "Buy rice"})
    assert client.put(address, json={"text": "Buy tea"}).json["text"] == "Buy tea"
    assert client.get("/notes").json == {"notes": [{"id": 1, "text": "Buy tea"}], "next": None}
    assert [answer.status_code for answer in refused] == [415, 400, 422, 422, 404, 405]
    assert all({"error", "detail"} == set(answer.json) for answer in refused)
    assert [client.delete(address).status_code, client.get(address).status_code] == [204, 404]


def test_answer_signals_reach_the_listener(tmp_path):
    app = _load("flask-open-signals", tmp_path).app

    assert app.test_client().post("/orders/7").status_code == 201
    assert app.config["MAILS"] == [7]


def test_answer_cli_commands_purge_what_is_old(tmp_path):
    app = _load("flask-open-cli-commands", tmp_path).create_app()
    now = datetime.now(UTC)
    app.config["BASKETS"] = {1: now - timedelta(days=61), 2: now - timedelta(days=59)}
    runner = app.test_cli_runner()

    refused = runner.invoke(args=["baskets", "purge", "--days", "0"])
    tried = runner.invoke(args=["baskets", "purge", "--days", "60", "--dry-run"])
    kept = set(app.config["BASKETS"])
    done = runner.invoke(args=["baskets", "purge", "--days", "60"])

    assert (refused.exit_code, "--days" in refused.output) == (2, True)
    assert (tried.output, kept) == ("Would delete 1 baskets.\n", {1, 2})
    assert (done.output, set(app.config["BASKETS"])) == ("Deleted 1 baskets.\n", {2})


def test_answer_rest_extension_changes_named_fields_only(tmp_path):
    client = _load("flask-open-rest-extension", tmp_path).app.test_client()

    changed = client.patch("/rooms/1", json={"seats": 14})
    refused = [client.patch("/rooms/1", json=body) for body in ({"id": 2}, {"seats": True}, {"seats": 0}, [])]

    assert changed.json == {"id": 1, "name": "Baobab", "seats": 14}
    assert [answer.status_code for answer in refused] == [422] * 4
    assert client.get("/rooms/2").status_code == 404


def test_answer_rate_limiting_counts_accounts_and_addresses(tmp_path):
    module = _load("flask-open-rate-limiting", tmp_path)
    module.app.extensions["redis"] = Store()
    module.time = type("Clock", (), {"time": staticmethod(lambda: 1_000_000.0)})
    client = module.app.test_client()

    one_account = [client.post("/login", data={"email": "li@example.org"}) for _ in range(6)]
    others = [client.post("/login", data={"email": f"{n}@example.org"}).status_code for n in range(15)]

    assert [answer.status_code for answer in one_account] == [422] * 5 + [429]
    assert one_account[-1].headers["Retry-After"] == "60"
    assert others == [422] * 14 + [429]
    assert not module.over_limit(Store({"limit:x:0": 5}), "x", limit=5, seconds=60, now=60.0)


def test_answer_static_cost_changes_the_address_with_the_content(tmp_path):
    app = _load("flask-open-static-cost", tmp_path).app
    write(tmp_path / "static" / "site.css", "body {}")
    client = app.test_client()

    def address():
        with app.test_request_context():
            return app.url_for("static", filename="site.css")

    first = address()
    write(tmp_path / "static" / "site.css", "body { margin: 0 }")
    os.utime(tmp_path / "static" / "site.css", (1, 1))
    with closing(client.get(first)) as kept, closing(client.get("/static/site.css")) as plain:
        assert first != address()
        assert re.fullmatch(r"/static/site\.css\?v=[0-9a-f]{12}", first)
        assert (kept.cache_control.max_age, kept.cache_control.immutable) == (31536000, True)
        assert plain.headers["Cache-Control"] == "no-cache"


def test_answer_template_inheritance_fills_three_levels(tmp_path):
    for name, code in zip(
        ("base.html", "staff.html", "visits.html"),
        _answer("flask-open-template-inheritance", "jinja"),
        strict=True,
    ):
        write(tmp_path / "templates" / name, code)
    write(tmp_path / "templates" / "macros.html", "{% macro badge(state) %}<b>{{ state }}</b>{% endmacro %}")
    app = Flask("clinic", root_path=str(tmp_path))

    with app.test_request_context():
        shown = render_template("visits.html", visits=[{"name": "Ravi", "state": "open"}])

    assert "<title>Visits, staff</title>" in shown
    assert '<a href="/">Home</a>' in shown
    assert '<nav aria-label="Staff">' in shown
    assert "<li>Ravi <b>open</b></li>" in shown


def test_answer_localisation_prefers_the_persons_choice(tmp_path):
    module = _load("flask-open-localisation", tmp_path)
    module.app.config["SECRET_KEY"] = "test"
    module.app.add_url_rule("/", "home", module.select_language)
    client = module.app.test_client()
    swahili = {"Accept-Language": "fr, sw;q=0.8, en;q=0.5"}

    by_browser = client.get("/", headers=swahili)
    client.post("/language/ja")
    client.post("/language/xx")
    by_choice = client.get("/", headers=swahili)

    assert (by_browser.text, by_choice.text) == ("sw", "ja")
    assert client.get("/", headers={"Accept-Language": "fr"}).text == "ja"
    assert "Accept-Language" in by_browser.headers["Vary"]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("0123456789abcdef", True), ("short", False), ("a b c d e f g h", False), ("x" * 65, False)],
)
def test_answer_production_logs_takes_harmless_ids_only(tmp_path, given, is_kept):
    module = _load("flask-open-production-logs", tmp_path)

    answer = module.app.test_client().get("/nowhere", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert re.fullmatch(r"[\w-]{8,64}", answer.headers["X-Request-ID"])


def test_answer_production_logs_write_one_line(tmp_path):
    module = _load("flask-open-production-logs", tmp_path)
    record = logging.makeLogRecord({"msg": "first\n%s", "args": ('forged "line"',), "levelname": "INFO"})

    with module.app.test_request_context(headers={"X-Request-ID": "0123456789"}):
        module.begin()
        line = module.JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == 'first\nforged "line"'
    assert json.loads(line)["request"] == "0123456789"


def test_answer_sending_email_refuses_headers_of_a_visitor(tmp_path):
    module = _load("flask-open-sending-email", tmp_path)
    for ending in ("txt", "html"):
        write(tmp_path / "templates" / "mail" / f"confirmation.{ending}", "Dear {{ booking.name }}")
    app = Flask("mail", root_path=str(tmp_path))
    booking = {"name": "O'Neill & <Sons>", "email": "guest@example.org"}

    with app.app_context():
        message = module.write_confirmation(booking, sender="tables@tables.example")
        with pytest.raises(ValueError, match="linefeed"):
            module.write_confirmation(
                {**booking, "name": "Eve\nBcc: all@example.org"}, sender="t@tables.example"
            )

    plain, html = (part.get_content().strip() for part in message.iter_parts())
    assert (plain, html) == ("Dear O'Neill & <Sons>", "Dear O&#39;Neill &amp; &lt;Sons&gt;")
    assert message["Subject"] == "Your table, O'Neill & <Sons>"


def test_answer_single_page_serves_front_end_and_api(tmp_path):
    write(tmp_path / "built" / "index.html", "<div id=app></div>")
    write(tmp_path / "built" / "app.js", "run()")
    write(tmp_path / "secret.txt", "secret")
    module = _load("flask-open-single-page", tmp_path)
    app = module.create_app({"SECRET_KEY": "test", "FRONT_END": tmp_path / "built"})
    client = app.test_client()
    token = client.get("/api/me").json["csrf_token"]

    texts = {}
    for path in ("/", "/orders/7", "/app.js", "/../secret.txt", "/%2e%2e/secret.txt"):
        with closing(client.get(path)) as answer:
            texts[path] = answer.text
    unknown = client.get("/api/typo")
    foreign = client.post("/api/orders")
    own = client.post("/api/orders", headers={"X-CSRFToken": token})

    assert texts.pop("/app.js") == "run()"
    assert set(texts.values()) == {"<div id=app></div>"}
    assert [unknown.status_code, foreign.status_code, own.status_code] == [404, 400, 201]
    assert (unknown.json["error"], foreign.json["error"]) == ("Not Found", "Bad Request")


def test_answer_settings_environments_refuses_wrong_ones(tmp_path, monkeypatch):
    module = _load("flask-open-settings-environments", tmp_path)
    key = {"SECRET_KEY": "x" * 32}
    monkeypatch.setenv("SHOP_PAGE_SIZE", "20")
    monkeypatch.setenv("SHOP_MAIL__HOST", "mail.example")

    config = module.create_app(key).config
    with pytest.raises(RuntimeError, match="SECRET_KEY must have"):
        module.create_app()
    monkeypatch.setenv("SHOP_SESSION_COOKIE_SECURE", "False")
    with pytest.raises(RuntimeError, match="SESSION_COOKIE_SECURE must be true or false"):
        module.create_app(key)
    monkeypatch.setenv("SHOP_SESSION_COOKIE_SECURE", "false")

    assert (config["PAGE_SIZE"], config["MAIL"]) == (20, {"HOST": "mail.example"})
    assert module.create_app(key).config["SESSION_COOKIE_SECURE"] is False
