"""The colours of code blocks, read from the stylesheet itself."""

import re
from pathlib import Path

import pytest
from pygments.token import STANDARD_TYPES

import rendering
from rendering.colours import contrast
from rendering.highlighting import LANGUAGES, highlight

CSS = re.sub(
    r"/\*.*?\*/",
    "",
    (Path(rendering.__file__).parent / "static/rendering/code.css").read_text(),
    flags=re.DOTALL,
)
# Plain names, punctuation and white space have the colour of the text; so has what Pygments only counts lines with.
INHERIT = {"", "n", "p", "pm", "w", "x", "g", "py", "esc", "hll", "dl"}
SNIPPETS = {
    "python": '@app.route("/<int:x>")\nasync def f(x: int = 3) -> str:\n    """Doc."""\n    # note\n'
    '    raise KeyError(f"{x!r:>{3}} \\n", r"a+", b"z", 0x1f, 1.5, None, __name__) if x and not 1 else self\n'
    "class A: pass\n"
    "import a.b as c\nfrom d import e\nx = $\n",
    "pycon": ">>> 1 + 1\n2\n>>> 1 / 0\nTraceback (most recent call last):\n  File x, line 1\nZeroDivisionError: d\n",
    "html": '<!DOCTYPE html>\n<!-- c -->\n<a href="x" b>&amp;</a><script>let a = 1;</script><style>a{b:c}</style>',
    "jinja": '{% for x in y|e %}{{ x.a("b") }}{# c #}{% endfor %}<p class="{{ a }}">',
    "sql": "SELECT a.*, count(*), 'x', \"y\", 1.5 FROM t -- c\nWHERE a = :b /* d */ AND c IS NULL;",
    "bash": "#!/bin/sh\n# c\nexport A=1\nif [ \"$A\" = 'b' ]; then echo ${A:-x} `ls` $(pwd)"
    " | grep -v x && exit 1; fi\ncat <<E\nh\nE\n",
    "javascript": "// c\nconst f = async (a) => { return `x${a}`"
    " + /re/g.test('s') ? 0x1f : 1.5 ?? null; };\nclass A extends B {}",
    "json": '{"a": [1, 2.5e3, true, null, "b\\n"], bad}',
    "yaml": "%YAML 1.2\n---\n# c\na: &b !t\n  - 'x'\n  - \"y\\n\"\n  - *b\n  - |\n    text\nd: 2026-03-12\n",
    "css": "@media print { a:hover, .b#c[d=e]::before { color: #fff !important; width: calc(1px + 2%); } } /* c */",
    "toml": '# c\n[a.b]\nc = "d"\ne = 1979-05-27T07:32:00Z\nf = [1, 2.5, true]\n',
    "ini": "; c\n[a]\nb = c\nd : 1\n",
    "diff": "diff --git a b\nindex 1..2\n--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n c\n",
    "http": 'POST /a HTTP/1.1\nHost: x\nContent-Type: application/json\n\n{"a": 1}\n',
}


def _schemes() -> dict[str, list[dict[str, str]]]:
    blocks = re.findall(r"([^{}]*)\{([^{}]*--code-surface[^{}]*)\}", CSS)
    found: dict[str, list[dict[str, str]]] = {"light": [], "dark": []}
    for selector, body in blocks:
        scheme = "light" if selector.strip().splitlines()[-1].strip() == ".code" else "dark"
        found[scheme].append(dict(re.findall(r"--code-([a-z]+):\s*(#[0-9a-f]{6})", body)))
    return found


def _has_rule(name: str) -> bool:
    if re.search(rf"\.code \.{re.escape(name)}(?![\w-])", CSS):
        return True
    return any(name.startswith(start) for start in re.findall(r'\.code \[class\^="(\w+)"\]', CSS))


def test_dark_colours_are_the_same_for_the_system_and_for_the_class():
    schemes = _schemes()

    assert len(schemes["light"]) == 1
    assert len(schemes["dark"]) == 2
    assert schemes["dark"][0] == schemes["dark"][1]
    assert schemes["light"][0].keys() == schemes["dark"][0].keys()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_is_readable_on_the_surface(scheme):
    colours = _schemes()[scheme][0]
    surface = colours.pop("surface")
    colours.pop("line")

    too_faint = {
        name: round(contrast(colour, surface), 2)
        for name, colour in colours.items()
        if contrast(colour, surface) < 4.5
    }

    assert len(colours) >= 10
    assert too_faint == {}


def test_rules_use_no_colour_beside_the_named_ones():
    rules = [
        body for selector, body in re.findall(r"([^{}]*)\{([^{}]*)\}", CSS) if "--code-surface:" not in body
    ]

    assert not any(re.search(r"#[0-9a-f]{3,8}|rgb|hsl", body) for body in rules)


def test_every_token_class_pygments_knows_has_a_rule_or_inherits():
    without = {name for name in STANDARD_TYPES.values() if name not in INHERIT and not _has_rule(name)}

    assert without == set()


@pytest.mark.parametrize(
    "language", [language for language in LANGUAGES if language.lexer], ids=lambda it: it.name
)
def test_every_token_class_our_languages_emit_has_a_rule_or_inherits(language):
    html = highlight(SNIPPETS[language.name], language)
    spans = {tuple(names.split()) for names in re.findall(r'class="([^"]+)"', html)}
    bare = [names for names in spans if not any(name in INHERIT or _has_rule(name) for name in names)]

    assert len(spans) >= 3
    assert bare == []
    assert "style=" not in html
