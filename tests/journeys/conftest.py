"""Offices at the real processes, well before each test and mended after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.journeys.faulty import until
from tests.journeys.office import Office, asked_again, office_of, processes_without_redis
from tests.servers.processes import RunningSystem
from tests.servers.proxy import FaultProxy


@pytest.fixture(scope="session")
def served_office(served_system: RunningSystem) -> Iterator[Office]:
    with office_of(served_system) as office:
        yield office


@pytest.fixture(scope="session")
def embedded_office(embedded_system: RunningSystem) -> Iterator[Office]:
    with office_of(embedded_system) as office:
        yield office


@pytest.fixture(params=["embedded", "served"])
def office(request: pytest.FixtureRequest) -> Office:
    """The office of each mode."""
    found: Office = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def served(served_office: Office, served_system: RunningSystem) -> Iterator[Office]:
    """Served mode with every server well; whatever the test breaks is mended after it."""
    served_office.smtp.reset()
    away = processes_without_redis(served_system)
    yield served_office
    for proxy in served_system.proxies.values():
        proxy.forward()
    for child in served_system.children.values():
        if not child.running:
            child.start()
    served_office.smtp.reset()
    until(lambda: asked_again(served_office) <= away, "web processes to use Redis again")


@pytest.fixture
def broker(served: Office) -> Iterator[redis.Redis]:
    """The served broker itself, beside the proxy."""
    host, port = served.redis.target  # type: ignore[misc]
    with redis.Redis(host=host, port=int(port)) as client:
        yield client


@pytest.fixture
def line(office: Office) -> Iterator[FaultProxy]:
    """The network between a person and the web server of `office`."""
    host, _, port = office.system.address.removeprefix("http://").partition(":")
    proxy = FaultProxy((host, int(port)))
    yield proxy
    proxy.close()
