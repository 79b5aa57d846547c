"""What stands in a file is in exactly one of three lists, in every format, however good and wrong ones are mixed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from questions.formats.drafts import ERROR
from questions.operations.reading import READERS
from tests.questions.formats.qti_files import BY_KEY, NAMESPACE, manifest, package

GOOD, OTHER, KEYLESS, BROKEN = "good", "other", "keyless", "broken"
# The kinds of what stands in a file, one after the other.
Kinds = Sequence[str]


def _lines(pieces: Mapping[str, str]) -> Callable[[Kinds], bytes]:
    """Return what makes a file of texts below each other, each with its number in the place of an @."""
    return lambda kinds: "".join(
        pieces[kind].replace("@", str(number)) for number, kind in enumerate(kinds)
    ).encode()


def _workbook(kinds: Kinds) -> bytes:
    rows = {
        GOOD: ("single", "Q{}", "a", "b", "A"),
        OTHER: ("matching", "Q{}", "a", "b", ""),
        KEYLESS: ("single", "Q{}", "a", "b", ""),
        BROKEN: ("single", "Q{}", "a", "b", "Z"),
    }
    book = Workbook()
    book.active.append(["type", "stem", "option 1", "option 2", "correct"])
    for number, kind in enumerate(kinds):
        book.active.append([cell.format(number) for cell in rows[kind]])
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _item(number: int, kind: str, version: str) -> str:
    choices = '<simpleChoice identifier="a">a</simpleChoice><simpleChoice identifier="b">b</simpleChoice>'
    asks = f'<choiceInteraction responseIdentifier="RESPONSE">{choices}</choiceInteraction>'
    asks = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>' if kind == OTHER else asks
    key = "" if kind == KEYLESS else "<correctResponse><value>a</value></correctResponse>"
    text = (
        f'<assessmentItem xmlns="{NAMESPACE}" identifier="i{number}">'
        f'<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">{key}'
        f"</responseDeclaration><itemBody><p>Q{number}</p>{asks}</itemBody>{BY_KEY}"
        f"</{'broken' if kind == BROKEN else 'assessmentItem'}>"
    )
    if version != "3p0":
        return text.replace("v2p1", f"v{version}")
    for name in ("assessmentItem", "responseDeclaration", "correctResponse", "itemBody", "simpleChoice"):
        kebab = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
        text = text.replace(f"<{name}", f"<qti-{kebab}").replace(f"</{name}", f"</qti-{kebab}")
    for name, kebab in (
        ("choiceInteraction", "choice-interaction"),
        ("textEntryInteraction", "text-entry-interaction"),
    ):
        text = text.replace(f"<{name}", f"<qti-{kebab}").replace(f"</{name}", f"</qti-{kebab}")
    return text.replace("responseIdentifier", "response-identifier").replace("value>", "qti-value>")


def _package(version: str) -> Callable[[Kinds], bytes]:
    """Return what makes a package, every third file of which the manifest forgets."""

    def make(kinds: Kinds) -> bytes:
        names = [f"{number:03}.xml" for number in range(len(kinds))]
        listed = [(name, "") for number, name in enumerate(names) if number % 3 or kinds[number] == BROKEN]
        files = {name: _item(*which, version) for name, which in zip(names, enumerate(kinds), strict=True)}
        return package({"imsmanifest.xml": manifest(*listed, kind=f"imsqti_item_xmlv{version}"), **files})

    return make


def _quiz_items(kinds: Kinds) -> str:
    key = (
        '<respcondition><conditionvar><varequal respident="r">{}</varequal></conditionvar>'
        '<setvar action="Set">100</setvar></respcondition>'
    )
    label = '<response_label ident="{0}"><material><mattext>{0}</mattext></material></response_label>'
    items = []
    for number, kind in enumerate(kinds):
        asked = "matching_question" if kind == OTHER else "multiple_choice_question"
        options = label.format("a") + (label.format("b") if kind != BROKEN else "")
        items.append(
            f'<item ident="i{number}"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type'
            f"</fieldlabel><fieldentry>{asked}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
            f"<presentation><material><mattext>Q{number}</mattext></material><response_lid ident='r'><render_choice>"
            f"{options}</render_choice></response_lid></presentation><resprocessing>"
            f"{'' if kind == KEYLESS else key.format('a')}</resprocessing></item>"
        )
    return "".join(items)


def _quiz(kinds: Kinds) -> bytes:
    return (
        f"<questestinterop><assessment title='T'><section>{_quiz_items(kinds)}</section></assessment>"
        "</questestinterop>"
    ).encode()


def _cartridge(kinds: Kinds) -> bytes:
    kind = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
    return package({"imsmanifest.xml": manifest(("a.xml", ""), kind=kind), "a.xml": _quiz(kinds)})


def _own(kinds: Kinds) -> list[dict[str, object]]:
    options = [{"text": "a", "share": 1}, {"text": "b", "share": 0}]
    wrong = {KEYLESS: {"options": [{"text": "a"}, {"text": "b"}]}, BROKEN: {"stem": ["no text"]}}
    return [
        {"stem": f"Q{number}", "kind": "single", "options": options, **wrong.get(kind, {})}
        for number, kind in enumerate(kinds)
    ]


FILES: Mapping[str, tuple[str, Sequence[str], Callable[[Kinds], bytes]]] = {
    "aiken": (
        "aiken",
        (GOOD, KEYLESS, BROKEN),
        _lines(
            {
                GOOD: "Q@\nA) a\nB) b\nANSWER: A\n\n",
                KEYLESS: "Q@\nA) a\nB) b\n\n",
                BROKEN: "Q@\nA) a\nB) b\nANSWER: D\n\n",
            }
        ),
    ),
    "gift": (
        "gift",
        (GOOD, OTHER, KEYLESS, BROKEN),
        _lines(
            {
                GOOD: "Q@ {=a ~b}\n\n",
                OTHER: "Q@ {=a -> b =c -> d =e -> f}\n\n",
                KEYLESS: "Q@ {~a ~b}\n\n",
                BROKEN: "Q@ {=a ~b\n\n",
            }
        ),
    ),
    "xlsx": ("xlsx", (GOOD, OTHER, KEYLESS, BROKEN), _workbook),
    "tasks": (
        "markdown",
        (GOOD, OTHER, KEYLESS, BROKEN),
        _lines(
            {
                GOOD: "#### Q@. Q@\n\n- [x] a\n- [ ] b\n\n",
                OTHER: "#### Q@. Q@\n\n``` {.python .run}\nprint(1)\n```\n\n- [x] a\n- [ ] b\n\n",
                KEYLESS: "#### Q@. Q@\n\n- [ ] a\n- [ ] b\n\n",
                BROKEN: "#### Q@. Q@\n\n- [x] a\n- [ ] a\n\n",
            }
        ),
    ),
    "letters": (
        "markdown",
        (GOOD, KEYLESS, BROKEN),
        _lines(
            {
                GOOD: "###### @. Q@\n\n- A: a\n- B: b\n\n#### Answer: A\n\n---\n\n",
                KEYLESS: "###### @. Q@\n\n- A: a\n- B: b\n\n---\n\n",
                BROKEN: "###### @. Q@\n\n- A: a\n- B: b\n\n#### Answer: D\n\n---\n\n",
            }
        ),
    ),
    "qti_2.1 package": ("qti_2.1", (GOOD, OTHER, KEYLESS, BROKEN), _package("2p1")),
    "qti_2.2 package": ("qti_2.2", (GOOD, OTHER, KEYLESS, BROKEN), _package("2p2")),
    "qti_3.0 package": ("qti_3.0", (GOOD, OTHER, KEYLESS, BROKEN), _package("3p0")),
    "canvas": ("canvas_qti_1.2", (GOOD, OTHER, KEYLESS, BROKEN), _quiz),
    "cartridge": ("canvas_qti_1.2", (GOOD, OTHER, KEYLESS, BROKEN), _cartridge),
    "json": ("json", (GOOD, KEYLESS, BROKEN), lambda kinds: json.dumps(_own(kinds)).encode()),
    # Every JSON is YAML.
    "yaml": ("yaml", (GOOD, KEYLESS, BROKEN), lambda kinds: json.dumps(_own(kinds)).encode()),
}


def in_one_list(name: str, kinds: Kinds) -> None:
    """Assert that each of `kinds` is once where it belongs, and that nothing else is anywhere."""
    reader, _known, make = FILES[name]
    parsed = READERS[reader](make(kinds))
    errors = [problem for problem in parsed.problems if problem.level == ERROR]
    # In a package what is listed comes before what is not.
    assert sorted(question.stem for question in parsed.questions) == sorted(
        f"Q{number}" for number, kind in enumerate(kinds) if kind == GOOD
    )
    assert len(parsed.skipped) == kinds.count(OTHER)
    assert len(errors) == kinds.count(KEYLESS) + kinds.count(BROKEN)
    places = [each.where for each in (*parsed.questions, *parsed.skipped)]
    # Of an error the place may be a cell or a line within its question.
    assert len(set(places)) == len(places)
    assert not set(places) & {problem.where for problem in errors}


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=12)
def test_whatever_stands_in_a_file_is_in_exactly_one_list(name: str, data: st.DataObject) -> None:
    in_one_list(name, data.draw(st.lists(st.sampled_from(FILES[name][1]), min_size=1, max_size=8)))


@pytest.mark.stress
@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=300)
def test_whatever_stands_in_a_long_file_is_in_exactly_one_list(name: str, data: st.DataObject) -> None:
    in_one_list(name, data.draw(st.lists(st.sampled_from(FILES[name][1]), min_size=1, max_size=60)))


@pytest.mark.parametrize("version", ["2p1", "2p2", "3p0"])
@pytest.mark.parametrize(("kind", "where"), [(GOOD, 0), (OTHER, 1), (KEYLESS, 2)])
def test_item_that_stands_alone_is_in_exactly_one_list(version: str, kind: str, where: int) -> None:
    parsed = READERS["qti_2.1"](_item(1, kind, version).encode())
    errors = [problem for problem in parsed.problems if problem.level == ERROR]
    counts = [len(parsed.questions), len(parsed.skipped), len(errors)]
    assert counts == [int(number == where) for number in range(3)]
