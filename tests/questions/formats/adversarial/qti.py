"""Items and packages of QTI 2 and 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.questions.formats.adversarial.making import (
    TEXTS,
    Make,
    counted,
    escaped,
    filled,
    packed,
    packed_to,
)
from tests.questions.formats.qti_files import manifest

_QTI = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q"'


def _qti(body: str, choices: str = "", rules: str = "") -> str:
    choices = (
        choices
        or '<simpleChoice identifier="a">a</simpleChoice><simpleChoice identifier="b">b</simpleChoice>'
    )
    return (
        f'<assessmentItem {_QTI}><responseDeclaration identifier="R" cardinality="single" baseType="identifier">'
        f"<correctResponse><value>a</value></correctResponse></responseDeclaration><itemBody>{body}"
        f'<choiceInteraction responseIdentifier="R">{choices}</choiceInteraction></itemBody>{rules}</assessmentItem>'
    )


QTI: Mapping[str, Make] = {
    "choices": lambda size: _qti(
        "<p>Q</p>",
        counted(lambda number: f'<simpleChoice identifier="c{number}">a</simpleChoice>', size - 500).decode(),
    ).encode(),
    "choices of one name": lambda size: _qti(
        "<p>Q</p>", filled('<simpleChoice identifier="a">a</simpleChoice>', size - 500)
    ).encode(),
    "paragraphs": lambda size: _qti(filled("<p>a</p>", size - 500)).encode(),
    "depth": lambda size: _qti(filled("<div>", size - 500)).encode(),
    "depth within bounds": lambda size: _qti(
        "<div>" * 90 + filled("<b>a</b>", size - 2_000) + "</div>" * 90
    ).encode(),
    "interactions": lambda size: _qti(
        filled('<choiceInteraction responseIdentifier="R"/>', size - 500)
    ).encode(),
    "rules": lambda size: _qti(
        "<p>Q</p>",
        rules="<responseProcessing>" + filled("<responseCondition/>", size - 500) + "</responseProcessing>",
    ).encode(),
    "keys": lambda size: (
        _qti("<p>Q</p>").replace("<value>a</value>", filled("<value>a</value>", size - 500)).encode()
    ),
    "declarations": lambda size: (
        _qti("<p>Q</p>")
        .replace("<itemBody>", filled('<responseDeclaration identifier="R"/>', size - 500) + "<itemBody>")
        .encode()
    ),
    "digits": lambda size: (
        _qti("<p>Q</p>")
        .replace(
            "</correctResponse>",
            "</correctResponse><mapping>"
            + filled(f'<mapEntry mapKey="a" mappedValue="{"9" * 5_000}"/>', size - 500)
            + "</mapping>",
        )
        .encode()
    ),
    "pictures": lambda size: _qti(filled('<img src="a.png" alt="a"/>', size - 500)).encode(),
    "code": lambda size: _qti(filled("<pre>a\n</pre>", size - 500)).encode(),
    "breaks": lambda size: _qti("<p>" + filled("a<br/>", size - 500) + "</p>").encode(),
    "strong breaks": lambda size: _qti("<p>" + filled("<b>a<br/></b>", size - 500) + "</p>").encode(),
    "tables": lambda size: _qti("<table>" + filled("<tr><td>a</td></tr>", size - 500) + "</table>").encode(),
    "wide tables": lambda size: _qti(
        "<table><tr>"
        + filled("<td>a</td>", size // 2)
        + "</tr>"
        + filled("<tr><td/></tr>", size // 2)
        + "</table>"
    ).encode(),
    **{
        f"text of {name}": lambda size, text=text: _qti(f"<p>{escaped(filled(text, size // 2))}</p>").encode()
        for name, text in TEXTS.items()
    },
}


def _item(number: int) -> bytes:
    return _qti("<p>Q</p>").replace('identifier="q"', f'identifier="q{number}"').encode()


# So many files that the package is as large as is wanted when it is packed: it unpacks to nearly twice that.
_PACKAGES_OF_MANY: Mapping[str, Callable[[int], Mapping[str, bytes]]] = {
    "items": lambda count: (
        {
            "imsmanifest.xml": manifest(*((f"{number}.xml", "") for number in range(count))).encode(),
            **{f"{number}.xml": _item(number) for number in range(count)},
        }
    ),
    "the shortest items": lambda count: (
        {
            "imsmanifest.xml": manifest(*((f"{number}", "") for number in range(count))).encode(),
            **{f"{number}": b"<assessmentItem/>" for number in range(count)},
        }
    ),
    "broken items": lambda count: (
        {
            "imsmanifest.xml": manifest(*((f"{number}", "") for number in range(count))).encode(),
            **{f"{number}": b"<a>" for number in range(count)},
        }
    ),
    "items that are forgotten": lambda count: (
        {
            "imsmanifest.xml": manifest(("a.xml", "")).encode(),
            **{f"{number}.xml": _item(number) for number in range(count)},
        }
    ),
}
_PACKAGES: Mapping[str, Callable[[int], Mapping[str, bytes]]] = {
    "items that are missing": lambda size: (
        {"imsmanifest.xml": manifest(*((f"{number}.xml", "") for number in range(size // 70))).encode()}
    ),
    "one item many times": lambda size: (
        {
            "imsmanifest.xml": manifest(*(("a.xml", "") for _number in range(size // 70))).encode(),
            "a.xml": _qti(filled("<p>a</p>", 20_000)).encode(),
        }
    ),
    "files of a resource": lambda size: (
        {
            "imsmanifest.xml": manifest(
                ("a.xml", counted(lambda number: f'<file href="{number}"/>', size).decode())
            ).encode(),
            "a.xml": _qti("<p>Q</p>").encode(),
        }
    ),
    "paths": lambda size: (
        {
            "imsmanifest.xml": manifest(
                ("a/../" * 1_900 + "a.xml", ""), ("%2e%2e/" * 1_300, ""), ("a/" * (min(size, 9_000) // 2), "")
            ).encode(),
            "a.xml": _qti("<p>Q</p>").encode(),
        }
    ),
}

# The names that the third version has for elements of these files.
_NAMES_OF_3 = {
    "assessmentItem": "qti-assessment-item",
    "responseDeclaration": "qti-response-declaration",
    "correctResponse": "qti-correct-response",
    "itemBody": "qti-item-body",
    "choiceInteraction": "qti-choice-interaction",
    "simpleChoice": "qti-simple-choice",
    "responseIdentifier": "response-identifier",
    "baseType": "base-type",
}


def qti_packages(version: str) -> Mapping[str, Make]:
    """Return packages of that version, "2p1" or another as the types of their items say it."""
    return {
        **{
            f"package of {name}": packed(lambda size, files=files: _in_version(files(size), version))
            for name, files in _PACKAGES.items()
        },
        **{
            f"package of {name}": lambda size, files=files: packed_to(
                size, lambda count: _in_version(files(count), version)
            )
            for name, files in _PACKAGES_OF_MANY.items()
        },
    }


def _in_version(files: Mapping[str, bytes], version: str) -> Mapping[str, bytes]:
    said = {name: content.decode().replace("v2p1", f"v{version}") for name, content in files.items()}
    if version == "3p0":
        for before, after in _NAMES_OF_3.items():
            said = {name: content.replace(before, after) for name, content in said.items()}
    return {name: content.encode() for name, content in said.items()}
