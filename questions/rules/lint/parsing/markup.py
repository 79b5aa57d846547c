"""HTML and Jinja: their tags have to match."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from questions.rules.lint.parsing.mistakes import Mistake, leaves_out, line_of

_VOID: Final = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
# Whose end may be left out.
_OPTIONAL: Final = re.compile(
    r"html|head|body|p|li|d[td]|option|optgroup|t(?:head|body|foot|r|d|h)|colgroup|caption|r[pt]"
)
_OPEN_TAG: Final = re.compile(r"<[a-zA-Z/][^<>]*\Z")
_JINJA: Final = re.compile(
    r"\{#.*?#\}|\{\{.*?\}\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>.*?)[-+]?%\}"
    r"|(?P<stray>\{\{|\{%|\{#|%\}|\}\}|#\})",
    re.DOTALL,
)
_BLOCKS: Final = frozenset(
    ["autoescape", "block", "call", "filter", "for", "if", "macro", "set", "trans", "with"]
)


def why_not_html(code: str) -> Mistake | None:
    """Return the first tag of HTML without a partner. Where it holds Jinja, that is looked at instead."""
    if "{%" in code or "{{" in code:
        return why_not_jinja(code)
    broken = _OPEN_TAG.search(code)
    if broken and not leaves_out(code):
        return Mistake(line_of(code, broken.start()), "tag_cut", broken[0][:20])
    tags = _Tags()
    tags.feed(code)
    tags.close()
    if tags.mistake is None and tags.opened and tags.closes:
        # A piece that closes nothing shows the beginning of something.
        name, line = tags.opened[-1]
        tags.mistake = Mistake(line, "not_closed", f"<{name}>")
    return None if leaves_out(code) else tags.mistake


class _Tags(HTMLParser):
    """Keeps the tags that are open, and the first that closes none."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, int]] = []
        self.mistake: Mistake | None = None
        self.closes = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _has_no_end(tag):
            self.opened.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        self.closes = True
        if _has_no_end(tag) or self.mistake is not None:
            return
        if not self.opened or self.opened[-1][0] != tag:
            self.mistake = Mistake(self.getpos()[0], "not_opened", f"</{tag}>")
            return
        self.opened.pop()


def _has_no_end(tag: str) -> bool:
    """Whether a tag never closes, or need not."""
    return (_VOID.fullmatch(tag) or _OPTIONAL.fullmatch(tag)) is not None


def why_not_jinja(code: str) -> Mistake | None:
    """Return the first tag of Jinja without a partner."""
    if leaves_out(code):
        return None
    opened: list[tuple[str, int]] = []
    for found in _JINJA.finditer(code):
        line = line_of(code, found.start())
        if found["stray"]:
            # "}}" alone may be the end of a script or a style.
            if found["stray"] in ("}}", "#}"):
                continue
            return Mistake(line, "not_opened" if found["stray"] == "%}" else "not_closed", found["stray"])
        tag = found["tag"]
        if tag is None:
            continue
        if tag in _BLOCKS and not _stands_alone(tag, found["rest"].strip()):
            opened.append((tag, line))
        elif tag.startswith("end") and tag[3:] in _BLOCKS:
            if not opened or opened[-1][0] != tag[3:]:
                return Mistake(line, "not_opened", f"{{% {tag} %}}")
            opened.pop()
    if opened:
        return Mistake(opened[-1][1], "not_closed", f"{{% {opened[-1][0]} %}}")
    return None


def _stands_alone(tag: str, rest: str) -> bool:
    """Whether a tag that may be a block is none: `set x = 1`, and `trans "words"` of another template language."""
    return (tag == "set" and "=" in rest) or (tag == "trans" and rest[:1] in ("'", '"'))
