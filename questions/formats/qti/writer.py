"""Write a package of QTI 2.1: one item a question in XHTML, and our own file of them for an exact way back."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Final

from questions.formats.drafts import OPEN, PARTIAL, SINGLE, ParsedQuestion, Written
from questions.formats.gathering import tidied
from questions.formats.own import write_json
from questions.formats.packages import MANIFEST
from questions.formats.pictures import NO_PICTURES, at_addresses, with_texts
from questions.formats.qti.items import TOOL
from questions.formats.qti.reader import OWN_ITEMS, OWN_QUESTIONS, PICTURES
from questions.formats.xhtml import from_markdown
from rendering.characters import clean_text

_NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_PACKAGE: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
# The same package is the same bytes, whenever it is made.
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_RIGHT: Final = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'


def write_qti(questions: Sequence[ParsedQuestion], pictures: Mapping[str, bytes] = NO_PICTURES) -> Written:
    """Return the questions as a package of QTI 2.1. Read back here nothing is lost, as long as nobody edits an item.

    The `pictures` that texts show by name are files of the package.
    """
    plain = [tidied(question) for question in questions]
    files = {
        f"items/q{number:05d}.xml": _item(_with_files(question, pictures), number)
        for number, question in enumerate(plain, start=1)
    }
    shown = {f"{PICTURES}{name}": content for name, content in pictures.items()}
    digests = [[path, hashlib.sha256(content).hexdigest()] for path, content in files.items()]
    own = {OWN_QUESTIONS: write_json(plain).content, OWN_ITEMS: json.dumps(digests, indent=1).encode()}
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in {MANIFEST: _manifest(files, shown), **files, **own, **shown}.items():
            entry = zipfile.ZipInfo(path, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return Written(into.getvalue(), "zip", "application/zip")


def _with_files(question: ParsedQuestion, pictures: Mapping[str, bytes]) -> ParsedQuestion:
    return with_texts(question, lambda text: at_addresses(text, pictures, f"../{PICTURES}"))


def _manifest(files: Mapping[str, bytes], shown: Iterable[str]) -> bytes:
    resources = "".join(
        f'<resource identifier="R{number}" type="imsqti_item_xmlv2p1" href="{path}"><file href="{path}"/></resource>\n'
        for number, path in enumerate(files, start=1)
    )
    own = "".join(f'<file href="{path}"/>' for path in (OWN_QUESTIONS, OWN_ITEMS, *shown))
    return (
        f'{_HEAD}<manifest xmlns="{_PACKAGE}" identifier="M1"><metadata><schema>QTIv2.1 Package</schema>'
        f"<schemaversion>1.0.0</schemaversion></metadata><organizations/>\n<resources>\n{resources}"
        f'<resource identifier="R0" type="webcontent" href="{OWN_QUESTIONS}">{own}</resource>\n'
        "</resources>\n</manifest>\n"
    ).encode()


def _item(question: ParsedQuestion, number: int) -> bytes:
    lines = [
        f'<assessmentItem xmlns="{_NAMESPACE}" identifier="{_identifier(question.external_id, number)}"'
        f' title="{_value(question.name or question.external_id or f"Question {number}")}"'
        f' label="{_value(question.external_id)}" adaptive="false" timeDependent="false" toolName="{TOOL}">',
        *(_essay(question) if question.kind == OPEN else _choice(question)),
        "</assessmentItem>",
        "",
    ]
    return (_HEAD + "\n".join(lines)).encode()


def _identifier(external_id: str, number: int) -> str:
    # No identifier begins with a digit or holds blanks; the number keeps those apart that become alike.
    return f"q{number}-{_NO_NAME.sub('-', external_id)[:80]}".rstrip("-")


def _value(text: str) -> str:
    return escape(" ".join(clean_text(text).split()))


def _markup(text: str) -> str:
    return from_markdown(clean_text(text))


def _score() -> str:
    return '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def _essay(question: ParsedQuestion) -> Iterator[str]:
    yield '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>'
    yield _score()
    yield from _explained(question)
    yield f"<itemBody>\n{_markup(question.stem)}"
    yield '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
    if question.model_answer:
        yield f'<rubricBlock view="scorer">\n{_markup(question.model_answer)}\n</rubricBlock>'
    yield "</itemBody>"
    yield from _explanation(question)


def _choice(question: ParsedQuestion) -> Iterator[str]:
    is_single = question.kind == SINGLE
    by_key = _is_by_key(question)
    cardinality = "single" if is_single else "multiple"
    yield f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">'
    yield from _keys(question, by_key=by_key)
    yield "</responseDeclaration>"
    yield _score()
    yield f'<outcomeDeclaration identifier="FEEDBACK" cardinality="{cardinality}" baseType="identifier"/>'
    yield from _explained(question)
    yield f"<itemBody>\n{_markup(question.stem)}"
    shuffle = "false" if {option.place for option in question.options} == {"here"} else "true"
    most = 1 if is_single else 0
    yield f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="{most}">'
    for letter, option in zip(_LETTERS, question.options, strict=False):
        fixed = ' fixed="true"' if option.place else ""
        yield f'<simpleChoice identifier="{letter}"{fixed}>\n{_markup(option.text)}\n</simpleChoice>'
    yield "</choiceInteraction>\n</itemBody>"
    yield _processing(by_key=by_key)
    for letter, option in zip(_LETTERS, question.options, strict=False):
        if option.feedback:
            yield _feedback(letter, option.feedback)
    yield from _explanation(question)


def _is_by_key(question: ParsedQuestion) -> bool:
    """Whether the right choices together earn everything and all others nothing."""
    right = [option for option in question.options if option.share > 0]
    each = Fraction(1) if question.kind == SINGLE else Fraction(1, len(right) or 1)
    is_even = all(option.share in (0, each) for option in question.options)
    return is_even and (len(right) == 1 if question.kind == SINGLE else question.marking != PARTIAL)


def _keys(question: ParsedQuestion, *, by_key: bool) -> Iterator[str]:
    marked = list(zip(_LETTERS, question.options, strict=False))
    best = [letter for letter, option in marked if option.share > 0]
    if question.kind == SINGLE:
        best = [letter for letter, option in marked if option.share == 1][:1]
    yield f"<correctResponse>{''.join(f'<value>{letter}</value>' for letter in best)}</correctResponse>"
    if not by_key:
        yield '<mapping defaultValue="0" lowerBound="0" upperBound="1">'
        for letter, option in marked:
            if option.share:
                yield f'<mapEntry mapKey="{letter}" mappedValue="{float(option.share):.7g}"/>'
        yield "</mapping>"


def _processing(*, by_key: bool) -> str:
    feedback = '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
    if not by_key:
        score = '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
        return f"<responseProcessing>{score}{feedback}</responseProcessing>"
    whole = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
    nothing = (
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>'
    )
    return (
        f"<responseProcessing><responseCondition><responseIf>{_RIGHT}{whole}</responseIf>"
        f"<responseElse>{nothing}</responseElse></responseCondition>{feedback}</responseProcessing>"
    )


def _feedback(name: str, text: str, outcome: str = "FEEDBACK") -> str:
    return (
        f'<modalFeedback outcomeIdentifier="{outcome}" identifier="{name}" showHide="show">\n'
        f"{_markup(text)}\n</modalFeedback>"
    )


def _explained(question: ParsedQuestion) -> Iterator[str]:
    """Yield what makes the explanation show after every answer."""
    if question.explanation:
        yield (
            '<outcomeDeclaration identifier="EXPLANATION" cardinality="single" baseType="identifier">'
            "<defaultValue><value>explanation</value></defaultValue></outcomeDeclaration>"
        )


def _explanation(question: ParsedQuestion) -> Iterator[str]:
    if question.explanation:
        yield _feedback("explanation", question.explanation, "EXPLANATION")
