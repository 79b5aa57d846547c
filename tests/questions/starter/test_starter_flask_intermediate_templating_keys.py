"""Keys of the intermediate level on templates, each settled by the code of its question."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

from flask import render_template_string
from jinja2 import TemplateError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_source,
    load_stem,
    matching,
    only_the_key_holds,
    option,
    render,
    stem_jinja,
    stem_python,
    stem_templates,
    write,
)


def test_key_jinja_default_none():
    name = "jinja-default-none"

    page = render(stem_jinja(name), nickname=None).strip()

    assert matching(name, lambda text: text == page) == keys(name)
    assert render(stem_jinja(name)).strip() == "Hello guest"


def test_key_jinja_safe_on_input():
    hostile = """it's <b>fine</b> & <script>steal()</script>"""

    with closing(sqlite3.connect(":memory:")) as db:
        (stored,) = db.execute("SELECT ?", (hostile,)).fetchone()
    page = render(stem_jinja("jinja-safe-on-input"), comment=stored).strip()

    only_the_key_holds(
        "jinja-safe-on-input",
        {
            "be cut": "fine" not in page,
            "A script": page == f"<p>{hostile}</p>",
            "change the SQL": stored != hostile,
            "escaped twice": "&" in page.replace(hostile, ""),
        },
    )


def test_key_jinja_register_filter(tmp_path):
    name = "jinja-register-filter"
    app = load_stem(name, tmp_path).app
    printed = {}
    for code in codes(name):
        with app.test_request_context():
            try:
                printed[code] = app.jinja_env.from_string(option(name, code)).render(price=1950)
            except TemplateError as error:
                printed[code] = error

    assert [code for code, text in printed.items() if text == "19.50 €"] == [key(name)]


NOTES = [
    'She said "hi"',
    "it's",
    "two\nlines",
    "back\\slash",
    "a & b < c",
    '"; steal(); "',
    "steal()",
    "</script><script>steal()</script>",
]


def test_key_jinja_tojson_script():
    name = "jinja-tojson-script"

    def value_in_browser(line, note):
        """The string JavaScript would read, or None where the line is no plain string literal."""
        script = render(line.strip(), note=note)
        if "</script" in script:
            return None
        try:
            return json.loads(script.removeprefix("const note = ").removesuffix(";"))
        except ValueError:
            return None

    always = matching(name, lambda line: all(value_in_browser(line, note) == note for note in NOTES))

    assert always == keys(name)
    # What the comments on wrong options claim.
    assert "</script" in render(option(name, "c"), note=NOTES[-1])
    assert render(option(name, "d"), note="steal()").strip() == "const note = steal();"


def test_key_jinja_set_in_loop():
    name = "jinja-set-in-loop"

    def shown(*days):
        orders = [{"days": each} for each in days]
        return render(stem_jinja(name), orders=orders).strip()

    late, on_time = "Some orders are late", "All orders are on time"
    only_the_key_holds(
        name,
        {
            "one order has more": shown(3, 20, 5) == late,
            "an error": shown(3, 20, 5) not in {late, on_time},
            "the last order": (shown(3, 20, 5), shown(3, 5, 20)) == (on_time, late),
            "its own scope": shown(3, 20, 5) == shown(3, 5, 20) == shown(20) == on_time,
        },
    )


def test_key_jinja_context_processor(tmp_path):
    name = "jinja-context-processor"
    write(tmp_path / "templates" / "base.html", "<p>{{ shop_name }}</p>{% block page %}{% endblock %}")
    write(tmp_path / "templates" / "page.html", "{% extends 'base.html' %}")
    module = (
        "from flask import Flask, g, render_template\n\napp = Flask(__name__)\n\n\n"
        "@app.get('/')\ndef home():\n    return render_template('page.html')\n\n\n"
    )

    def names_the_shop(addition):
        return load_source(module + addition, tmp_path).app.test_client().get("/").text == "<p>Kahve</p>"

    assert matching(name, names_the_shop) == keys(name)


def test_key_jinja_markup_format(tmp_path):
    name = "jinja-markup-format"
    stem = stem_python(name)

    def shown(expression, value):
        app = load_source(stem.replace("return ...", f"return {expression}"), tmp_path).app
        with app.test_request_context():
            return render_template_string("{{ name | bold }}", name=value)

    def is_right(expression):
        return (shown(expression, "Ngũgĩ & Ana"), shown(expression, "<i>Bo</i>")) == (
            "<b>Ngũgĩ &amp; Ana</b>",
            "<b>&lt;i&gt;Bo&lt;/i&gt;</b>",
        )

    assert matching(name, is_right) == keys(name)


def test_key_jinja_block_in_loop(tmp_path):
    name = "jinja-block-in-loop"
    for path, text in stem_templates(name).items():
        write(tmp_path / path, text)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", tmp_path).app

    with app.test_request_context():
        page = app.jinja_env.get_template("cities.html").render(cities=["Hanoi", "Quito"])

    entries = re.findall("<li>(.*?)</li>", page)
    only_the_key_holds(
        name,
        {
            "`Hanoi` and `Quito`": entries == ["Hanoi", "Quito"],
            "`Quito` and `Quito`": entries == ["Quito", "Quito"],
            "No list": entries == [],
            "without a text": entries == ["", ""],
        },
    )
