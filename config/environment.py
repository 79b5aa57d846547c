"""The operator's `.env`, for everything that is started here: settings, the web server, the embedded mode."""

from __future__ import annotations

import os
import re
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent


def read_dot_env() -> None:
    """Add what `.env` says to the environment; what is set there already wins. `READ_DOT_ENV=false` keeps it out."""
    if environ.Env().bool("READ_DOT_ENV", default=True):
        environ.Env.read_env(BASE_DIR / ".env")


def data_dir() -> Path:
    """Return where the installation keeps its things."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var" / "data").resolve()


def set_variables() -> list[str]:
    """Return the names of the variables of ours that are set; `.env.example` is the list of all of them."""
    example = BASE_DIR / ".env.example"
    known = re.findall(r"^# ([A-Z_]+)=", example.read_text(), re.MULTILINE) if example.exists() else []
    return sorted(name for name in set(known) if os.environ.get(name))
