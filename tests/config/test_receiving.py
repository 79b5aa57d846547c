"""The line of the Procfile that receives mail, where nothing is set up and where it is."""

import os
import signal
import subprocess
import sys

import pytest

from config import receiving
from config.receiving import listen_address
from tests.servers.processes import PROJECT, clean_environment


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:2525", ("127.0.0.1", 2525)),
        ("[::1]:25", ("::1", 25)),
        ("2525", None),
        (":2525", None),
        ("127.0.0.1:", None),
        ("127.0.0.1:²", None),
        ("127.0.0.1:65536", None),
    ],
)
def test_address_to_listen_at_is_host_and_port(text, address):
    assert listen_address(text) == address


def test_without_its_settings_it_waits_until_it_is_stopped():
    process = subprocess.Popen(
        [sys.executable, "-m", "config.receiving"],
        env=clean_environment(),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    process.send_signal(signal.SIGTERM)

    assert "no mail is received" in said
    assert process.wait(30) == 0


def test_with_them_it_becomes_the_command(monkeypatch):
    begun = []
    monkeypatch.setenv("INBOUND_ADDRESS", "hiring@example.org")
    monkeypatch.setenv("INBOUND_LISTEN", "127.0.0.1:2525")
    monkeypatch.setattr(os, "execv", lambda path, command: begun.append(command) or sys.exit(0))

    with pytest.raises(SystemExit):
        receiving.main()

    assert begun == [[sys.executable, "manage.py", "receive_mail"]]
