"""What every test process needs in its environment before the settings are read.

The pytest controller makes one temporary folder and one PostgreSQL; the workers of xdist inherit both by
environment, and each has a folder and a database of its own.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.servers import postgres

ROOT = "SHORTLIST_TEST_ROOT"
SERVER = "SHORTLIST_TEST_POSTGRES"
# An operator's own settings must not reach the tests, nor the tests an operator's servers.
OPERATOR = (
    *(
        "DATABASE_URL",
        "REDIS_URL",
        "BROKER_URL",
        "EMAIL_URL",
        "SITE_ADDRESS",
        "ALLOWED_HOSTS",
        "PORT",
        "HOST",
        "DEBUG",
    ),
    *(
        "CSRF_TRUSTED_ORIGINS",
        "TRUSTED_PROXIES",
        "DEFAULT_FROM_EMAIL",
        "STATIC_ROOT",
        "LOG_LEVEL",
        "LOG_FORMAT",
    ),
    *("LOG_ADDRESSES", "METRICS_TOKEN", "SECRET_KEY_FALLBACKS", "ADMIN_EMAIL", "ADMIN_PASSWORD"),
    *("BACKUP_FOLDER", "PG_DUMP", "INBOUND_ADDRESS", "INBOUND_LISTEN"),
)


@dataclass(frozen=True)
class TestRun:
    """Where this process of the test run keeps its things."""

    __test__ = False

    root: Path
    worker: str
    database: str

    @property
    def data_dir(self) -> Path:
        return self.root / self.worker

    @property
    def uses_postgres(self) -> bool:
        return self.database == "postgres"


def prepare() -> TestRun:
    """Set the environment of this process; the first process of the run starts what all of them share."""
    database = os.environ.setdefault("TEST_DATABASE", "postgres")
    if database not in ("postgres", "sqlite"):
        raise RuntimeError(f"TEST_DATABASE is {database!r}; it can be 'postgres' or 'sqlite'.")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    is_controller = ROOT not in os.environ or worker == "main"
    if is_controller:
        start_shared(database)
    run = TestRun(Path(os.environ[ROOT]), worker, database)
    run.data_dir.mkdir(exist_ok=True)
    for name in OPERATOR:
        os.environ.pop(name, None)
    keep_what_is_compiled()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        READ_DOT_ENV="0",
        DATA_DIR=str(run.data_dir),
        SECRET_KEY=secrets.token_urlsafe(50),
        LINK_KEYS=secrets.token_urlsafe(50),
        # Nothing looks at the broker unless a test starts a worker of its own.
        BROKER_URL="memory://",
    )
    if run.uses_postgres:
        os.environ["DATABASE_URL"] = shared_postgres().url(database_name(run))
    return run


def keep_what_is_compiled() -> None:
    """Let Python write compiled files, which images of containers often forbid.

    Without them each worker compiles the product and all tests anew, and so does every process that a test starts.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def start_shared(database: str) -> None:
    root = Path(tempfile.mkdtemp(prefix="shortlist-tests-"))
    # The user that runs PostgreSQL has to reach its folder below.
    root.chmod(0o711)
    os.environ[ROOT] = str(root)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    if database == "postgres":
        server = postgres.create(root / "postgres")
        atexit.register(server.stop)
        os.environ[SERVER] = f"{server.port}:{server.password}"


def shared_postgres() -> postgres.PostgresServer:
    """Return the run's server as seen from any of its processes; only the first can stop it."""
    port, _, password = os.environ[SERVER].partition(":")
    folder = Path(os.environ[ROOT]) / "postgres"
    return postgres.PostgresServer(folder, postgres.find_binaries(), int(port), password, None)


def database_name(run: TestRun) -> str:
    return f"test_{run.worker}"
