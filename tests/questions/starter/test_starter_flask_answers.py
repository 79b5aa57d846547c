"""Model answers that an interviewer may read out: their code does what the text beside it says."""

from __future__ import annotations

import io
import sqlite3

import pytest

from tests.questions.starter.flask_stems import blocks, load_source, question, render, write


def _answer(external_id, language="python"):
    return blocks(question(external_id).model_answer, language)


def _load(external_id, folder):
    (code,) = _answer(external_id)
    return load_source(code, folder)


def test_answer_request_walk_greets_and_refuses_empty_name(tmp_path):
    client = _load("flask-open-request-walk", tmp_path).app.test_client()
    write(tmp_path / "templates" / "form.html", "<form>{{ error }}</form>")
    write(tmp_path / "templates" / "greeting.html", "Hello {{ name }}")

    greeted = client.post("/greet", data={"name": " <Ana> "}, follow_redirects=True)
    refused = client.post("/greet", data={"name": " "})

    assert greeted.text == "Hello &lt;Ana&gt;"
    assert greeted.history[0].status_code == 302
    assert (refused.status_code, "Please enter a name." in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("products", "shown"),
    [([{"name": "Kettle", "price": 24.5}], "Kettle: 24.50 €"), ([], "There are no products yet.")],
)
def test_answer_template_page_shows_products_or_says_none(products, shown):
    (template,) = _answer("flask-open-template-page", "jinja")

    assert f"<li>{shown}</li>" in render(template, products=products)


def test_answer_security_basics_finds_products(tmp_path):
    # The block stands inside a list of the answer and is a function of its own.
    module = _load("flask-open-security-basics", tmp_path)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE product (name TEXT)")
    db.execute("INSERT INTO product VALUES ('Chef''s knife')")

    found = module.find_products(db, "f's k")
    attacked = module.find_products(db, "' OR 1=1 --")
    db.close()

    assert (found, attacked) == ([("Chef's knife",)], [])


def test_answer_shared_layout_extends_title(tmp_path):
    base, page = _answer("flask-open-shared-layout", "jinja")
    write(tmp_path / "templates" / "base.html", base)
    write(tmp_path / "templates" / "offers.html", page)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", tmp_path).app
    app.add_url_rule("/", "home", lambda: "")

    with app.test_request_context():
        shown = app.jinja_env.get_template("offers.html").render()

    assert "<title>Offers, Market</title>" in shown
    assert 'href="/static/site.css"' in shown
    assert "<h1>Offers</h1>" in shown


def test_answer_form_mistakes_shows_messages_and_keeps_input(tmp_path):
    (template,) = _answer("flask-open-form-mistakes", "jinja")
    write(tmp_path / "templates" / "profile.html", template)
    app = _load("flask-open-form-mistakes", tmp_path).app
    app.config.update(SECRET_KEY="test", WTF_CSRF_ENABLED=False)
    client = app.test_client()

    wrong = client.post("/profile", data={"name": "Ngozi", "email": "nobody", "age": "12"})
    right = client.post("/profile", data={"name": "Ngozi", "email": "n@example.org", "age": "31"})

    assert (client.get("/profile").status_code, wrong.status_code, right.status_code) == (200, 422, 302)
    assert "Please enter an email address." in wrong.text
    assert 'value="Ngozi"' in wrong.text
    assert wrong.text.count('class="error"') == 2


def test_answer_errors_logging_answers_people_and_programs(tmp_path):
    app = _load("flask-open-errors-logging", tmp_path).app
    write(tmp_path / "templates" / "error.html", "Page: {{ error.name }}")
    write(tmp_path / "templates" / "failure.html", "Page: {{ message }}")
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    app.add_url_rule("/api/broken", "api_broken", lambda: 1 / 0)
    client = app.test_client()

    answers = {path: client.get(path) for path in ("/typo", "/api/typo", "/broken", "/api/broken")}

    assert [answer.status_code for answer in answers.values()] == [404, 404, 500, 500]
    assert answers["/typo"].text == "Page: Not Found"
    assert answers["/api/typo"].json["error"] == "Not Found"
    assert answers["/broken"].text.startswith("Page: Something went wrong.")
    assert answers["/api/broken"].json["error"] == "Internal Server Error"


def test_answer_xss_accepts_web_addresses_only(tmp_path):
    accepts = _load("flask-open-xss", tmp_path).is_web_address

    assert accepts("https://example.org")
    assert not any(
        map(accepts, ["javascript:run()", " JavaScript:run()", "java\nscript:run()", "data:text/html,x"])
    )


def test_answer_uploads_stores_pdfs_and_returns_them(tmp_path):
    module = _load("flask-open-uploads", tmp_path)
    module.STORE = tmp_path / "store"
    module.STORE.mkdir()
    client = module.app.test_client()

    stored = client.post("/cv", data={"cv": (io.BytesIO(b"%PDF-1.7 hello"), "../../cv.pdf")})
    fetched = client.get(f"/cv/{stored.json['id']}")
    refused = client.post("/cv", data={"cv": (io.BytesIO(b"<script>"), "cv.pdf")})
    missing = client.post("/cv")
    too_large = client.post("/cv", data={"cv": (io.BytesIO(b"%PDF-" + bytes(6 * 1024 * 1024)), "cv.pdf")})

    assert (stored.status_code, fetched.data) == (201, b"%PDF-1.7 hello")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert [refused.status_code, missing.status_code, too_large.status_code] == [422, 422, 413]
    assert len(list(module.STORE.iterdir())) == 1
    fetched.close()


def test_answer_customer_templates_fill_without_running_anything(tmp_path):
    module = _load("flask-open-customer-templates", tmp_path)

    filled = module.fill("Dear {{ name }}, <b>{{ 7 * 7 }}</b>", {"name": "<Bo>"})
    unknown = module.unknown_placeholders("{{ name }} {{ amout }}", {"name", "amount"})

    assert str(filled) == "Dear &lt;Bo&gt;, &lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;"
    assert unknown == ["amout"]


def test_answer_remember_visitor_keeps_language(tmp_path):
    app = _load("flask-open-remember-visitor", tmp_path).app
    app.config["SECRET_KEY"] = "test"
    client = app.test_client()

    client.post("/language/sw", base_url="https://shop.example")
    client.post("/language/xx", base_url="https://shop.example")

    assert client.get("/", base_url="https://shop.example").text == "Language: sw"


def test_answer_slow_page_tells_duration(tmp_path):
    app = _load("flask-open-slow-page", tmp_path).app
    app.add_url_rule("/", "home", lambda: "Home")

    assert app.test_client().get("/").headers["Server-Timing"].startswith("app;dur=")
