"""Each key of the fresher level that code can settle, settled by the code of the question."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest
from flask import Flask, request
from jinja2 import TemplateNotFound, TemplateSyntaxError
from werkzeug.exceptions import HTTPException

from tests.questions.starter.flask_stems import (
    blocks,
    codes,
    key,
    keys,
    load_source,
    load_stem,
    option,
    question,
    render,
    stem_jinja,
    stem_python,
    stem_templates,
    write,
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
    assert browser.text.strip() == f"Name: {option(name, key(name))}"
    assert browser.tags == ["p"]


def test_key_flask_in_the_box():
    needed = {
        re.match(r"[\w.-]+", line)[0].lower()
        for line in importlib.metadata.requires("Flask")
        if "extra ==" not in line
    }
    needed -= {"importlib-metadata"}
    app = Flask(__name__)
    app.add_url_rule("/", "form", lambda: render("{{ sent }}", sent=request.form["sent"]), methods=["POST"])

    page = app.test_client().post("/", data={"sent": "hello"}).text

    assert page == "hello"
    assert needed == {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
    assert keys("flask-in-the-box") == {"a", "d"}


def _command(text):
    words = shlex.split(text)
    program = {"flask": ["-m", "flask"], "pip": ["-m", "pip"], "python": []}[words[0]]
    return [sys.executable, *program, *words[1:]]


def _serves(command, folder, port):
    """Whether the command opens the port and goes on running."""
    environment = {**os.environ, "FLASK_RUN_PORT": str(port)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
            time.sleep(0.1)
        return False
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("code", ["a", "b", "c", "d"])
def test_key_flask_run_command(code, tmp_path):
    name = "flask-run-command"
    (source,) = blocks(question(name).stem, "python")
    write(tmp_path / "shop.py", source)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    served = _serves(_command(option(name, code)), tmp_path, port)

    assert served is (code == key(name))


def test_key_flask_session_needs_secret(tmp_path):
    app = load_stem("flask-session-needs-secret", tmp_path).app

    response = app.test_client().get("/add")
    app.testing = True

    assert key("flask-session-needs-secret") == "c"
    assert response.status_code == 500
    assert "Set-Cookie" not in response.headers
    with pytest.raises(RuntimeError, match="no secret key"):
        app.test_client().get("/add")
