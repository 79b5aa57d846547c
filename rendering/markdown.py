"""Markdown with highlighted code, as HTML that is safe to put into a page.

Three walls stand one behind the other: raw HTML is off in the parser, every piece this module writes itself is
escaped, and nh3 keeps only the tags and attributes listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rendering.characters import clean_text
from rendering.highlighting import PLAIN, highlight, language_named

MAX_BYTES = 100_000
# The parser's time grows with marks, lines and table cells rather than with characters. A page of prose costs
# about 700 of these units (10 microseconds each on the slowest machine measured), text made of nothing but
# brackets a hundred times as much. Beyond the bound the text is shown as it was typed.
MAX_WORK = 16_000
MAX_HIGHLIGHTED_TOGETHER = 12_000
LINK_REL = "noopener noreferrer nofollow"

_INLINE_TAGS = {"a", "br", "code", "em", "s", "strong"}
_BLOCK_TAGS = _INLINE_TAGS | {
    *("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "ul"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("figure", "figcaption", "pre", "span", "div"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "figure": {"class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "pre": {"tabindex", "role", "aria-label"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class", "scope"},
}
_OWN_ATTRIBUTES = {"h2": {"id"}, "h3": {"id"}}
_CLASSES = re.compile(r"[a-z0-9 +_-]{1,60}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_OWN_LINK = re.compile(r"/(?!/)|#")
_IMAGE_PATH = re.compile(r"[\w\-./]+")
_ALIGNED = {
    "text-align:left": "align-left",
    "text-align:right": "align-right",
    "text-align:center": "align-center",
}


class MarkdownTooLongError(ValueError):
    """The text is larger than a page can show; the message is for people."""


@dataclass(frozen=True, slots=True)
class RenderedQuestion:
    """A question ready for a template: no further work, no further escaping."""

    stem_html: SafeString
    options: tuple[tuple[str, SafeString], ...]


def render_markdown(text: str, *, media_prefix: str | None = None) -> SafeString:
    """Return the HTML of `text`.

    Arguments: `media_prefix`, the path under which images may lie (`"/media/questions/"`); without it an image
    is replaced by its alternative text.
    Raises: `MarkdownTooLongError` for more than 100 kB. No other text raises.
    """
    return _render(text, media_prefix, single_paragraph_inline=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: 2 or 3, the name of its place on the page, its words, and the words below it."""

    level: int
    anchor: str
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text of our own ready for a template. `title` and `lead` come from above the first heading of level 2."""

    title: str
    lead: str
    html: SafeString
    headings: tuple[Heading, ...]


def render_document(
    text: str, *, link: Callable[[str], str], picture: Callable[[str], str], media_prefix: str
) -> Document:
    """Return a document that ships with the product: headings have places to link to, pictures are our own.

    It begins with its title ("# …") and one paragraph that says what it is about; both are left out of the HTML.

    Arguments: `link` and `picture` turn what stands in the text into an address of this site ("results.md#band",
    "board.png"); addresses of other sites are left alone. `media_prefix` is where pictures lie.
    """
    env: dict[str, Any] = {"media_prefix": media_prefix}
    tokens = _PARSER.parse(_checked(text), env)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open" and not _LINK.match(str(child.attrs["href"])):
                child.attrs["href"] = link(str(child.attrs["href"]))
            if child.type == "image":
                child.attrs["src"] = picture(str(child.attrs["src"]))
    title, lead, rest = _words(tokens[1]), _words(tokens[4]), tokens[6:]
    headings = tuple(_headings(rest))
    html = _PARSER.renderer.render(rest, _PARSER.options, env)
    return Document(title, lead, _sanitised(html, _BLOCK_TAGS | {"img"}, media_prefix, own=True), headings)


def _headings(tokens: Sequence[Token]) -> Iterable[Heading]:
    starts = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    for start, end in zip(starts, [*starts, len(tokens)][1:], strict=True):
        words = _words(tokens[start + 1])
        anchor = anchor_of(words)
        tokens[start].attrs["id"] = anchor
        below = " ".join(_words(token) for token in tokens[start + 2 : end] if token.type == "inline")
        yield Heading(int(tokens[start].tag[1]), anchor, words, below)


def _words(token: Token) -> str:
    return "".join(
        " " if child.type == "softbreak" else child.content
        for child in token.children or ()
        if child.type != "image"
    )


def anchor_of(words: str) -> str:
    """Return the name of a heading's place, the one that a repository's page gives it too."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words.casefold()).strip())


def parse_markdown(text: str) -> list[Token] | None:
    """Return what the parser makes of `text`, for other shapes than HTML; None where that would take too long.

    Raises: `MarkdownTooLongError` for more than 100 kB.
    """
    source = _checked(text)
    return None if _is_too_laborious(source) else _PARSER.parse(source)


def render_inline(text: str) -> SafeString:
    """Return the HTML of `text` read as one run of words: emphasis, code words and links, no blocks.

    Raises: `MarkdownTooLongError` for more than 100 kB.
    """
    source = _checked(text)
    if _is_too_laborious(source):
        return mark_safe(escape(source))  # noqa: S308 -- escaped on this line
    return _sanitised(_PARSER.renderInline(source), _INLINE_TAGS, None)


def render_question(
    stem: str, options: Iterable[tuple[str, str]], *, media_prefix: str | None = None
) -> RenderedQuestion:
    """Return stem and options as HTML; an option of one paragraph comes without its `<p>`.

    Each text is kept for each process and language, so it is rendered once, whatever order the options are in.
    Arguments: `options`, pairs of code and text in the order they are shown.
    Raises: `MarkdownTooLongError` when one of the texts has more than 100 kB.
    """
    language = get_language()
    return RenderedQuestion(
        stem_html=_rendered_once(stem, media_prefix, False, language),
        options=tuple((code, _rendered_once(text, media_prefix, True, language)) for code, text in options),
    )


@lru_cache(maxsize=8192)
def _rendered_once(text: str, media_prefix: str | None, is_option: bool, language: str | None) -> SafeString:
    # `language` is part of the key only: the labels of code blocks are translated.
    return _render(text, media_prefix, single_paragraph_inline=is_option)


def _render(text: str, media_prefix: str | None, *, single_paragraph_inline: bool) -> SafeString:
    source = _checked(text)
    if _is_too_laborious(source):
        return mark_safe(f'<p class="plain">{escape(source)}</p>')  # noqa: S308 -- escaped on this line
    env = {"media_prefix": media_prefix, "is_in_label": single_paragraph_inline}
    tokens = _PARSER.parse(source, env)
    if single_paragraph_inline and [token.type for token in tokens] == _ONE_PARAGRAPH:
        tokens = tokens[1:2]
    html = _PARSER.renderer.render(tokens, _PARSER.options, env)
    return _sanitised(html, _BLOCK_TAGS | {"img"} if media_prefix else _BLOCK_TAGS, media_prefix)


_ONE_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]


def _checked(text: str) -> str:
    # Characters first: a text far over the limit is not worth the cleaning.
    if len(text) <= MAX_BYTES:
        cleaned = clean_text(text)
        if len(cleaned.encode()) <= MAX_BYTES:
            return cleaned
    raise MarkdownTooLongError(_("This text is too long to show. Shorten it to 100 kB or less."))


def _sanitised(html: str, tags: set[str], media_prefix: str | None, *, own: bool = False) -> SafeString:
    """Return `html` with what is listed above; what is our `own` may have places and lead to pages of this site."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return value if _CLASSES.fullmatch(value) else None
        if tag == "a" and attribute == "href":
            return value if _LINK.match(value) or (own and _OWN_LINK.match(value)) else None
        if tag == "img" and attribute == "src":
            return value if _is_own_image(value, media_prefix) else None
        return value

    cleaned = nh3.clean(
        html,
        tags=tags,
        attributes={
            tag: names
            for tag, names in (_ATTRIBUTES | (_OWN_ATTRIBUTES if own else {})).items()
            if tag in tags
        },
        attribute_filter=keep,
        link_rel=LINK_REL,
        url_schemes={"http", "https", "mailto"},
    )
    return mark_safe(cleaned)  # noqa: S308 -- the sanitiser has just run


def _is_own_image(source: str, media_prefix: str | None) -> bool:
    if not media_prefix or not source.startswith(media_prefix):
        return False
    path = source.removeprefix(media_prefix)
    return bool(_IMAGE_PATH.fullmatch(path)) and ".." not in path


def _is_too_laborious(source: str) -> bool:
    if len(source) * 4 <= MAX_WORK:
        return False
    marks = sum(map(source.count, "*_~`&\\")) + 2 * sum(map(source.count, "[]!<"))
    lines = cells = rows = widest = 0
    for line in (*source.split("\n"), ""):
        if line.strip():
            lines += 1
            rows += 1
            widest = max(widest, line.count("|"))
        else:
            # A table is filled up to its widest row, so few characters can ask for very many cells.
            cells += rows * widest
            rows = widest = 0
    return marks + 4 * lines + 3 * cells > MAX_WORK


def _render_code(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    words = token.info.split(maxsplit=1)
    language = language_named(words[0] if words else "")
    env["code_shown"] = env.get("code_shown", 0) + len(token.content)
    coloured = env["code_shown"] <= MAX_HIGHLIGHTED_TOGETHER
    code = highlight(token.content, language if coloured else PLAIN)
    label = escape(language.label)
    if env.get("is_in_label"):
        # The name of a radio button is what its label says, and that would stop at a named figure or group.
        return (
            f'<div class="code"><div class="language-name">{label}</div>'
            f'<pre tabindex="0"><code class="language-{language.name}">{code}</code></pre></div>\n'
        )
    name = escape(_("Code: %(language)s") % {"language": language.label})
    return (
        f'<figure class="code"><figcaption>{label}</figcaption>'
        f'<pre tabindex="0" role="group" aria-label="{name}">'
        f'<code class="language-{language.name}">{code}</code></pre></figure>\n'
    )


def _render_image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    alternative = escape(renderer.renderInlineAsText(token.children or [], options, env))
    source = str(token.attrs.get("src", ""))
    if not _is_own_image(source, env.get("media_prefix")):
        return alternative
    return f'<img src="{escape(source)}" alt="{alternative}">'


def _open_table(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # A wide table scrolls inside its own frame, which must take the focus for people without a mouse.
    return f'<div class="table-frame" tabindex="0" role="group" aria-label="{escape(_("Table"))}"><table>\n'


def _close_table(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _open_cell(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    aligned = _ALIGNED.get(str(token.attrs.get("style", "")))
    scope = ' scope="col"' if token.tag == "th" else ""
    return f'<{token.tag}{scope} class="{aligned}">' if aligned else f"<{token.tag}{scope}>"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    for rule, function in (
        ("fence", _render_code),
        ("code_block", _render_code),
        ("image", _render_image),
        ("table_open", _open_table),
        ("table_close", _close_table),
        ("th_open", _open_cell),
        ("td_open", _open_cell),
    ):
        parser.add_render_rule(rule, function)
    return parser


_PARSER = _parser()
