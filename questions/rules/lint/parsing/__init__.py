"""Whether code parses in the language that its author named. A piece of a program is as good as a whole one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Final

from questions.rules.lint.parsing.brackets import SIGNS, why_not_balanced
from questions.rules.lint.parsing.data import why_not_json, why_not_toml, why_not_yaml
from questions.rules.lint.parsing.markup import why_not_html, why_not_jinja
from questions.rules.lint.parsing.mistakes import Mistake
from questions.rules.lint.parsing.python import why_not_python
from questions.rules.lint.parsing.shell import why_not_shell

__all__ = ["Mistake", "why_not_parsed"]

# Longer code stands in no question; it is not looked at.
_LONGEST: Final = 20_000

_CHECKS: Final[Mapping[str, Callable[[str], Mistake | None]]] = {
    "python": why_not_python,
    "pycon": why_not_python,
    "json": why_not_json,
    "yaml": why_not_yaml,
    "toml": why_not_toml,
    "html": why_not_html,
    "jinja": why_not_jinja,
    "bash": why_not_shell,
    **{name: partial(why_not_balanced, signs=signs) for name, signs in SIGNS.items()},
}


@lru_cache(maxsize=256)
def why_not_parsed(language: str, code: str) -> Mistake | None:
    """Return the first mistake in `code`; None for none, and for languages that nobody checks.

    Arguments: `language`, a name of `rendering.highlighting`.
    """
    check = _CHECKS.get(language)
    if check is None or not code.strip() or len(code) > _LONGEST:
        return None
    return check(code)
