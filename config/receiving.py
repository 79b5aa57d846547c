"""The line `receive_mail` of the Procfile: takes mail where that is set up, and else waits without costing anything.

A Procfile has all of its lines run, and many of its tools take the end of one for a fault.
"""

from __future__ import annotations

import os
import signal
import sys

from config.environment import read_dot_env


def listen_address(text: str) -> tuple[str, int] | None:
    """Return host and port of "127.0.0.1:2525" or "[::1]:2525", or None for anything else."""
    host, _colon, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        return None
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_set_up() -> bool:
    """Whether the environment says which mail is received, and where."""
    return bool(os.environ.get("INBOUND_ADDRESS") and os.environ.get("INBOUND_LISTEN"))


def main() -> None:
    read_dot_env()
    if is_set_up():
        command = [sys.executable, "manage.py", "receive_mail"]
        os.execv(sys.executable, command)  # noqa: S606 -- our own command, in this very process
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    sys.stdout.write("INBOUND_ADDRESS and INBOUND_LISTEN are not set: no mail is received.\n")
    sys.stdout.flush()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
