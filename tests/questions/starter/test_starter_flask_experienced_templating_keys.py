"""Keys of the experienced level on templates, each settled by the code of its question."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask import render_template_string
from jinja2 import UndefinedError

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
    stem_templates,
    write,
)


def test_key_jinja_autoescape_extension(tmp_path):
    name = "jinja-autoescape-extension"
    client = load_stem(name, tmp_path).app.test_client()

    body = client.get("/badge", query_string={"name": "<i>Bo</i>"}).text.strip()

    assert [code for code in codes(name) if option(name, code) == body] == [key(name)]


def test_key_jinja_template_from_input(tmp_path):
    name = "jinja-template-from-input"
    client = load_stem(name, tmp_path).app.test_client()

    body = client.get("/hello", query_string={"name": "{{ config.SECRET_KEY }}"}).text

    assert [code for code in codes(name) if option(name, code) == body] == [key(name)]


def test_key_jinja_import_context(tmp_path):
    page = load_stem("jinja-import-context", tmp_path).app.test_client().get("/").text.strip()

    heading, footer = re.fullmatch(r"<h1>(.*)</h1>\s*<p>(.*), since 1998</p>", page).groups()
    only_the_key_holds(
        "jinja-import-context",
        {
            "in the heading, but": (heading, footer) == ("Kifaru Books", ""),
            "in the footer, but": (heading, footer) == ("", "Kifaru Books"),
            "and in the footer": (heading, footer) == ("Kifaru Books", "Kifaru Books"),
            # It is no error page, or it would not have both parts.
            "An error page": None in (heading, footer),
        },
    )


class _Dangers(HTMLParser):
    """Whether a browser would run a stranger's script: an element, a handler or an address."""

    def __init__(self):
        super().__init__()
        self.found = False

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or (name == "href" and (value or "").startswith("javascript:")):
                self.found = True
        self.found = self.found or tag == "script"


def test_key_jinja_autoescape_limits():
    name = "jinja-autoescape-limits"
    attempts = [
        "<script>run()</script>",
        '"><script>run()</script>',
        '" onfocus="run()" autofocus="',
        "x onfocus=run() autofocus",
        "javascript:run()",
    ]

    def dangerous(code):
        for attempt in attempts:
            browser = _Dangers()
            browser.feed(render(option(name, code), value=attempt))
            if browser.found:
                return True
        return False

    assert {code for code in codes(name) if dangerous(code)} == keys(name)


def test_key_jinja_processor_or_argument(tmp_path):
    name = "jinja-processor-or-argument"
    client = load_stem(name, tmp_path).app.test_client()

    shown = f"`{client.get('/basket').text}` and `{client.get('/').text}`"

    only_the_key_holds(name, {option.text: option.text == shown for option in question(name).options})


def test_key_jinja_strict_undefined(tmp_path):
    name = "jinja-strict-undefined"
    app = load_stem(name, tmp_path).app

    def works_with_and_without(expression):
        with app.test_request_context():
            try:
                return (
                    render_template_string(expression, nickname="Bibi"),
                    render_template_string(expression),
                ) == ("Bibi", "guest")
            except UndefinedError:
                return False

    assert matching(name, works_with_and_without) == keys(name)


def _render_stem_template(external_id, folder, **values):
    ((path, text),) = stem_templates(external_id).items()
    write(folder / path, text)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", folder).app
    with app.test_request_context():
        return app.jinja_env.get_template(path.removeprefix("templates/")).render(**values).strip()


def test_key_jinja_safe_concatenation(tmp_path):
    name = "jinja-safe-concatenation"

    page = _render_stem_template(name, tmp_path, name="<i>Bo</i>")

    as_html = tuple(tag in page for tag in ("<b>", "<i>", "</b>"))
    only_the_key_holds(
        name,
        {
            "The opening tag, the name": as_html == (True, True, True),
            "The opening tag and": as_html == (True, False, True),
            "No part": as_html == (False, False, False),
            "The opening tag alone": as_html == (True, False, False),
        },
    )


def test_key_jinja_block_set(tmp_path):
    name = "jinja-block-set"

    page = _render_stem_template(name, tmp_path, name="Ali & Co")

    assert matching(name, lambda text: text == page) == keys(name)
