"""Keys of the experienced level on templates, each settled by the code of its question."""

from __future__ import annotations

from html.parser import HTMLParser

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    option,
    render,
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

    assert key("jinja-import-context") == "a"
    assert page == "<h1>Kifaru Books</h1><p>, since 1998</p>"


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
