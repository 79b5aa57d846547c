"""Asking the broker how it is, within a time that a request may wait."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# To connect, and again to answer.
SECONDS = 0.3


def client(url: str, *, seconds: float = SECONDS) -> redis.Redis | None:
    """Return a client that waits `seconds` at most and tries once; None for a broker that is no server."""
    socket = urlsplit(url)
    patience = {"socket_connect_timeout": seconds, "socket_timeout": seconds, "retry": Retry(NoBackoff(), 0)}
    if socket.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=socket.path, **patience)  # type: ignore[arg-type]
    if socket.scheme in ("redis", "rediss"):
        return redis.Redis.from_url(url, **patience)
    return None


def answers(url: str | None = None) -> bool:
    """Whether the broker takes word now. Raises nothing."""
    url = url or settings.CELERY_BROKER_URL
    try:
        server = client(url)
        if server is None:
            return not url.startswith("filesystem") or Path(settings.DATA_DIR).is_dir()
        with server:
            return bool(server.ping())
    except (redis.RedisError, OSError, ValueError):
        return False
