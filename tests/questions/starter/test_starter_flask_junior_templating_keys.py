"""Keys of the junior level on templates, each settled by the code of its question."""

from __future__ import annotations

from jinja2 import TemplateError
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    load_source,
    load_stem,
    option,
    stem_templates,
    write,
)


def _render_stem_template(external_id, name, folder):
    for path, text in stem_templates(external_id).items():
        write(folder / path, text)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", folder).app
    with app.test_request_context():
        return app.jinja_env.get_template(name).render()


def test_key_jinja_block_default(tmp_path):
    page = _render_stem_template("jinja-block-default", "cart.html", tmp_path)

    assert f"<title>{option('jinja-block-default', key('jinja-block-default'))}</title>" in page
    assert "Your cart" in page


def test_key_jinja_static_stylesheet(tmp_path):
    name = "jinja-static-stylesheet"
    write(tmp_path / "static" / "css" / "site.css", "p { color: teal }")
    app = load_source("from flask import Flask\n\napp = Flask(__name__)\n", tmp_path).app
    right = []
    for code in codes(name):
        try:
            with app.test_request_context():
                address = app.jinja_env.from_string(option(name, code)).render()
        except (BuildError, TemplateError):
            continue
        response = app.test_client().get(address)
        right += [code] if response.text == "p { color: teal }" else []
        response.close()

    assert right == [key(name)]


def test_key_jinja_undefined_variable(tmp_path):
    name = "jinja-undefined-variable"

    page = load_stem(name, tmp_path).app.test_client().get("/").text.strip()

    assert [code for code in codes(name) if option(name, code) == page] == [key(name)]


def test_key_jinja_outside_block(tmp_path):
    page = _render_stem_template("jinja-outside-block", "offers.html", tmp_path)

    assert key("jinja-outside-block") == "d"
    assert "Market" in page
    assert "Mangoes" in page
    assert "Sale today" not in page


def test_key_jinja_flashed_once(tmp_path):
    client = load_stem("jinja-flashed-once", tmp_path).app.test_client()

    arrived = client.post("/save", follow_redirects=True)
    reloaded = client.get("/form")

    assert key("jinja-flashed-once") == "a"
    assert arrived.request.path == "/form"
    assert "<p>Saved</p>" in arrived.text
    assert "<p>Saved</p>" not in reloaded.text
