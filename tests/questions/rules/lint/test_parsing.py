"""What parses and what does not, language by language. A piece of a program is no mistake."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.rules.lint.parsing import why_not_parsed
from rendering.highlighting import LANGUAGES

GOOD = {
    "python": [
        "x = 1",
        "def f(x):",
        "def f(x):\n    # what stands here?",
        "class A:\n    def f(self):\n        # here\n\n    def g(self):\n        pass",
        "    return x + 1",
        "return x",
        "await client.get('/')",
        "async with pool as client:\n    await client.get('/')",
        "else:\n    print(1)",
        "except ValueError:\n    pass",
        "elif x:\n    pass\nelse:\n    pass",
        "case [x, y]:\n    print(x)",
        "@app.route('/')",
        "if x:\n    …",
        ">>> x = 1\n>>> x\n1\n>>> for y in x:\n...     print(y)\n...\n1",
        '>>> def f(:\n  File "<stdin>", line 1\nSyntaxError: invalid syntax',
        "In [1]: x?\nOut[1]: 5",
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nZeroDivisionError: division by zero',
        "x = '\\d'\nif x is 5: pass",
        "match x:\n    case {'a': 1}: pass",
        "____ = 5",
    ],
    "pycon": [">>> 1 + 1\n2", "    >>> print('a')\n    a"],
    "json": ['{"a": [1, 2.5, null]}', '"a": 1, "b": 2', "1, 2, 3", '{"a": 1}\n{"a": 2}', '{"a": ...}', "[]"],
    "yaml": ["a: 1\nb: [1, 2]", "- a\n- b", "key: {{ value }}"],
    "toml": ["[a]\nb = 1"],
    "sql": [
        "SELECT name FROM people WHERE name = 'O''Hara'",
        "-- don't\nSELECT 1",
        "CREATE FUNCTION f() AS $$ it's (here $$",
        "WHERE name LIKE ?",
        "SELECT /* ( */ COUNT(*)",
    ],
    "bash": [
        "$ curl -d 'a=1' localhost\nDon't do this",
        "case $1 in\n  a) echo 1 ;;\nesac",
        "# don't\nls",
        "cat <<EOF\nit's here\nEOF",
        "cat <<'EOF'\n\"\nEOF\necho 'x'",
        '(venv) $ echo "it\'s"',
        "echo $'it'",
        "echo it\\'s",
    ],
    "javascript": [
        "const a = {b: [1, 2], c: `x ${y} it's`};",
        "// don't\nf('it\\'s')",
        "x.replace(/['\"(]/g, '')",
        "const half = a / b / c;",
        "function f() {\n  // ...\n",
        "f(...args)",
    ],
    "css": [
        "a:hover { color: red; }",
        '/* don\'t */ p::after { content: ")"; }',
        "p { background: url(a(b.png) }",
    ],
    "html": [
        "<p>One<p>Two",
        "<ul><li>One<li>Two</ul>",
        "<form method=post>",
        "<img src=a><br><input>",
        "<!doctype html><html><body><p>Hi</body>",
        "<div><span>a</span></div>",
        "<div>…",
        "a < b and b > c",
        "<svg/>",
    ],
    "jinja": [
        "{{ name | upper }}",
        "{% for x in xs %}<li>{{ x }}{% else %}none{% endfor %}",
        "{% block a %}{% endblock a %}",
        "{% set x = 1 %}{% set y %}a{% endset %}",
        "{% extends 'base.html' %}",
        "{% raw %}{{ {% {% endraw %}",
        "{# {% if #}",
        "{% if x %}\n...\n",
        "{%- if x -%}a{%- endif -%}",
        "{% macro f(x) %}{{ x }}{% endmacro %}{% call f(1) %}a{% endcall %}",
        "{% if a %}<div>{% else %}<div class=b>{% endif %}</div>",
        "<style>a { b { c: d }}</style>",
    ],
    "text": ["((("],
    "diff": ["- ((\n+ )"],
}
BAD = [
    ("python", "x = 1\ny = (", 2, "parser"),
    ("python", "print 'hello'", 1, "parser"),
    ("python", "def f(x)\n    return x", 1, "parser"),
    ("python", "for x in y:\nprint(x)", 2, "parser"),
    ("python", "x = 'one", 1, "parser"),
    ("pycon", ">>> x = 1\n>>> y = (1", 2, "parser"),
    ("json", "{'a': 1}", 1, "parser"),
    ("json", '{\n"a": 1,\n}', 3, "parser"),
    ("yaml", "a: [1, 2\nb: 3", 2, "parser"),
    ("toml", "a = \n", 1, "parser"),
    ("sql", "SELECT COUNT(* FROM a", 1, "not_closed"),
    ("sql", "SELECT 1\nWHERE name = 'Hara", 2, "quote"),
    ("sql", "SELECT 1)", 1, "not_opened"),
    ("bash", "ls\necho 'one", 2, "quote"),
    ("javascript", "f(a, [1)", 1, "not_opened"),
    ("javascript", "const a = {\n  b: 1\n", 1, "not_closed"),
    ("javascript", "const a = 'one\n'", 1, "quote"),
    ("css", "a { color: red;", 1, "not_closed"),
    ("html", "<div><span>a</div>", 1, "not_opened"),
    ("html", "<ul>\n<li><a href=b>c</li>\n</ul>", 3, "not_opened"),
    ("html", "<div>\n<p>a</p>", 1, "not_closed"),
    ("html", "<p>a</p>\n<a href='b'", 2, "tag_cut"),
    ("jinja", "{% if x %}a{% endfor %}", 1, "not_opened"),
    ("jinja", "{{ name }", 1, "not_closed"),
    ("jinja", "{% for x in y %}\n{{ x }}", 1, "not_closed"),
    ("html", "{% if x %}\na\n{% endblock %}", 3, "not_opened"),
]


@pytest.mark.parametrize(
    ("language", "code"), [(language, code) for language, codes in GOOD.items() for code in codes]
)
def test_programs_and_pieces_of_programs_parse(language: str, code: str) -> None:
    assert why_not_parsed(language, code) is None


@pytest.mark.parametrize(("language", "code", "line", "why"), BAD)
def test_a_mistake_is_found_at_its_line(language: str, code: str, line: int, why: str) -> None:
    mistake = why_not_parsed(language, code)

    assert mistake is not None
    assert (mistake.line, mistake.why) == (line, why)


@given(
    language=st.sampled_from([language.name for language in LANGUAGES]),
    code=st.text(alphabet="ab1 \n\t'\"`({[]})<>/\\*-#%:=,.$_>…|&", max_size=80),
)
def test_no_code_stops_the_look(language: str, code: str) -> None:
    why_not_parsed(language, code)


@pytest.mark.parametrize("language", [language.name for language in LANGUAGES])
@pytest.mark.parametrize(
    "sign", ["(", "[", "'", '"', "`", "-", "<", "<a", "{%", "{{", "/", "a:\n ", "\\", "$$", "/*", "\n"]
)
def test_long_code_of_one_sign_is_looked_through_at_once(language: str, sign: str) -> None:
    code = (sign * 20_000)[:20_000]

    begin = time.process_time()
    why_not_parsed(language, code)

    assert time.process_time() - begin < 1
