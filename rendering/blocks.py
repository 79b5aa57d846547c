"""Markdown as blocks of a document (`rendering.pdf`): the same reading of it as in `rendering.markdown`, no HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from rendering.highlighting import language_named
from rendering.markdown import parse_markdown

Block = dict[str, Any]
Run = dict[str, Any]

_STYLES = {"strong": "strong", "em": "emphasis", "s": "strike"}


def markdown_blocks(text: str) -> list[Block]:
    """Return the blocks of `text`; what is too laborious to read as Markdown is one paragraph as it was typed.

    Raises: `MarkdownTooLongError` for more than 100 kB.
    """
    tokens = parse_markdown(text)
    if tokens is None:
        return [paragraph(text)]
    return _blocks(SyntaxTreeNode(tokens))


def paragraph(text: str) -> Block:
    """Return a paragraph of plain words."""
    return {"kind": "paragraph", "runs": [{"text": text}]}


def _blocks(node: SyntaxTreeNode) -> list[Block]:
    return [block for child in node.children for block in _block(child)]


def _block(node: SyntaxTreeNode) -> list[Block]:
    match node.type:
        case "paragraph":
            return [{"kind": "paragraph", "runs": _runs(node)}]
        case "heading":
            # A heading in a text of somebody's is no heading of the document.
            return [{"kind": "paragraph", "runs": [{**run, "strong": True} for run in _runs(node)]}]
        case "fence" | "code_block":
            words = node.info.split(maxsplit=1) if node.type == "fence" else []
            language = language_named(words[0] if words else "").lexer
            return [
                {
                    "kind": "code",
                    "text": node.content.rstrip("\n"),
                    "language": language if language.isalnum() else "",
                }
            ]
        case "bullet_list" | "ordered_list":
            return [
                {
                    "kind": "list",
                    "ordered": node.type == "ordered_list",
                    "start": int(node.attrs.get("start", 1)),
                    "items": [_blocks(item) for item in node.children],
                }
            ]
        case "blockquote":
            return [{"kind": "quote", "blocks": _blocks(node)}]
        case "hr":
            return [{"kind": "rule"}]
        case "table":
            return [_table(node)]
    return []


def _table(node: SyntaxTreeNode) -> Block:
    rows = [[_runs(cell) for cell in row.children] for part in node.children for row in part.children]
    head = node.children[0].children[0].children
    sides = [str(cell.attrs.get("style", "")).rpartition(":")[2] for cell in head]
    return {
        "kind": "table",
        "head": rows[0],
        "rows": [[{"runs": cell} for cell in row] for row in rows[1:]],
        "align": sides,
    }


def _runs(node: SyntaxTreeNode) -> list[Run]:
    return [run for inline in node.children for run in _inline(inline.children, {})]


def _inline(nodes: Sequence[SyntaxTreeNode], style: Run) -> list[Run]:
    runs: list[Run] = []
    for node in nodes:
        if node.type in ("softbreak", "hardbreak"):
            runs.append({"text": " "} if node.type == "softbreak" else {"break": True})
        elif node.type == "code_inline":
            runs.append({**style, "text": node.content, "code": True})
        elif node.type == "image":
            # As on the pages without pictures: what it shows, in words.
            runs.append({**style, "text": "".join(child.content for child in node.children)})
        elif node.children:
            name = _STYLES.get(node.type)
            runs += _inline(node.children, {**style, name: True} if name else style)
        elif node.content:
            runs.append({**style, "text": node.content})
    return runs
