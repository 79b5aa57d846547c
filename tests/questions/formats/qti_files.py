"""Items and packages of QTI, made of as little as a test needs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
BY_KEY = f'<responseProcessing template="{NAMESPACE.replace("xsd/imsqti", "question/qti")}/rptemplates/match_correct"/>'
BY_MAP = BY_KEY.replace("match_correct", "map_response")
KEY = "<correctResponse><value> b <!-- right --></value></correctResponse>"
CHOICES = (
    '<simpleChoice identifier="a">Lyon</simpleChoice><simpleChoice identifier="b"><p>Paris</p></simpleChoice>'
)


def item(
    choices: str = CHOICES,
    key: str = KEY,
    rules: str = BY_KEY,
    *,
    cardinality: str = "single",
    shuffle: str = "true",
    stem: str = "<p>Capital?</p>",
    attributes: str = "",
    more: str = "",
) -> str:
    return (
        f'<assessmentItem xmlns="{NAMESPACE}" identifier="q1" title="One" {attributes}>'
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">{key}'
        f"</responseDeclaration><itemBody>{stem}"
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="1">{choices}'
        f"</choiceInteraction></itemBody>{rules}{more}</assessmentItem>"
    )


def body(content: str) -> str:
    return (
        f'<assessmentItem xmlns="{NAMESPACE}" identifier="q1"><itemBody>{content}</itemBody></assessmentItem>'
    )


def manifest(*resources: tuple[str, str], kind: str = "imsqti_item_xmlv2p1") -> str:
    listed = "".join(f'<resource type="{kind}" href="{href}">{more}</resource>' for href, more in resources)
    return f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{listed}</resources></manifest>'


def package(files: Mapping[str, str | bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()
