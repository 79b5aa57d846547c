"""What a candidate's browser may get before release: never a byte of the key."""

from __future__ import annotations

import re

import pytest

from assessments.enums import Band, ScoreCause
from assessments.models import AssessmentVersion, Score
from assessments.operations import score_attempt
from questions.models import AnswerKey
from tests.assessments.taking.places import SECRETS, Place, make_place


def crawl(place: Place) -> dict[str, bytes]:
    """Follow every link and form of every page from the mailed link to the end; return all that came."""
    came: dict[str, bytes] = {}
    place.enter()
    came["briefing"] = place.client.get(place.url()).content
    came["practice"] = place.client.get(place.url("practice/") + "?choice=1").content
    place.start()
    queue = [place.url("question/1/")]
    while queue:
        path = queue.pop()
        if path in came:
            continue
        response = place.client.get(path)
        came[path] = response.content + repr(response.headers).encode()
        found = re.findall(
            r'(?:href|data-href|data-clock-url|data-finished-url)="([^"#]+)"', response.content.decode()
        )
        queue += [each for each in found if each.startswith(place.url()) and each not in came]
    for position in range(1, 5):
        came[f"saved {position}"] = place.save(position, ["a"]).content
        came[f"conflict {position}"] = place.save(position, ["b"], base_version=0).content
        came[f"refused {position}"] = place.save(position, ["z"]).content
        came[f"options {position}"] = place.client.options(place.url(f"question/{position}/save/")).content
        came[f"reported {position}"] = place.client.post(
            place.url(f"question/{position}/problem/"), {"problem_kind": "none_right"}
        ).content
    came["other language"] = place.client.post(
        place.url("language/"), {"language": "en"}, follow=True
    ).content
    came["asked"] = place.client.post(place.url("submit/")).content
    came["submitted"] = place.client.post(place.url("submit/"), {"confirmed": "yes"}).content
    attempt = place.attempt
    score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=attempt.submitted_at)
    came["finished"] = place.client.get(place.url("finished/")).content
    came["clock at the end"] = place.client.get(place.url("clock/")).content
    return came


def test_case_58_key_leak_html_no_page_holds_a_byte_of_the_key(place: Place) -> None:
    came = crawl(place)

    assert len(came) > 20
    assert AnswerKey.objects.filter(explanation=SECRETS[0]).count() == 4
    for name, content in came.items():
        for secret in SECRETS:
            assert secret.encode() not in content, f"{secret} on {name}"
        assert not re.search(rb"correct|is_right|shares|weight=", content), name


def test_case_58_key_leak_html_options_are_shuffled_for_each_person(place: Place) -> None:
    orders = set()
    for _ in range(8):
        other = make_place(assessment=place.assessment)
        other.start()
        for row in other.attempt.questions.all():
            html = other.client.get(other.url(f"question/{row.position}/")).content.decode()
            shown = re.findall(r'name="answer" value="(\w+)"', html)
            assert shown == ["1", "2", "3", "4"]
            orders.add((row.question_version_id, tuple(row.option_order)))

    assert len({order[0] for order in orders}) == 4
    assert len(orders) > 8


def test_case_58_key_leak_html_no_statement_of_a_candidate_reads_a_key(
    place: Place, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(200) as counted:
        place.start()
        for path in ("", "question/1/", "question/2/", "overview/", "clock/"):
            place.client.get(place.url(path))
        place.save(1, ["a"])
        place.client.post(place.url("submit/"), {"confirmed": "yes"})
        place.client.get(place.url("finished/"))

    assert len(counted.captured_queries) > 20
    assert not [query for query in counted.captured_queries if AnswerKey._meta.db_table in query["sql"]]


def test_case_60_grade_before_release_a_score_never_shows(place: Place) -> None:
    came = crawl(place)

    assert Score.objects.count() == 1
    for name in ("finished", "clock at the end"):
        assert b"%" not in came[name]
        assert not [band for band in Band if str(band.label) in came[name].decode()]


@pytest.mark.parametrize("sees", ["received", "result", "skills"])
def test_case_60_grade_shows_nowhere_but_on_the_page_at_the_end_and_no_key_even_there(
    place: Place, sees: str
) -> None:
    AssessmentVersion.objects.update(candidate_sees=sees)
    came = crawl(place)

    score = Score.objects.get()
    told = f"{score.percent:.0f} %".encode()
    assert [name for name, content in came.items() if told in content] == (
        [] if sees == "received" else ["finished"]
    )
    for secret in SECRETS:
        assert secret.encode() not in came["finished"]
