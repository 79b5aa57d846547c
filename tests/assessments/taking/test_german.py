"""A whole test in German, from the link to the end: nothing of the English is left on a page."""

from __future__ import annotations

import html
import re

from assessments.models import AssessmentVersion
from tests.assessments.taking.places import Place
from tests.translations import catalogue


def visible(content: bytes) -> str:
    """What a page says, and what its scripts would say."""
    text = re.sub(r"<(style)\b.*?</\1>", " ", content.decode(), flags=re.DOTALL)
    text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda code: chr(int(code[1], 16)), text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def english_sentences() -> list[str]:
    """Texts long enough to be told from names and code, up to their first hole."""
    found = []
    for message in catalogue("de", fresh=False):
        for text in (message.id,) if isinstance(message.id, str) else message.id or ():
            start = re.split(r"%|\{\{|<|\n", text)[0].strip()
            if len(start) > 14:
                found.append(start)
    return found


def test_a_whole_test_in_german_leaves_no_english_sentence(place: Place) -> None:
    AssessmentVersion.objects.update(candidate_sees="skills", most_attempts=2, retake_after_days=7)
    place.enter()
    place.client.post(place.url("language/"), {"language": "de"})
    pages = {rest: place.client.get(place.url(rest)) for rest in ("", "practice/", "more-time/")}
    pages["refused"] = place.client.post(place.url("start/"), {})
    place.client.post(place.url("start/"), {"consent": "on"})
    for rest in ("question/1/", "question/4/", "question/9/", "overview/"):
        pages[rest] = place.client.get(place.url(rest))
    pages["asks"] = place.client.post(place.url("submit/"))
    place.client.post(place.url("submit/"), {"confirmed": "yes"})
    pages["finished"] = place.client.get(place.url("finished/") + "?late")

    said = {name: visible(response.content) for name, response in pages.items()}

    english = english_sentences()
    assert len(english) > 150
    left = {name: [text for text in english if text in page] for name, page in said.items()}
    assert {name: texts for name, texts in left.items() if texts} == {}
    assert "Test beginnen" in said[""]
    assert "Frage 1 von 4" in said["question/1/"]
    assert "4 Fragen haben keine Antwort. Trotzdem abgeben?" in said["asks"]
    assert "Ihre Antworten sind abgegeben." in said["finished"]
    for name, response in pages.items():
        assert '<html lang="de" dir="ltr">' in response.content.decode(), name


def test_saves_are_answered_in_german_where_the_person_reads_them(running: Place) -> None:
    running.client.post(running.url("language/"), {"language": "de"})

    refused = running.save(1, ["nothing"])

    assert refused.json()["message"] == "Wählen Sie eine der Antworten dieser Frage."
