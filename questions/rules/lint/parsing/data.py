"""JSON, YAML and TOML."""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from questions.rules.lint.parsing.mistakes import Mistake, leaves_out

_MOST_BRACKETS = 200
_JINJA = re.compile(r"\{[{%#]")


def why_not_json(code: str) -> Mistake | None:
    """Return the first mistake in JSON: a document, one on each line, or the inside of an object or an array."""
    if leaves_out(code) or "..." in code:
        return None
    mistake = _json(code)
    if mistake is None or all(_json(line) is None for line in code.split("\n") if line.strip()):
        return None
    inside = code.strip().rstrip(",")
    if _json("{" + inside + "}") is None or _json("[" + inside + "]") is None:
        return None
    return mistake


def why_not_yaml(code: str) -> Mistake | None:
    """Return the first mistake in YAML. Only its signs are read: nothing in it is made or followed."""
    # Each bracket within another makes every sign after it slower to read.
    if leaves_out(code) or _JINJA.search(code) or code.count("[") + code.count("{") > _MOST_BRACKETS:
        return None
    try:
        for _event in yaml.parse(code, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Mistake(line, "parser", str(error.problem or "")[:100])
    except (yaml.YAMLError, RecursionError):
        return Mistake(1, "parser", "")
    return None


def why_not_toml(code: str) -> Mistake | None:
    """Return the first mistake in TOML."""
    if leaves_out(code) or _JINJA.search(code):
        return None
    try:
        tomllib.loads(code)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error)
        line = re.search(r"line (\d+)", said)
        return Mistake(int(line[1]) if line else 1, "parser", said.partition(" (at")[0][:100])
    return None


def _json(code: str) -> Mistake | None:
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        return Mistake(error.lineno, "parser", error.msg[:100])
    except (ValueError, RecursionError):
        return Mistake(1, "parser", "")
    return None
