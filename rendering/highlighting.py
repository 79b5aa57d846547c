"""Code as HTML with class names for its tokens; the colours live in `static/rendering/code.css`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

# Lexers are regular expressions, and some grow with the square of a long line or of a long run of blank lines.
# Within these bounds the worst snippet takes well under a fifth of a second; beyond them code has no colours.
MAX_HIGHLIGHTED = 8_000
MAX_LINE = 1_000
_LONG_GAP = re.compile(r"(?:\n[ \t]*){12}")


@dataclass(frozen=True, slots=True)
class CodeLanguage:
    """A language that a fence may name; `lexer` is Pygments' name for it, empty for plain text."""

    name: str
    label: str | Promise
    lexer: str
    aliases: tuple[str, ...] = ()


PLAIN = CodeLanguage("text", gettext_lazy("Text"), "", ("txt", "plain", "plaintext", "output"))

LANGUAGES = (
    CodeLanguage("python", "Python", "python", ("py", "python3")),
    CodeLanguage("pycon", gettext_lazy("Python session"), "pycon", ("python-console", "doctest")),
    CodeLanguage("html", "HTML", "html+jinja", ("htm", "xhtml")),
    CodeLanguage("jinja", "Jinja", "html+jinja", ("html+jinja", "jinja2", "html+jinja2", "django")),
    CodeLanguage("sql", "SQL", "sql", ("postgresql", "postgres", "sqlite")),
    CodeLanguage("bash", gettext_lazy("Shell"), "bash", ("sh", "shell", "zsh", "console")),
    CodeLanguage("javascript", "JavaScript", "javascript", ("js", "mjs")),
    CodeLanguage("json", "JSON", "json"),
    CodeLanguage("yaml", "YAML", "yaml", ("yml",)),
    CodeLanguage("css", "CSS", "css"),
    CodeLanguage("toml", "TOML", "toml"),
    CodeLanguage("ini", "INI", "ini", ("cfg", "conf")),
    CodeLanguage("diff", gettext_lazy("Changes"), "diff", ("patch",)),
    CodeLanguage("http", "HTTP", "http"),
    PLAIN,
)

_BY_NAME = {name: language for language in LANGUAGES for name in (language.name, *language.aliases)}
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def language_named(name: str) -> CodeLanguage:
    """Return the language a fence names; an unknown or missing name means plain text."""
    return _BY_NAME.get(name.casefold(), PLAIN)


def highlight(code: str, language: CodeLanguage) -> str:
    """Return `code` as escaped HTML, its tokens in spans with Pygments' short class names."""
    if not language.lexer or not _is_quick(code):
        return escape(code)
    tokens = _lexer(language.lexer).get_tokens(code)
    pieces: list[str] = []
    _FORMATTER.format(tokens, _Pieces(pieces))
    return "".join(pieces)


def _is_quick(code: str) -> bool:
    if len(code) > MAX_HIGHLIGHTED or max(map(len, code.split("\n"))) > MAX_LINE:
        return False
    return _LONG_GAP.search(code) is None


class _Pieces:
    """The one method of a text file that Pygments' formatter calls."""

    def __init__(self, pieces: list[str]) -> None:
        self.write = pieces.append


@cache
def _lexer(name: str) -> Lexer:
    # `stripnl` off: blank lines at the top of a snippet are the author's.
    return get_lexer_by_name(name, stripnl=False, ensurenl=False)
