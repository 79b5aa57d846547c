"""The operator's `.env`, for everything that is started here: settings, the web server, the embedded mode."""

from __future__ import annotations

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent


def read_dot_env() -> None:
    """Add what `.env` says to the environment; what is set there already wins. `READ_DOT_ENV=false` keeps it out."""
    if environ.Env().bool("READ_DOT_ENV", default=True):
        environ.Env.read_env(BASE_DIR / ".env")
