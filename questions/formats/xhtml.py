"""From Markdown to the XHTML that packages hold: no colours, no scripts, and every tag closed."""

from __future__ import annotations

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True, "langPrefix": "language-"}).enable(
    "table"
)


def from_markdown(text: str) -> str:
    """Return `text` as paragraphs, lists and code of XHTML. Raw HTML in it is shown as text."""
    return str(_MARKDOWN.render(text)).strip()
