"""Tests talk to this machine alone."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class OutsideNetworkError(RuntimeError):
    """A test tried to reach another machine."""


def block() -> None:
    """Refuse every connection that leaves this machine, for the whole process."""

    def connect(self: socket.socket, address: Any) -> None:
        _connect(self, allowed(self, address))

    def connect_ex(self: socket.socket, address: Any) -> int:
        return _connect_ex(self, allowed(self, address))

    socket.socket.connect = connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[assignment,method-assign]


def allowed(connection: socket.socket, address: Any) -> Any:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(str(address[0])):
        raise OutsideNetworkError(f"Tests must not reach other machines; this one tried {address!r}.")
    return address


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
