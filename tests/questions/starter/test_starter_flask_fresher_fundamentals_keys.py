"""Keys of the fresher level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import HTTPException

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    load_stem,
    option,
    question,
)


def test_key_flask_view_return_string(tmp_path):
    app = load_stem("flask-view-return-string", tmp_path).app

    response = app.test_client().get("/hello")

    assert key("flask-view-return-string") == "c"
    assert (response.status_code, response.text) == (200, "Good morning")


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

    status = app.test_client().get("/subscribe").status_code

    assert status == 405
    matching = [
        found.code for found in question("flask-route-post-only-get").options if str(status) in found.text
    ]
    assert matching == [key("flask-route-post-only-get")]


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
