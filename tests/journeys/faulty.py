"""People and programs at a system that is broken on purpose, and the means to break it."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.journeys.walk import PASSWORD
from tests.servers.processes import PROJECT, RunningSystem, wait_until
from tests.servers.proxy import FaultProxy

_INSIDE = "import django; django.setup(); from {package} import inside; inside.serve()"


class Desk:
    """The functions of `package`'s `inside`, called in one process that lasts: `desk.open_job(title=…)`.

    It goes straight to the servers, so that what is broken is broken for the product alone.
    """

    def __init__(
        self, system: RunningSystem, environment: Mapping[str, str], package: str = "tests.journeys"
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _INSIDE.format(package=package)],
            env=dict(environment),
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.system = system

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps([name, arguments]) + "\n")
            self.process.stdin.flush()
            reply = json.loads(self.process.stdout.readline())
            if "error" in reply:
                raise AssertionError(reply["error"])
            return reply["result"]

        return call

    def close(self) -> None:
        self.process.communicate()


def direct(system: RunningSystem) -> dict[str, str]:
    """The environment of a system without the proxies of its servers."""
    environment = dict(system.environment)
    for proxy in system.proxies.values():
        _host, port = proxy.target
        for variable in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
            environment[variable] = environment[variable].replace(f":{proxy.port}", f":{port}")
    return environment


# --- Visitors ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """What came back for one request, and after how long."""

    status: int
    text: str
    location: str
    seconds: float
    retry_after: str = ""
    path: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def hidden(self, name: str) -> str:
        """The value of the last field of that name in the page."""
        found = re.findall(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"the page has no field {name}"
        return found[-1]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Leaves it to the visitor where to go."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        return None


class Visitor:
    """A browser without a window: it keeps cookies and sends forms."""

    def __init__(self, system: RunningSystem) -> None:
        self.address = system.address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), _Stay(), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def go_through(self, proxy: FaultProxy) -> None:
        """From now on, reach the system by way of this proxy."""
        self.address = f"http://127.0.0.1:{proxy.port}"

    def get(self, path: str, *, seconds: float = 30) -> Reply:
        """Fetch a page, going where it leads."""
        reply = self.send(path, seconds=seconds)
        while 300 <= reply.status < 400:
            reply = self.send(reply.location, seconds=seconds)
        return reply

    def post(self, path: str, form: Mapping[str, Any], *, seconds: float = 30) -> Reply:
        """Send a form, and stay where the answer is."""
        fields = {"csrfmiddlewaretoken": self.csrf, **form}
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        return self.send(path, body, seconds=seconds)

    def post_json(self, path: str, body: Any, *, seconds: float = 30) -> Reply:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.csrf}
        return self.send(path, json.dumps(body).encode(), headers, seconds=seconds)

    @property
    def csrf(self) -> str:
        return next(str(cookie.value) for cookie in self.cookies if cookie.name == "shortlist_csrf")

    def send(
        self,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        seconds: float = 30,
    ) -> Reply:
        """Make one request. Raises `OSError` or `HTTPException` when no answer comes."""
        url = urllib.parse.urljoin(self.address, path)
        request = urllib.request.Request(url, body, headers=dict(headers or {}))
        begun = time.monotonic()
        try:
            answer: Any = self.opener.open(request, timeout=seconds)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode()
            return Reply(
                answer.status,
                text,
                answer.headers.get("Location", ""),
                time.monotonic() - begun,
                answer.headers.get("Retry-After", ""),
                urllib.parse.urlsplit(url).path,
            )

    def sign_in(self, email: str, password: str = PASSWORD) -> Reply:
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": email, "password": password})


class Program:
    """A program with an API key."""

    def __init__(self, system: RunningSystem, token: str) -> None:
        self.visitor = Visitor(system)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Reply:
        return self.visitor.send(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> Reply:
        return self.visitor.send(f"/api/v1/{path}", json.dumps(body).encode(), self.headers)


# --- A candidate who saves without a pause -------------------------------------------------------------------


@dataclass
class Acknowledged:
    """One choice that the server said is saved."""

    position: int
    save_id: str
    answer: list[str]
    version: int


class Saver(threading.Thread):
    """A candidate whose page saves one choice after the other, and sends each again until it is acknowledged."""

    def __init__(self, system: RunningSystem, link: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.visitor = Visitor(system)
        self.stop = stop
        self.acknowledged: list[Acknowledged] = []
        self.unanswered = 0
        self.refusals: set[tuple[int, str]] = set()
        self.trouble = ""
        page = self.visitor.get(link)
        self.path = page.path
        self.visitor.post(self.path + "start/", {"consent": "on"})
        self.pages = {position: self.open(position) for position in (1, 2, 3)}

    def open(self, position: int) -> dict[str, Any]:
        """Load a question's page."""
        return self.read(self.visitor, self.path, position)

    @staticmethod
    def read(visitor: Visitor, path: str, position: int) -> dict[str, Any]:
        """What the page of a question sends back with an answer."""
        page = visitor.get(f"{path}question/{position}/")
        assert page.status == 200, page.text
        return {
            "places": re.findall(r'name="answer" value="([^"]+)"', page.text),
            "version": int(page.hidden("base_version")),
            "page_id": page.hidden("page_id"),
        }

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.save(1 + len(self.acknowledged) % len(self.pages))
        except Exception as error:  # noqa: BLE001 -- the test reads it
            self.trouble = repr(error)

    def save(self, position: int) -> None:
        """Choose another option and send it until it is acknowledged; then once more, which must change nothing."""
        page = self.pages[position]
        place = page["places"][len(self.acknowledged) % len(page["places"])]
        body = {
            "answer": [place],
            "base_version": page["version"],
            "save_id": str(uuid4()),
            "page_id": page["page_id"],
        }
        first = self.until_answered(position, body)
        page["version"] = first["version"]
        self.acknowledged.append(Acknowledged(position, body["save_id"], first["answer"], first["version"]))
        again = self.until_answered(position, body)
        assert (again["version"], again["answer"]) == (first["version"], first["answer"])

    def until_answered(self, position: int, body: Mapping[str, Any]) -> Any:
        while True:
            try:
                reply = self.visitor.post_json(f"{self.path}question/{position}/save/", body, seconds=10)
            except (OSError, HTTPException):
                self.unanswered += 1
                time.sleep(0.05)
                continue
            if reply.status < 500:
                assert reply.status == 200, reply.text
                assert reply.json["outcome"] == "saved"
                return reply.json
            self.unanswered += 1
            self.refusals.add((reply.status, reply.retry_after))


# --- Faults --------------------------------------------------------------------------------------------------


def kill_whole(system: RunningSystem, name: str) -> None:
    """End a process and all its own at once, as a power cut does."""
    pid = system.pid(name)
    os.killpg(pid, signal.SIGKILL)
    child = system.children.get(name)
    if child is not None and child.process is not None:
        child.process.wait(10)


def kill_pool(system: RunningSystem, name: str) -> list[int]:
    """End the processes that do a worker's tasks, and leave the one that hands them out; return their pids."""
    pid = system.pid(name)
    pool = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert pool, f"{name} has no processes of its own"
    for each in pool:
        os.kill(each, signal.SIGKILL)
    return pool


@dataclass
class Stopwatch:
    """How long requests took; what a busy machine adds is measured by requests without a fault.

    The limit itself is held to by the long rounds, which run alone; beside other tests, where one request can meet
    what the one before did not, four times as much still tells a timeout of ours from one of Redis or of nobody.
    """

    limit: float
    usual: list[float] = field(default_factory=list)
    # What such a request takes at most where nothing else runs.
    QUIET = 0.25

    def judge(self, taken: Sequence[float]) -> None:
        load = max(0.0, max(self.usual, default=0.0) - self.QUIET)
        if "RACE_ROUNDS" not in os.environ:
            load += 3 * self.limit
        words = ", ".join(f"{each * 1000:.0f}" for each in taken)
        usual = ", ".join(f"{each * 1000:.0f}" for each in self.usual)
        assert max(taken) < self.limit + load, f"took {words} ms; without the fault {usual} ms"


def until(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Wait for something in the database, looking four times a second."""
    return wait_until(condition, what=what, seconds=seconds, every=0.25)
