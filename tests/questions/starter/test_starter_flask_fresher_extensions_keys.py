"""Keys of the fresher level on extensions and libraries, each settled by the code of its question."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import socket
import subprocess
import sys
import time

import pytest
from flask import Flask, request

from tests.questions.starter.flask_stems import (
    blocks,
    key,
    keys,
    load_stem,
    option,
    question,
    render,
    write,
)


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
