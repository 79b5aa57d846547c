"""Keys of the junior level on Flask itself, each settled by the code of its question."""

from __future__ import annotations

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    matching,
    only_the_key_holds,
    option,
    write,
)
from tests.questions.starter.programs import fetch, served
from tests.questions.starter.stems import stem_modules


def test_key_flask_args_type_default(tmp_path):
    name = "flask-args-type-default"
    client = load_stem(name, tmp_path).app.test_client()

    response = client.get("/list?page=two")

    assert response.status_code == 200
    assert [code for code in codes(name) if option(name, code) == response.text] == [key(name)]


def test_key_flask_return_dict_status(tmp_path):
    response = load_stem("flask-return-dict-status", tmp_path).app.test_client().get("/api/books/7")

    status, body = response.status_code, response.get_json(silent=True)
    only_the_key_holds(
        "flask-return-dict-status",
        {
            "A JSON object": (status, body) == (404, {"error": "no such book"}),
            "A JSON list": (status, body) == (200, [{"error": "no such book"}, 404]),
            "Flask's own": status == 404 and response.mimetype == "text/html",
            "A server error": status == 500,
        },
    )


def test_key_flask_route_default_methods(tmp_path):
    name = "flask-route-default-methods"
    client = load_stem(name, tmp_path).app.test_client()

    refused = {
        code for code in codes(name) if client.open("/news", method=option(name, code)).status_code == 405
    }

    assert refused == keys(name)


def test_key_flask_duplicate_endpoint(tmp_path):
    name = "flask-duplicate-endpoint"
    try:
        client = load_stem(name, tmp_path).app.test_client()
    except AssertionError as error:
        pages, said = None, str(error)
    else:
        pages, said = [client.get(path).text for path in ("/books", "/films")], ""

    only_the_key_holds(
        name,
        {
            "Both pages work": pages == ["Books", "Films"],
            "Both paths show": pages == ["Films", "Films"],
            "the endpoint `index` is taken": "existing endpoint function: index" in said,
            "gives a 404": pages is not None and pages[0] == "Books" and "Not Found" in pages[1],
        },
    )


def test_key_flask_trailing_slash(tmp_path):
    client = load_stem("flask-trailing-slash", tmp_path).app.test_client()

    reports = client.get("/reports")
    followed = client.get("/reports", follow_redirects=True)
    about = client.get("/about/")

    has_reports = (followed.status_code, followed.text) == (200, "Reports")
    only_the_key_holds(
        "flask-trailing-slash",
        {
            "Both pages": has_reports and about.text == "About",
            "The reports by a redirect": has_reports
            and (reports.status_code, followed.request.path) == (308, "/reports/")
            and about.status_code == 404,
            "A 404 for `/reports`": reports.status_code == 404,
            "A 404 for both": (followed.status_code, about.status_code) == (404, 404),
        },
    )


def test_key_flask_errorhandler_status(tmp_path):
    response = load_stem("flask-errorhandler-status", tmp_path).app.test_client().get("/nowhere")

    got = (response.text, response.status_code)
    only_the_key_holds(
        "flask-errorhandler-status",
        {
            "`Nothing here`, with the status 404": got == ("Nothing here", 404),
            "Flask's own": got != ("Nothing here", 404) and response.status_code == 404,
            "A server error": response.status_code == 500,
            "`Nothing here`, with the status 200": got == ("Nothing here", 200),
        },
    )


def test_key_flask_blueprint_prefix(tmp_path):
    name = "flask-blueprint-prefix"
    client = load_stem(name, tmp_path).app.test_client()

    assert matching(name, lambda address: client.get(address).text == "Rota") == keys(name)


def test_key_flask_why_blueprint(tmp_path):
    name = "flask-why-blueprint"
    modules = stem_modules(name)
    first_line = modules["orders.py"].splitlines()[0]
    register = "if not isinstance(orders.app, Flask):\n    app.register_blueprint(orders.app)\n"

    def shows_the_orders(beginning):
        write(tmp_path / "orders.py", modules["orders.py"].replace(first_line, beginning))
        write(tmp_path / "shop.py", modules["shop.py"] + register)
        with served("flask --app shop run", tmp_path) as address:
            return address is not None and fetch(f"{address}/orders").text == "Orders"

    assert not shows_the_orders(first_line)
    assert matching(name, shows_the_orders) == keys(name)


def test_key_flask_config_from_object(tmp_path):
    config = load_stem("flask-config-from-object", tmp_path).app.config

    held = {name for name in ("CURRENCY", "page_size", "PAGE_SIZE") if name in config}
    only_the_key_holds(
        "flask-config-from-object",
        {
            "Neither": held == set(),
            "as they are written": held == {"CURRENCY", "page_size"},
            "in capitals": held == {"CURRENCY", "PAGE_SIZE"},
            "Only `CURRENCY`": held == {"CURRENCY"},
        },
    )
