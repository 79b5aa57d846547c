"""How gunicorn serves the product, in both modes. `HOST` and `PORT` decide where, `WEB_WORKERS` how many processes."""

import gc
import os
import signal
import tempfile
from typing import Any

from gunicorn.glogging import Logger

from config.embedded.children import die_with_parent
from config.environment import read_dot_env
from shell.logs import JsonFormatter, RedactFilter

read_dot_env()

# After how many objects a web process looks for circles. Nearly all that a request leaves goes with its last name;
# looking every 700 objects is looking several times a request, a tenth of what a page of a test takes.
GARBAGE = (20_000, 20, 50)


class RedactingLogger(Logger):
    """The server's own log; it quotes requests that it cannot read, and these hold links too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.addFilter(RedactFilter())
            if os.environ.get("LOG_FORMAT") == "json":
                handler.setFormatter(JsonFormatter())


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# More threads make SQLite slower, not faster: its writers wait for one lock.
threads = 4
# Its own work is 0.13 ms of a request; the least costly server that was measured takes 0.04, so another one would save
# 5 ms of the processor time of a whole test. With eight clients at a time it is not much more: threads that take
# connections from the system themselves, without a hand-over, took 0.15 ms less of a request.
worker_class = "gthread"
# The code is read once and shared by the workers; nothing connects to anything while it is read.
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# The heartbeat of a worker is a file that it touches; on a slow disk that would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108 -- private files
control_socket_disable = True
# No access log: the links of candidates are keys, and a log would keep them. `shell.middleware` writes a line about
# each request without its address. A proxy in front needs the same care, see docs/deployment.md.
accesslog = None
errorlog = "-"
logger_class = RedactingLogger
loglevel = "warning"


def post_fork(server: Any, worker: Any) -> None:
    """End the worker with its master. One that outlives it holds the port until its last connection is closed.

    For so long nobody could begin in the place of a master that crashed.
    """
    die_with_parent(signal.SIGKILL)
    gc.set_threshold(*GARBAGE)


def when_ready(server: Any) -> None:
    """Read in the parent what every worker needs, so that they share it and the first visitor does not wait."""
    from django.urls import get_resolver  # noqa: PLC0415 -- settings first

    _ = get_resolver().url_patterns
    gc.freeze()
