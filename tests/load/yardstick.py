"""How fast the machine and its Python were while something was measured, so that figures of two hosts can be compared.

The same attempt costs twice as much on a slow or crowded host, and more on a Python that was built without profiles
(`--enable-optimizations`: the images of Docker have it, pyenv does not of its own accord; Debian uses profiles in
a way of its own that `configure` never hears of, so that only the two times tell).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import platform
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass

ADDITIONS, ROUNDS = 5_000_000, 20_000
# What makes an interpreter fast when it is built, by the words of its `configure`.
OPTIMISATIONS = ("--enable-optimizations", "--with-lto")


@dataclass(frozen=True)
class Yardstick:
    """Processor seconds of work that is the same everywhere: counting in Python alone, and a mix of C and Python."""

    additions: float
    mix: float

    @classmethod
    def taken(cls, *, additions: int = ADDITIONS, rounds: int = ROUNDS) -> Yardstick:
        """Do the work now. Takes about a second."""
        return cls(_processor_time(lambda: _add(additions)), _processor_time(lambda: _sign(rounds)))

    def line(self) -> str:
        return (
            f"  {interpreter()}; yardstick: {self.additions:.2f} CPU-s for {ADDITIONS // 1_000_000} million additions,"
            f" {self.mix:.2f} for {ROUNDS:,} times JSON and HMAC"
        )


def interpreter(arguments: str | None = None) -> str:
    """Say which Python this is and how it was built; `arguments` are those of its `configure`, else this one's."""
    said = arguments if arguments is not None else str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    with_ = [word for word in OPTIMISATIONS if word in said]
    built = "built with " + " and ".join(with_) if with_ else "whose configure names no optimisation"
    return f"{platform.python_implementation()} {platform.python_version()}, {built}"


def _add(times: int) -> int:
    total = 0
    for number in range(times):
        total += number
    return total


def _sign(times: int) -> str:
    key, signed = b"a key that nothing else uses", ""
    for number in range(times):
        body = json.dumps({"number": number, "answer": ["a", "b"], "signed": signed})
        signed = hmac.new(key, json.dumps(json.loads(body)).encode(), hashlib.sha256).hexdigest()
    return signed


def _processor_time(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
