"""Keys of the fresher level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import HTTPException

from tests.questions.starter.flask_stems import (
    blocks,
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


def test_key_flask_view_return_string(tmp_path, capsys):
    app = load_stem("flask-view-return-string", tmp_path).app

    response = app.test_client().get("/hello")
    status, text = response.status_code, response.text

    only_the_key_holds(
        "flask-view-return-string",
        {
            "not found": status == 404,
            "An error page": status == 500,
            "A page with the text": (status, text) == (200, "Good morning"),
            "printed in the terminal": text == "" and capsys.readouterr().out.strip() == "Good morning",
        },
    )


def test_key_flask_route_converter_int(tmp_path):
    app = load_stem("flask-route-converter-int", tmp_path).app

    shown = app.test_client().get("/orders/42").text

    matching = [
        code
        for code in codes("flask-route-converter-int")
        if option("flask-route-converter-int", code) == shown
    ]
    assert matching == [key("flask-route-converter-int")]


def test_key_flask_route_post_only_get(tmp_path):
    app = load_stem("flask-route-post-only-get", tmp_path).app

    answer = app.test_client().get("/subscribe")

    only_the_key_holds(
        "flask-route-post-only-get",
        {
            "Thank you, friend": answer.text == "Thank you, friend",
            "status 404": answer.status_code == 404,
            "status 500": answer.status_code == 500,
            "status 405": answer.status_code == 405,
        },
    )


def test_key_flask_read_form_field():
    (form,) = blocks(question("flask-read-form-field").stem, "html")
    assert 'method="post"' in form
    assert 'name="email"' in form
    app = Flask(__name__)
    read = {}

    @app.post("/join")
    def join():
        for code in codes("flask-read-form-field"):
            try:
                read[code] = eval(option("flask-read-form-field", code), {"request": request})
            except HTTPException as error:
                read[code] = error
        return ""

    app.test_client().post("/join", data={"email": "noor@example.org"})

    right = [code for code, value in read.items() if value == "noor@example.org"]
    assert right == [key("flask-read-form-field")]


def test_key_flask_url_for_result(tmp_path):
    app = load_stem("flask-url-for-result", tmp_path).app

    shown = app.test_client().get("/").text

    matching = [
        code for code in codes("flask-url-for-result") if option("flask-url-for-result", code) == shown
    ]
    assert matching == [key("flask-url-for-result")]


def test_key_flask_config_read(tmp_path):
    name = "flask-config-read"
    app = load_stem(name, tmp_path).app

    def gives_the_setting(expression):
        try:
            return eval(expression, {"app": app}) == "KES"
        except AttributeError:
            return False

    assert matching(name, gives_the_setting) == keys(name)


def test_key_flask_static_address(tmp_path):
    name = "flask-static-address"
    write(tmp_path / "shop" / "static" / "logo.png", "picture")
    client = load_source(stem_python(name), tmp_path / "shop").app.test_client()

    def shows_the_picture(address):
        with client.get(address) as answer:
            return answer.text == "picture"

    works = matching(name, lambda text: text.startswith("/") and shows_the_picture(text))

    assert works == keys(name)
    assert option(name, "d").startswith("At none")


def test_key_flask_form_field_missing(tmp_path):
    answer = (
        load_stem("flask-form-field-missing", tmp_path)
        .app.test_client()
        .post("/callback", data={"name": "Io"})
    )
    got = (answer.status_code, answer.text.strip())

    only_the_key_holds(
        "flask-form-field-missing",
        {
            "We will ring None": got == (200, "We will ring None"),
            "The text `We will ring`": got == (200, "We will ring"),
            "status 400": got[0] == 400 and "Bad Request" in got[1],
            "status 500": got[0] == 500,
        },
    )
