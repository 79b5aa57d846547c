"""Keys of the fresher level on templates, each settled by the code of its question."""

from __future__ import annotations

from html.parser import HTMLParser

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_source,
    matching,
    only_the_key_holds,
    option,
    render,
    stem_jinja,
    stem_python,
    stem_templates,
    write,
)


def test_key_flask_template_pass_value(tmp_path):
    name = "flask-template-pass-value"
    for path, text in stem_templates(name).items():
        write(tmp_path / path, text)
    pages = {}
    for code in codes(name):
        source = (
            "from flask import Flask, render_template\n\napp = Flask(__name__)\n\n\n"
            f"@app.route('/')\ndef page():\n    {option(name, code)}\n"
        )
        app = load_source(source, tmp_path).app
        pages[code] = app.test_client().get("/").text.strip()

    right = [code for code, page in pages.items() if page == "<h1>Menu</h1>"]

    assert right == [key(name)]


def test_key_flask_template_folder(tmp_path):
    name = "flask-template-folder"
    works = []
    for code in codes(name):
        project = tmp_path / code
        write(project / option(name, code), "found")
        app = load_source(stem_python(name), project / "shop").app
        app.testing = True
        try:
            works += [code] if app.test_client().get("/").text == "found" else []
        except TemplateNotFound:
            continue

    assert works == [key(name)]


def test_key_jinja_print_delimiter():
    name = "jinja-print-delimiter"
    right = []
    for code in codes(name):
        try:
            right += [code] if render(option(name, code), price=12) == "Price: 12" else []
        except TemplateSyntaxError:
            continue

    assert right == [key(name)]


def test_key_jinja_loop_index():
    name = "jinja-loop-index"

    shown = render(stem_jinja(name), dishes=["Pho", "Dosa"]).strip()

    assert [code for code in codes(name) if option(name, code) == shown] == [key(name)]


class _VisibleText(HTMLParser):
    """What a browser would show: tags are obeyed, character references decoded."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_key_jinja_autoescape_visible(tmp_path):
    name = "jinja-autoescape-visible"
    for path, text in stem_templates(name).items():
        write(tmp_path / path, text)
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", tmp_path).app

    with app.test_request_context():
        page = app.jinja_env.get_template("profile.html").render(name="<b>Ana</b>")

    browser = _VisibleText()
    browser.feed(page)
    shown = browser.text.strip()
    only_the_key_holds(
        name,
        {
            "in bold letters": "b" in browser.tags,
            "in plain letters": shown == "Name: Ana",
            "An error page": "Name:" not in shown,
            "brackets included": shown == "Name: <b>Ana</b>" and browser.tags == ["p"],
        },
    )


def test_key_jinja_block_keyword(tmp_path):
    name = "jinja-block-keyword"
    app = load_source("from flask import Flask\napp = Flask(__name__)\n", tmp_path).app
    write(
        tmp_path / "templates" / "menu.html",
        "{% extends 'base.html' %}{% block content %}Soup{% endblock %}",
    )

    write(tmp_path / "templates" / "content.html", "the same for all")

    def can_be_replaced(line):
        write(tmp_path / "templates" / "base.html", f"<main>{line}</main>")
        app.jinja_env.cache.clear()
        try:
            with app.test_request_context():
                return app.jinja_env.get_template("menu.html").render() == "<main>Soup</main>"
        except TemplateError:
            return False

    assert matching(name, can_be_replaced) == keys(name)


def test_key_jinja_if_empty_list():
    shown = render(stem_jinja("jinja-if-empty-list"), dishes=[]).strip()

    only_the_key_holds(
        "jinja-if-empty-list",
        {
            "Closed today": shown == "Closed today",
            "We are cooking": shown == "We are cooking",
            "Nothing, since": shown == "",
            "An error page": shown not in {"", "Closed today", "We are cooking"},
        },
    )


def test_key_jinja_dictionary_dot():
    name = "jinja-dictionary-dot"

    shown = render(stem_jinja(name), dish={"name": "Pierogi", "price": 9}).strip()

    assert matching(name, lambda text: text == shown) == keys(name)
