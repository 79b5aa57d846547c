"""The shared cache while Redis is well, refuses, is silent and is back."""

import logging
from time import monotonic

import pytest

from config import cache as module
from config.cache import ForgivingRedisCache

TIMEOUT = 0.2


@pytest.fixture
def redis(valkey_socket, fault_proxy):
    return fault_proxy(valkey_socket)


@pytest.fixture
def cache(redis, monkeypatch):
    monkeypatch.setattr(module, "_reach", module._Reach())
    options = {
        "serializer": "config.cache.JsonSerializer",
        "socket_connect_timeout": TIMEOUT,
        "socket_timeout": TIMEOUT,
    }
    made = ForgivingRedisCache(
        f"redis://127.0.0.1:{redis.port}/0", {"KEY_PREFIX": "limits", "OPTIONS": options}
    )
    made.local.clear()
    return made


@pytest.fixture
def no_pause(monkeypatch):
    """Ask Redis again at once, instead of after some seconds."""
    monkeypatch.setattr(module, "PAUSE", 0.0)


FAULTS = ["refuse", "black_hole"]


def test_cache_is_redis_while_redis_answers(cache):
    cache.set("tries", 1, timeout=60)

    assert cache.incr("tries") == 2
    assert cache.get("tries") == 2
    assert cache.local.get("tries") is None


@pytest.mark.parametrize("fault", FAULTS)
def test_f1_f2_cache_counts_on_in_memory_while_redis_is_away(cache, redis, fault):
    getattr(redis, fault)()

    assert cache.get("tries", "none") == "none"
    assert cache.add("tries", 0, timeout=60) is True
    assert cache.add("tries", 0, timeout=60) is False
    assert [cache.incr("tries"), cache.incr("tries")] == [1, 2]
    cache.set("history", [1.5], timeout=60)
    assert cache.get_many(["tries", "history"]) == {"tries": 2, "history": [1.5]}
    assert cache.has_key("tries")
    assert cache.delete("tries") is True
    with pytest.raises(ValueError):
        cache.incr("tries")


def test_f2_silent_redis_is_waited_for_once(cache, redis):
    redis.black_hole()
    begun = monotonic()
    cache.get("tries")
    first = monotonic() - begun

    begun = monotonic()
    for number in range(200):
        cache.set(f"key-{number}", number)

    # Asked each time, it would be forty seconds.
    assert monotonic() - begun < 5
    assert TIMEOUT * 0.9 < first < 5


@pytest.mark.parametrize("fault", FAULTS)
def test_cache_is_redis_again_when_redis_is_back(cache, redis, fault, no_pause):
    cache.set("before", "kept", timeout=60)
    getattr(redis, fault)()
    cache.set("meanwhile", "forgotten", timeout=60)
    assert cache.get("before") is None

    redis.forward()
    cache.set("after", "stored", timeout=60)

    assert cache.get("before") == "kept"
    assert cache.get("meanwhile") is None
    assert cache.local.get("meanwhile") is None


def test_f5_full_redis_is_treated_as_one_that_is_away(cache, valkey_socket, no_pause):
    import redis as library

    with library.Redis(unix_socket_path=str(valkey_socket)) as client:
        client.config_set("maxmemory", "1")
        try:
            cache.add("tries", 0, timeout=60)
            # Reading works on a full server, and must not make the counter begin again.
            assert cache.get("tries") == 0
            assert [cache.incr("tries"), cache.incr("tries")] == [1, 2]
        finally:
            client.config_set("maxmemory", "0")


def test_outage_is_logged_once_and_its_end(cache, redis, no_pause, caplog):
    caplog.set_level(logging.INFO, logger="config.cache")
    redis.refuse()
    for _ in range(3):
        cache.set("tries", 1)
    redis.forward()
    for _ in range(3):
        cache.set("tries", 1)

    assert [record.getMessage() for record in caplog.records] == [
        "Redis does not answer; limits are counted in each process until it does.",
        "Redis answers again.",
    ]


def test_case_19_unsafe_deserialise_what_others_put_into_redis_is_read_as_json(
    cache, valkey_socket, pickled_code
):
    import redis as library

    cache.set("history", [1.5, 2.0], timeout=60)
    with library.Redis(unix_socket_path=str(valkey_socket)) as client:
        stored = client.get("limits:1:history")
        client.set("limits:1:history", pickled_code)

    assert stored == b"[1.5, 2.0]"
    with pytest.raises(ValueError):
        cache.get("history")
