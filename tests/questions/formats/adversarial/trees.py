"""JSON and YAML."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tests.questions.formats.adversarial.making import Make, many, one

_PNG = b"\x89PNG\r\n\x1a\n"
_JSON_OPTIONS = '"options":[{"text":"a","share":1},{"text":"b","share":0}]'
JSON: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f'{{"stem":"{number}",{_JSON_OPTIONS}}},', "[", "{}]"),
    "empty questions": one("{},", "[", "{}]"),
    "options": one('{"text":"a"},', '[{"stem":"Q","options":[', '{"text":"b","share":1}]}]'),
    "options that differ": many(
        lambda number: f'{{"text":"{number}"}},', '[{"stem":"Q","options":[', '{"text":"b","share":1}]}]'
    ),
    "fields": many(lambda number: f'"{number}":1,', '[{"stem":"Q",', '"a":1}]'),
    "field twice at the end": many(lambda number: f'"{number}":1,', '[{"a":1,', '"b":1,"b":1}]'),
    "depth": one("[", '[{"stem":'),
    "depth that ends": lambda size: b'[{"stem":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}]",
    "depth of fields": one('{"a":', '[{"stem":'),
    "tags": many(lambda number: f'"{number}",', f'[{{"stem":"Q",{_JSON_OPTIONS},"tags":[', '"a"]}]'),
    "look-fors": one('"",', '[{"stem":"Q","look_fors":[', '"a"]}]'),
    "digits": lambda size: b'[{"stem":' + b"9" * (size - 12) + b"}]",
    "exponents": one('{"stem":"Q","options":[{"text":"a","share":1e999999}]},', "[", "{}]"),
    "digits of shares": one(
        f'{{"stem":"Q","options":[{{"text":"a","share":"{"9" * 5_000}/7"}}]}},', "[", "{}]"
    ),
    "escapes": one("\\u202e", '[{"stem":"', '"}]'),
    "half signs": one("\\ud800", '[{"stem":"', '"}]'),
    "same ids": one(f'{{"id":"a","stem":"Q",{_JSON_OPTIONS}}},', "[", "{}]"),
    "pictures": many(
        lambda number: f'"{number}.png":"{base64.b64encode(_PNG + str(number).encode()).decode()}",',
        f'{{"questions":[{{"stem":"Q",{_JSON_OPTIONS}}}],"pictures":{{',
        '"a":""}}',
    ),
    "picture": one("AAAA", f'{{"questions":[{{"stem":"Q",{_JSON_OPTIONS}}}],"pictures":{{"a":"', '"}}'),
    "category": one("a/", f'[{{"stem":"Q",{_JSON_OPTIONS},"category":"', '"}]'),
}
_YAML_OPTIONS = "  options:\n  - text: a\n    key: true\n  - text: b\n"
YAML: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f"- stem: {number}\n{_YAML_OPTIONS}"),
    "empty questions": one("- {}\n"),
    "flow questions": one("{stem: a},", "[", "{stem: b}]"),
    "options": one("  - text: a\n", "- stem: Q\n  options:\n"),
    "fields": many(lambda number: f"  f{number}: a\n", "- stem: Q\n"),
    "depth": one("- "),
    "depth of flow": one("[", "- stem: "),
    "depth of fields": lambda size: "".join(
        ["- stem:\n", *(" " * number + "a:\n" for number in range(2, int((2 * size) ** 0.5)))]
    ).encode(),
    "anchors": many(lambda number: f"- &a{number} stem\n"),
    "aliases": one("- *a\n", "- &a stem\n"),
    "alias bomb": lambda size: "".join(
        [
            "- &a0 [x]\n",
            *(f"- &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, size // 60)),
        ]
    ).encode(),
    "merge keys": one("  <<: {stem: a}\n", "- stem: Q\n"),
    "tags of types": one("- !!python/object/apply:os.system [a]\n"),
    "text of a block": one("    a\n", "- stem: |\n", _YAML_OPTIONS),
    "blank lines of a block": one("\n", "- stem: >\n    a\n", f"    b\n{_YAML_OPTIONS}"),
    "folded line": one("a ", "- stem: >\n    "),
    "quoted": one("a\\n", '- stem: "', '"\n'),
    "quoted that never ends": one("a ", "- stem: '"),
    "plain of many lines": one("  a\n", "- stem:\n"),
    "documents": one("---\n- stem: a\n"),
    "comments": one("# a\n", "- stem: a\n"),
    "keys that ask": one("? a\n"),
    "digits": lambda size: b"- stem: Q\n  options:\n  - text: a\n    share: " + b"9" * (size - 60),
    "colons": one("a: ", "- stem: "),
}
