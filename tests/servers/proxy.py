"""A TCP proxy that breaks connections on command, to stand between the product and a server."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from pathlib import Path

Target = tuple[str, int] | str | Path


class FaultProxy:
    """Listens on `port` of loopback and passes everything to `target` (host and port, or a socket's path).

    `forward()` passes on, `refuse()` closes the port, `black_hole()` accepts and never answers (also on connections
    that are open already), `cut()` drops every open connection and goes on with new ones. `lose_reply()` lets the next
    request through and drops its connection in place of the answer; `lost` counts these.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.RLock()
        self._pairs: list[tuple[socket.socket, socket.socket | None]] = []
        self._silent = threading.Event()
        self._closed = threading.Event()
        self._losing = threading.Event()
        self.lost = 0
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()

    def forward(self) -> None:
        """Pass on. Connections that were made into the black hole are dropped: nobody answers those any more."""
        was_silent = self._silent.is_set()
        self._silent.clear()
        if was_silent:
            self.cut()
        if self._listener is None:
            self._listen()

    def refuse(self) -> None:
        """Refuse new connections and drop open ones, as a stopped server does."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is not None:
            # Wakes the thread that waits in accept, which close alone does not.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut()

    def black_hole(self) -> None:
        self._silent.set()
        if self._listener is None:
            self._listen()

    def lose_reply(self) -> None:
        """Lose what comes back next: the server has done its work, and whoever asked never hears of it."""
        self._losing.set()

    def cut(self) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in filter(None, pair):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        self._closed.set()
        self.refuse()

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = None if self._silent.is_set() else self._connect()
            if server is None and not self._silent.is_set():
                client.close()
                continue
            with self._lock:
                self._pairs.append((client, server))
            if server is not None:
                threading.Thread(target=self._pass, args=[client, server], daemon=True).start()

    def _connect(self) -> socket.socket | None:
        try:
            if isinstance(self.target, tuple):
                return socket.create_connection(self.target, timeout=5)
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.target))
            return server
        except OSError:
            return None

    def _pass(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        with selectors.DefaultSelector() as waiting, contextlib.suppress(OSError, ValueError):
            for either in other:
                either.settimeout(None)
                waiting.register(either, selectors.EVENT_READ)
            while not self._closed.is_set():
                for key, _ in waiting.select(timeout=0.5):
                    end: socket.socket = key.fileobj  # type: ignore[assignment]
                    data = end.recv(65536)
                    if not data:
                        raise OSError("closed")
                    if end is server and self._losing.is_set():
                        self._losing.clear()
                        self.lost += 1
                        break_off(client)
                        raise OSError("lost")
                    if not self._silent.is_set():
                        other[end].sendall(data)
        client.close()
        server.close()


def break_off(connection: socket.socket) -> None:
    """Let the close of a connection reach the other end as a reset, not as an answer without a byte."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
