"""What the operator may choose, and what follows from it for the children's environment."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.environment import BASE_DIR, read_dot_env

FOLDERS = {"demo": BASE_DIR / "var" / "demo", "run": BASE_DIR / "var" / "data"}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not bound to
# Sample data must never reach the database, the broker or the mail server of a real installation.
NOT_FOR_SAMPLES = (
    "DATABASE_URL",
    "REDIS_URL",
    "BROKER_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "LINK_KEYS",
    "STATIC_ROOT",
    "BACKUP_FOLDER",
    "INBOUND_ADDRESS",
    "INBOUND_LISTEN",
)


class RefusalError(Exception):
    """The start cannot go on; the text tells the operator why, and how to mend it."""


@dataclass(frozen=True)
class Options:
    mode: str
    host: str
    port: int
    data_dir: Path

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the site."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def read_options(mode: str, given: Mapping[str, str]) -> Options:
    """Return the options that `given` (the environment) asks for. Raises `RefusalError`."""
    port = given.get("PORT") or "8000"
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise RefusalError(f"PORT is {port!r}. Set it to a number from 1 to 65535, or leave it out for 8000.")
    return Options(
        mode=mode,
        host=given.get("HOST") or "127.0.0.1",
        port=int(port),
        data_dir=Path(given.get("DATA_DIR") or FOLDERS[mode]).resolve(),
    )


def read_environment(mode: str) -> dict[str, str]:
    """Return the environment to start from: the operator's own, for real data with what `.env` adds to it."""
    if mode == "run":
        read_dot_env()
    given = dict(os.environ)
    if mode == "demo":
        for name in NOT_FOR_SAMPLES:
            given.pop(name, None)
        given["READ_DOT_ENV"] = "0"
    return given


def children_environment(options: Options, given: Mapping[str, str]) -> dict[str, str]:
    environment = dict(given)
    environment.update(
        DATA_DIR=str(options.data_dir),
        PORT=str(options.port),
        PYTHONUNBUFFERED="1",
        ONE_WORKER="1",
    )
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if given.get("SITE_ADDRESS"):
        environment["SITE_ADDRESS_FROM"] = "environment"
    else:
        environment.update(SITE_ADDRESS=options.address, SITE_ADDRESS_FROM="screen")
    return environment


def listen(options: Options) -> socket.socket:
    """Take the port, so that nobody else does before the web server is up. Raises `RefusalError`."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RefusalError(
                f"Port {options.port} is in use by another program. Start on another one: "
                f"PORT={options.port + 1} make {options.mode}"
            ) from error
        if error.errno == errno.EACCES:
            raise RefusalError(
                f"Port {options.port} is reserved for the system. Start on another one: PORT=8000 make {options.mode}"
            ) from error
        raise RefusalError(
            f"This machine has no address {options.host!r}. Set HOST to one of its addresses, or leave it out."
        ) from error
