"""After everything that the journeys did: no log of any process holds what opens a test or names a candidate.

The name of this file puts it behind the others.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.faulty import Desk, Visitor, direct
from tests.servers.processes import RunningSystem, wait_until

ADDRESS = "case.42@example.net"


@pytest.fixture
def desk(running_system: RunningSystem) -> Iterator[Desk]:
    desk = Desk(running_system, direct(running_system))
    yield desk
    desk.close()
    for proxy in running_system.proxies.values():
        proxy.forward()


def test_case_42_token_logs_hold_no_link_and_no_address(running_system: RunningSystem, desk: Desk) -> None:
    running_system.manage("seed_starter_content", "--json")
    invited = running_system.manage(
        "invite", "--assessment", "flask", "--email", ADDRESS, "--name", "Forty Two", "--json"
    )
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
        assert visitor.get(link).status == 500
        running_system.proxies["postgres"].forward()

    lines = 3 if "postgres" in running_system.proxies else 2
    wait_until(lambda: running_system.log("web").count("[link]") >= cut + lines, what="the web log")
    secrets = desk.secrets()
    assert invited["invitations"][0]["email"] in secrets["addresses"]
    assert any(token in link for token in secrets["tokens"])
    for log in logs_of(running_system):
        text = log.read_text(errors="replace").lower()
        assert [each for each in secrets["tokens"] if each.lower() in text] == [], log.name
        assert [each for each in secrets["addresses"] if each.lower() in text] == [], log.name


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
