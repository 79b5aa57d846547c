"""HTTP as a browser speaks it, with as little processor time as Python can: the server shares the cores."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.load.counting import CPU, STATEMENTS

# What the page's own script waits for an answer.
PATIENCE = 10.0


class NoAnswer(Exception):  # noqa: N818 -- what happens on networks is no fault of the caller
    """The connection failed, or nothing came in time: whether the server acted is unknown."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass(frozen=True, slots=True)
class Sample:
    """One request that was answered: when its answer was complete, and what it took."""

    kind: str
    at: float
    status: int
    seconds: float
    statements: int
    cpu_ms: float
    size: int


@dataclass
class Browser:
    """One connection that is kept alive, and cookies. Every answer is handed to `note`."""

    address: str
    note: Callable[[Sample], None]
    cookies: dict[str, str] = field(default_factory=dict)
    _stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, kind: str, path: str) -> Reply:
        return await self.send(kind, "GET", path, b"", "")

    async def post_form(self, kind: str, path: str, form: dict[str, str]) -> Reply:
        return await self.send(
            kind, "POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded"
        )

    async def post_json(self, kind: str, path: str, body: Any) -> Reply:
        return await self.send(kind, "POST", path, json.dumps(body).encode(), "application/json")

    async def send(self, kind: str, method: str, path: str, body: bytes, content_type: str) -> Reply:
        """Make one request. Raises `NoAnswer`."""
        request = self._request(method, path, body, content_type)
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self._exchange(request)
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            self.drop()
            raise NoAnswer(repr(error)) from error
        taken = time.perf_counter() - begun
        self.note(
            Sample(
                kind,
                time.time(),
                reply.status,
                taken,
                int(reply.headers.get(STATEMENTS.lower(), 0)),
                float(reply.headers.get(CPU.lower(), 0)),
                len(reply.body),
            )
        )
        return reply

    async def send_and_vanish(self, path: str, body: Any) -> None:
        """Send JSON and cut the connection before the answer: the network that goes at the worst moment."""
        request = self._request("POST", path, json.dumps(body).encode(), "application/json")
        try:
            _reader, writer = await self._connected()
            writer.write(request)
            await writer.drain()
        except OSError:
            pass
        self.drop()

    def drop(self) -> None:
        """Cut the connection, as a laptop does that is closed."""
        if self._stream is not None:
            self._stream[1].transport.abort()
            self._stream = None

    async def _exchange(self, request: bytes) -> Reply:
        was_open = self._stream is not None
        try:
            return await self._ask(request)
        except (OSError, EOFError):
            # The server closes connections that were idle for some seconds; a browser then opens another.
            if not was_open:
                raise
            self.drop()
            return await self._ask(request)

    async def _ask(self, request: bytes) -> Reply:
        reader, writer = await self._connected()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            name = name.lower()
            if name == "set-cookie":
                cookie, _, value = value.partition(";")[0].partition("=")
                self.cookies[cookie] = value
            elif name:
                headers[name] = value
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.drop()
        return Reply(int(head[0].split(" ", 2)[1]), headers, body)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._stream is None:
            parts = urlsplit(self.address)
            self._stream = await asyncio.open_connection(parts.hostname, parts.port)
        return self._stream

    def _request(self, method: str, path: str, body: bytes, content_type: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(self.address).netloc}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += [
                f"Origin: {self.address}",
                f"X-CSRFToken: {self.cookies.get('shortlist_csrf', '')}",
                f"Content-Type: {content_type}",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", ""]).encode() + body
