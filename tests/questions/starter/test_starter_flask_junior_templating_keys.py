"""Keys of the junior level on templates, each settled by the code of its question."""

from __future__ import annotations

import re

from flask import Flask, flash, render_template_string
from jinja2 import TemplateError
from werkzeug.routing import BuildError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_source,
    load_stem,
    matching,
    only_the_key_holds,
    option,
    question,
    render,
    stem_jinja,
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

    title = re.search("<title>(.*)</title>", page)[1]
    only_the_key_holds(
        "jinja-block-default",
        {
            "`Shop`": title == "Shop",
            "`cart.html`": title == "cart.html",
            "the title is empty": title == "",
            # It has not failed, or there would be no cart.
            "rendering fails": "Your cart" not in page,
        },
    )


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

    order = re.findall("Sale today|Market|Mangoes", page)
    only_the_key_holds(
        "jinja-outside-block",
        {
            "above `Market`": order == ["Sale today", "Market", "Mangoes"],
            "Between": order == ["Market", "Sale today", "Mangoes"],
            "below `Mangoes`": order == ["Market", "Mangoes", "Sale today"],
            "Nowhere": order == ["Market", "Mangoes"],
        },
    )


def test_key_jinja_flashed_once(tmp_path):
    client = load_stem("jinja-flashed-once", tmp_path).app.test_client()

    arrived = client.post("/save", follow_redirects=True)
    reloaded = client.get("/form")

    assert arrived.request.path == "/form"
    seen = tuple("<p>Saved</p>" in page.text for page in (arrived, reloaded))
    only_the_key_holds(
        "jinja-flashed-once",
        {
            "but not after": seen == (True, False),
            "and again after": seen == (True, True),
            "but after": seen == (False, True),
            "At neither time": seen == (False, False),
        },
    )


def test_key_jinja_for_else():
    name = "jinja-for-else"

    shown = render(stem_jinja(name), dishes=["Jollof", "Fufu"]).strip()

    assert matching(name, lambda text: text == shown) == keys(name)


def test_key_jinja_comment_visible():
    source = render(stem_jinja("jinja-comment-visible"), discount="15 %", supplier="Tanaka")

    found = ("15 %" in source, "Tanaka" in source)
    only_the_key_holds(
        "jinja-comment-visible",
        {
            "The discount and": found == (True, True),
            "The discount, but": found == (True, False),
            "The supplier, but": found == (False, True),
            "Neither": found == (False, False),
        },
    )


def test_key_jinja_super(tmp_path):
    name = "jinja-super"

    title = re.search("<title>(.*)</title>", _render_stem_template(name, "spices.html", tmp_path))[1].strip()

    assert matching(name, lambda text: text == title) == keys(name)


def test_key_jinja_flash_category():
    name = "jinja-flash-category"
    (call,) = re.findall(r"`(flash\([^`]+\))`", question(name).stem)
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "test"

    def shown(line):
        with app.test_request_context():
            eval(call, {"flash": flash})
            try:
                return render_template_string(line).strip()
            except (TemplateError, ValueError):
                return None

    assert matching(name, lambda line: shown(line) == "error: No such order") == keys(name)
