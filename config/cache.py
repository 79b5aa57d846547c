"""The cache that web processes share in served mode. It holds the counters of limits, and nothing that is missed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any, Final

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.functional import cached_property
from redis import RedisError

logger = logging.getLogger(__name__)

# So long nobody asks a server that did not answer: in a silence, one request in this time waits for the timeout.
PAUSE: Final = 2.0
# A server that is full still reads and deletes: only what it stores says that it is well.
STORING: Final = {"add", "set", "set_many"}
# Keys of somebody who guesses with many names must not push one another out.
LOCAL_ENTRIES: Final = 20_000


class JsonSerializer:
    """Django's own would unpickle, so that whoever may write to Redis could run code in the web processes."""

    def dumps(self, value: Any) -> Any:
        # Redis counts plain numbers itself.
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class _Reach:
    """What this process knows about whether Redis answers; shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = False
        self._ask_at = 0.0

    def may_ask(self, *, to_store: bool) -> bool:
        """Whether to ask Redis now. While it is away, one caller in each pause who has something to store finds out."""
        if not self._away:
            return True
        if not to_store:
            return False
        with self._lock:
            if monotonic() < self._ask_at:
                return False
            self._ask_at = monotonic() + PAUSE
            return True

    def lost(self) -> None:
        with self._lock:
            was_away, self._away = self._away, True
            self._ask_at = monotonic() + PAUSE
        if not was_away:
            logger.warning("Redis does not answer; limits are counted in each process until it does.")

    def answered(self) -> bool:
        """Note that Redis answered; return whether it had been away."""
        if not self._away:
            return False
        with self._lock:
            was_away, self._away = self._away, False
        if was_away:
            logger.warning("Redis answers again.")
        return was_away


_reach = _Reach()


def _forgiving(name: str) -> Callable[..., Any]:
    """Return the method `name` of the cache on Redis, answered from memory while Redis does not."""
    on_redis = getattr(RedisCache, name)

    @wraps(on_redis)
    def ask(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        if _reach.may_ask(to_store=name in STORING):
            try:
                answer = on_redis(self, *args, **kwargs)
            except RedisError:
                _reach.lost()
            else:
                if _reach.answered():
                    self.local.clear()
                return answer
        return getattr(self.local, name)(*args, **kwargs)

    return ask


class ForgivingRedisCache(RedisCache):
    """Django's cache on Redis, which no request fails or waits for when Redis refuses, is silent or is full.

    Until Redis answers again every process counts for itself, in memory and from nothing. For the limits that stand on
    this cache (wrong links of candidates, calls of the API) it means: they go on, each process with its own count.
    Guesses at passwords and keys are not among them: `accounts.operations.guesses` counts those in the database.
    What was counted during an outage is forgotten after it, what was counted before it is there again.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._params = params

    @cached_property
    def local(self) -> BaseCache:
        """The memory that stands in; one for all threads of the process."""
        return LocMemCache(__name__, self._params | {"OPTIONS": {"MAX_ENTRIES": LOCAL_ENTRIES}})

    add = _forgiving("add")
    get = _forgiving("get")
    set = _forgiving("set")
    touch = _forgiving("touch")
    delete = _forgiving("delete")
    get_many = _forgiving("get_many")
    has_key = _forgiving("has_key")
    incr = _forgiving("incr")
    set_many = _forgiving("set_many")
    delete_many = _forgiving("delete_many")
    clear = _forgiving("clear")
