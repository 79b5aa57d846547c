"""Keys of the intermediate level on templates, each settled by the code of its question."""

from __future__ import annotations

import json

import pytest
from jinja2 import TemplateError

from tests.questions.starter.flask_stems import (
    codes,
    key,
    keys,
    load_stem,
    option,
    render,
    stem_jinja,
)


def test_key_jinja_default_none():
    name = "jinja-default-none"

    page = render(stem_jinja(name), nickname=None).strip()

    assert page == option(name, key(name))
    assert page == "Hello None"
    assert render(stem_jinja(name)).strip() == "Hello guest"


def test_key_jinja_safe_on_input():
    hostile = """it's <b>fine</b> & <script>steal()</script>"""

    page = render(stem_jinja("jinja-safe-on-input"), comment=hostile).strip()

    assert key("jinja-safe-on-input") == "b"
    # Neither cut nor escaped twice: the comment arrives as it is, its script included.
    assert page == f"<p>{hostile}</p>"


def test_key_jinja_register_filter(tmp_path):
    name = "jinja-register-filter"
    app = load_stem(name, tmp_path).app
    printed = {}
    for code in codes(name):
        with app.test_request_context():
            try:
                printed[code] = app.jinja_env.from_string(option(name, code)).render(price=1950)
            except TemplateError as error:
                printed[code] = error

    assert [code for code, text in printed.items() if text == "19.50 €"] == [key(name)]


@pytest.mark.parametrize(
    "note",
    [
        'She said "hi"',
        "it's",
        "two\nlines",
        "back\\slash",
        "a & b < c",
        '"; steal(); "',
        "steal()",
        "</script><script>steal()</script>",
    ],
)
def test_key_jinja_tojson_script(note):
    name = "jinja-tojson-script"

    def value_in_browser(code):
        """The string JavaScript would read, or None where the line is no plain string literal."""
        line = render(option(name, code).strip(), note=note)
        if "</script" in line:
            return None
        try:
            return json.loads(line.removeprefix("const note = ").removesuffix(";"))
        except ValueError:
            return None

    assert value_in_browser(key(name)) == note


def test_key_jinja_tojson_script_distractors():
    name = "jinja-tojson-script"
    note = """'; steal() </script> "\n"""

    for code in set(codes(name)) - keys(name):
        line = render(option(name, code).strip(), note=note).removeprefix("const note = ").removesuffix(";")
        with pytest.raises(ValueError):
            json.loads(line)
    assert "</script" in render(option(name, "c"), note=note)
    assert render(option(name, "d"), note="steal()").strip() == "const note = steal();"


def test_key_jinja_set_in_loop():
    name = "jinja-set-in-loop"

    def shown(*days):
        orders = [{"days": each} for each in days]
        return render(stem_jinja(name), orders=orders).strip()

    assert key(name) == "d"
    assert shown(3, 20, 5) == option(name, key(name)) == "All orders are on time"
    # Were it for the last order, as another option says, this would differ.
    assert shown(3, 5, 20) == "All orders are on time"
