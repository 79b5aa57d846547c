"""After everything that the journeys did: nothing that a program reads holds what opens a test or names a person.

Logs of every process in both forms, what monitoring is told, what tasks are given, what the history keeps.

The name of this file puts it behind the others.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from tests.journeys.faulty import Desk, Visitor, direct
from tests.servers.processes import RunningSystem, wait_until

ADDRESS = "case.42@example.net"
NAME = "Fortytwo Fallsen"


@pytest.fixture
def desk(running_system: RunningSystem) -> Iterator[Desk]:
    desk = Desk(running_system, direct(running_system))
    yield desk
    desk.close()
    for proxy in running_system.proxies.values():
        proxy.forward()


def test_case_42_token_logs_hold_no_link_and_no_address(running_system: RunningSystem, desk: Desk) -> None:
    running_system.manage("seed_starter_content", "--json")
    with overheard(running_system) as words:
        invited = running_system.manage(
            "invite", "--assessment", "flask", "--email", ADDRESS, "--name", NAME, "--json"
        )
        wait_until(lambda: "outbox.deliver_messages" in "".join(words), what="word of the mail")
    link = invited["invitations"][0]["link"]
    cut = running_system.log("web").count("[link]")

    visitor = Visitor(running_system)
    assert visitor.get(link).status == 200
    assert visitor.get(f"{link}more/").status == 404
    # The web server itself answers these, before the product sees them.
    assert "400 Bad Request" in send_line(running_system, f"GET {link}")
    assert "400 Bad Request" in send_line(running_system, f"GET {link} opened by {ADDRESS} HTTP/1.1")
    if "postgres" in running_system.proxies:
        running_system.proxies["postgres"].refuse()
        assert visitor.get(link).status == 503
        running_system.proxies["postgres"].forward()

    lines = 3 if "postgres" in running_system.proxies else 2
    wait_until(lambda: running_system.log("web").count("[link]") >= cut + lines, what="the web log")
    secrets = desk.secrets()
    assert invited["invitations"][0]["email"] in secrets["addresses"]
    assert any(token in link for token in secrets["tokens"])
    assert NAME in secrets["names"]
    texts = {log.name: log.read_text(errors="replace") for log in logs_of(running_system)}
    texts |= {path: visitor.get(path).text for path in ("/readyz", "/metrics")}
    texts |= {"what tasks are given": "".join(words), "what is kept": desk.kept()}
    assert "shortlist_messages{state=" in texts["/metrics"]
    assert "oldest_due_seconds" in texts["/readyz"]
    for where, text in texts.items():
        for kind, known in secrets.items():
            assert [each for each in known if each.lower() in text.lower()] == [], (kind, where)
    assert_lines_say_who_asked_for_what(running_system)


def assert_lines_say_who_asked_for_what(system: RunningSystem) -> None:
    log = system.log("web")
    if system.mode == "embedded":
        assert re.search(r" GET taking:enter 302 \d+ ms link:\d+ request=[0-9a-f]{16}\n", log)
    else:
        lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"at": ')]
        entered = [line for line in lines if line.get("view") == "taking:enter" and line["status"] == 302]
        assert {(line["method"], line["actor"]) for line in entered} == {("GET", "link")}
        assert all(re.fullmatch(r"[0-9a-f]{16}", line["request"]) for line in entered)
    assert "/t/" not in "".join(line for line in log.splitlines() if "shortlist.access" in line)


@contextmanager
def overheard(system: RunningSystem) -> Iterator[list[str]]:
    """Collect everything that the broker is told meanwhile; the arguments of tasks in clear."""
    words: list[str] = []
    with broker_of(system) as client, client.monitor() as monitor:
        listener = threading.Thread(target=listen, args=(monitor, words), daemon=True)
        listener.start()
        yield words
        client.ping()
    listener.join(5)


def listen(monitor: redis.client.Monitor, words: list[str]) -> None:
    try:
        for command in monitor.listen():
            words.append(command["command"])
            bodies = re.findall(r'"body\W+([A-Za-z0-9+/=]{8,})', command["command"])
            words += [base64.b64decode(body).decode() for body in bodies]
    except (redis.RedisError, OSError, ValueError, AttributeError):
        return  # it was closed


def broker_of(system: RunningSystem) -> redis.Redis:
    if system.mode == "embedded":
        return redis.Redis(unix_socket_path=urlsplit(system.environment["BROKER_URL"]).path)
    host, port = system.proxies["redis"].target  # type: ignore[misc]
    return redis.Redis(host=host, port=int(port))


def logs_of(system: RunningSystem) -> list[Path]:
    """Every log of the product's processes and of the servers that were started with them.

    What the embedded mode says in its terminal is no log: the sample company's link is printed there to be opened.
    """
    beside = [log for log in system.data_dir.parent.glob("*.log") if log.name != "supervisor.log"]
    found = [*system.data_dir.glob("logs/*.log*"), *beside]
    assert {"web.log", "scheduler.log"} <= {log.name for log in found}
    return found


def send_line(system: RunningSystem, line: str) -> str:
    """Send one line that is no request, and return the first of the answer."""
    host, _, port = system.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(f"{line}\r\nHost: {host}\r\n\r\n".encode())
        return connection.makefile("rb").readline().decode()
