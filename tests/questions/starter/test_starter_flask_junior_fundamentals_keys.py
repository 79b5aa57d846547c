"""Keys of the junior level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

import pytest

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    option,
)


def test_key_flask_args_type_default(tmp_path):
    name = "flask-args-type-default"
    client = load_stem(name, tmp_path).app.test_client()

    response = client.get("/list?page=two")

    assert response.status_code == 200
    assert [code for code in codes(name) if option(name, code) == response.text] == [key(name)]


def test_key_flask_return_dict_status(tmp_path):
    response = load_stem("flask-return-dict-status", tmp_path).app.test_client().get("/api/books/7")

    assert key("flask-return-dict-status") == "a"
    assert response.status_code == 404
    assert response.is_json
    assert response.json == {"error": "no such book"}


def test_key_flask_route_default_methods(tmp_path):
    name = "flask-route-default-methods"
    client = load_stem(name, tmp_path).app.test_client()

    refused = {
        code for code in codes(name) if client.open("/news", method=option(name, code)).status_code == 405
    }

    assert refused == keys(name)


def test_key_flask_duplicate_endpoint(tmp_path):
    with pytest.raises(AssertionError, match="existing endpoint function: index"):
        load_stem("flask-duplicate-endpoint", tmp_path)

    assert key("flask-duplicate-endpoint") == "c"


def test_key_flask_trailing_slash(tmp_path):
    client = load_stem("flask-trailing-slash", tmp_path).app.test_client()

    reports = client.get("/reports")
    followed = client.get("/reports", follow_redirects=True)
    about = client.get("/about/")

    assert key("flask-trailing-slash") == "b"
    assert reports.status_code == 308
    assert (followed.status_code, followed.text, followed.request.path) == (200, "Reports", "/reports/")
    assert about.status_code == 404


def test_key_flask_errorhandler_status(tmp_path):
    response = load_stem("flask-errorhandler-status", tmp_path).app.test_client().get("/nowhere")

    assert key("flask-errorhandler-status") == "d"
    assert (response.text, response.status_code) == ("Nothing here", 200)
