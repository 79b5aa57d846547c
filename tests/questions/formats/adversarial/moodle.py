"""Moodle XML."""

from __future__ import annotations

from collections.abc import Mapping

from tests.questions.formats.adversarial.making import Make, escaped, many, one, with_texts

_MOODLE_ANSWERS = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'


def _moodle(stem: str, more: str = "") -> str:
    return (
        f'<question type="multichoice"><questiontext format="html"><text>{stem}</text></questiontext>'
        f"{_MOODLE_ANSWERS}{more}</question>"
    )


MOODLE: Mapping[str, Make] = {
    "tiny questions": many(lambda number: _moodle(str(number)), "<quiz>", "</quiz>"),
    "empty questions": one("<question/>", "<quiz>", "</quiz>"),
    "options": one(
        '<answer fraction="0"><text>b</text></answer>',
        '<quiz><question type="multichoice">',
        "</question></quiz>",
    ),
    "options and no text": one("<answer/>", '<quiz><question type="multichoice">', "</question></quiz>"),
    "depth": one("<a>", "<quiz>"),
    "attributes": many(lambda number: f' a{number}="b"', '<quiz><question type="essay"', "/></quiz>"),
    "attributes that are long": one("a", '<quiz><question type="', '"/></quiz>'),
    "tags": many(
        lambda number: f"<tag><text>{number}</text></tag>",
        f"<quiz>{_moodle('Q', '<tags>')[: -len('</question>')]}",
        "</tags></question></quiz>",
    ),
    "files": many(
        lambda number: f'<file name="{number}" encoding="base64">iVBORw0KGgo=</file>',
        '<quiz><question type="essay"><questiontext><text>Q</text>',
        "</questiontext></question></quiz>",
    ),
    "files that are shown": many(
        lambda number: f'<file name="{number % 100}" encoding="base64">iVBORw0KGgo=</file>',
        '<quiz><question type="essay"><questiontext format="html"><text>'
        + "".join(f'&lt;img src="@@PLUGINFILE@@/{number}">' for number in range(500))
        + "</text>",
        "</questiontext></question></quiz>",
    ),
    "category": one(
        "a/", '<quiz><question type="category"><category><text>', "</text></category></question></quiz>"
    ),
    "digits": one(
        f'<question type="multichoice"><answer fraction="{"9" * 5_000}"/></question>', "<quiz>", "</quiz>"
    ),
    "comments": one("<!-- a -->", "<quiz>", "</quiz>"),
    "half comment": one("<!- ", "<quiz>"),
    "instructions": one("<?a b?>", "<quiz>", "</quiz>"),
    "CDATA": one(
        "<![CDATA[a]]>",
        '<quiz><question type="essay"><questiontext><text>',
        "</text></questiontext></question></quiz>",
    ),
    "numbered signs": one(
        "&#65;",
        '<quiz><question type="essay"><questiontext><text>',
        "</text></questiontext></question></quiz>",
    ),
    "prefixes": many(lambda number: f'<a{number}:b xmlns:a{number}="c"/>', "<quiz>", "</quiz>"),
    "lines": one("\n", "<quiz>", "</quiz>"),
    **with_texts("<quiz>", lambda text: _moodle(escaped(text)), "</quiz>"),
}
