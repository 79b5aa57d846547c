"""Quizzes of Canvas and of Common Cartridges: QTI 1.2."""

from __future__ import annotations

from collections.abc import Mapping

from tests.questions.formats.adversarial.making import (
    Make,
    counted,
    escaped,
    filled,
    many,
    one,
    packed,
    packed_to,
    with_texts,
)
from tests.questions.formats.qti_files import manifest

_CANVAS = (
    '<questestinterop><assessment title="T"><section>',
    "</section></assessment></questestinterop>",
)


def _canvas(stem: str, more: str = "") -> str:
    return (
        "<item><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel>"
        "<fieldentry>multiple_choice_question</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
        f'<presentation><material><mattext texttype="text/html">{stem}</mattext></material>'
        '<response_lid ident="r"><render_choice><response_label ident="a"><material><mattext>a</mattext></material>'
        '</response_label><response_label ident="b"><material><mattext>b</mattext></material></response_label>'
        f"{more}</render_choice></response_lid></presentation><resprocessing><respcondition><conditionvar>"
        '<varequal respident="r">a</varequal></conditionvar><setvar action="Set">100</setvar></respcondition>'
        "</resprocessing></item>"
    )


CANVAS: Mapping[str, Make] = {
    "tiny questions": many(lambda number: _canvas(str(number)), *_CANVAS),
    "empty questions": one("<item/>", *_CANVAS),
    "options": lambda size: (
        _CANVAS[0]
        + _canvas("Q", counted(lambda number: f'<response_label ident="c{number}"/>', size - 1_000).decode())
        + _CANVAS[1]
    ).encode(),
    "conditions": lambda size: (
        _CANVAS[0]
        + _canvas("Q").replace(
            "<resprocessing>",
            "<resprocessing>"
            + filled(
                '<respcondition><conditionvar><varequal respident="r">b</varequal></conditionvar>'
                '<setvar action="Add">1</setvar></respcondition>',
                size - 1_000,
            ),
        )
        + _CANVAS[1]
    ).encode(),
    "conditions in conditions": lambda size: (
        _CANVAS[0]
        + _canvas("Q").replace(
            "<conditionvar>",
            "<conditionvar>"
            + "<and>" * 80
            + filled('<varequal respident="r">b</varequal>', size - 2_000)
            + "</and>" * 80,
        )
        + _CANVAS[1]
    ).encode(),
    "sections": lambda size: (
        "<questestinterop>"
        + "<section>" * 90
        + filled("<item/>", size - 2_000)
        + "</section>" * 90
        + "</questestinterop>"
    ).encode(),
    "facts": lambda size: (
        _CANVAS[0]
        + _canvas("Q").replace("<qtimetadata>", "<qtimetadata>" + filled("<qtimetadatafield/>", size - 1_000))
        + _CANVAS[1]
    ).encode(),
    "digits": lambda size: filled(
        _canvas("Q").replace(">100<", f">{'9' * 5_000}<"), max(size, 8_000), *_CANVAS
    ).encode(),
    **with_texts(_CANVAS[0], lambda text: _canvas(escaped(text)), _CANVAS[1]),
}
_KIND = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
_QUIZ = "".join((_CANVAS[0], _canvas("Q"), _CANVAS[1]))


def _shortest(count: int) -> Mapping[str, bytes]:
    paths = [f"{number}" for number in range(count)]
    listed = manifest(*((path, "") for path in paths), kind=_KIND).encode()
    return {"imsmanifest.xml": listed, **dict.fromkeys(paths, b"<questestinterop><item/></questestinterop>")}


def _quizzes(size: int) -> list[str]:
    return [f"{number}/assessment.xml" for number in range(size // len(_QUIZ))]


CANVAS_PACKAGES: Mapping[str, Make] = {
    **{
        f"package of {name}": packed(
            lambda size, make=make: {
                "imsmanifest.xml": manifest(("a/assessment.xml", ""), kind=_KIND).encode(),
                "a/assessment.xml": make(size),
            }
        )
        for name, make in CANVAS.items()
        if "," not in name
    },
    "package of quizzes": packed(
        lambda size: {
            "imsmanifest.xml": manifest(*((path, "") for path in _quizzes(size)), kind=_KIND).encode(),
            **dict.fromkeys(_quizzes(size), _QUIZ.encode()),
        }
    ),
    "package of the shortest quizzes": lambda size: packed_to(size, _shortest),
    "package of quizzes that are missing": packed(
        lambda size: {
            "imsmanifest.xml": manifest(*((path, "") for path in _quizzes(10 * size)), kind=_KIND).encode()
        }
    ),
    "package of quizzes in two forms": packed(
        lambda size: {
            "imsmanifest.xml": manifest(
                *(
                    (path, f'<file href="non_cc_assessments/{number}.xml.qti"/>')
                    for number, path in enumerate(_quizzes(size // 2))
                ),
                kind=_KIND,
            ).encode(),
            **{
                f"non_cc_assessments/{number}.xml.qti": _QUIZ.encode()
                for number in range(size // 2 // len(_QUIZ))
            },
            **{f"{number}/assessment_qti.xml": _QUIZ.encode() for number in range(size // 2 // len(_QUIZ))},
        }
    ),
}
