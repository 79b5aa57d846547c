"""What a candidate's browser may get before release: never a byte of the key."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import Band, ScoreCause
from assessments.models import AssessmentVersion, Attempt, Invitation, PoolEntry, Score
from assessments.operations import (
    pause_attempt,
    resume_attempt,
    revoke_invitation,
    score_attempt,
    void_attempt,
)
from assessments.taking.urls import urlpatterns
from questions.models import AnswerKey, Question, QuestionVersion, Skill
from tests.assessments.taking.places import SECRETS, Place, make_assessment, make_place
from tests.factories.accounts import make_administrator, make_user


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
        reached = [urljoin(path, each) for each in found]
        queue += [each for each in reached if each.startswith(place.url()) and each not in came]
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


# --- Every address, every method, every state --------------------------------------------------------------------

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "POST")
# Words of staff about a question, as fields or as attributes; none of them has a meaning for somebody who answers.
STAFF_WORDS = (
    rb"correct|is_right|shares|weight=|difficulty|external_id|option_order|question_version|\bseed\b|\bband\b"
)
SKILL, LEVEL = "Quetzalcoatlus", "experienced"
# Numbers of ten digits, which stand in no page by chance: six would be found in random identifiers now and then.
FIRST_ID = 1_918_273_000


@pytest.fixture
def marked(db: None) -> Place:
    """A place whose every secret can be told from whatever else stands in a page."""
    assessment = make_assessment(slug="leaking")
    skill = Skill.objects.create(slug="quetzalcoatlus", name=SKILL)
    PoolEntry.objects.filter(rule__section__version__assessment=assessment).delete()
    for number, question in enumerate(Question.objects.order_by("pk"), start=1):
        old = question.current_version
        options = [option | {"code": f"zq-option-{option['code']}"} for option in old.options]
        moved = Question.objects.create(
            pk=FIRST_ID + number,
            bank=question.bank,
            external_id=f"zq-external-{number}",
            kind=question.kind,
            level=LEVEL,
            status=question.status,
            intended_difficulty=4,
            created_at=question.created_at,
            changed_at=question.changed_at,
        )
        moved.skills.add(skill)
        version = QuestionVersion.objects.create(
            pk=FIRST_ID + 100 + number,
            question=moved,
            number=1,
            stem=old.stem,
            options=options,
            created_at=old.created_at,
            frozen_at=old.frozen_at,
        )
        AnswerKey.objects.create(
            pk=FIRST_ID + 200 + number,
            version=version,
            revision=1,
            shares={
                f"zq-option-{code}": share
                for code, share in zip("abcd", ("73/97", "-11/89", "0", "0"), strict=True)
            },
            feedback={"zq-option-a": "feedback-of-the-key"},
            explanation="explanation-of-the-key",
            source="source-of-the-key",
            created_at=old.created_at,
        )
        Question.objects.filter(pk=moved.pk).update(current_version=version)
        rule = assessment.current_version.sections.get().rules.get(position=number)
        PoolEntry.objects.create(rule=rule, question_version=version)
    return make_place(assessment=assessment)


def needles() -> re.Pattern[bytes]:
    """Everything that must not be in a byte: what the key says, what a question is called inside, what was scored."""
    words = [*SECRETS, SKILL, LEVEL, "zq-external", "zq-option"]
    words += [str(band.label) for band in Band]
    numbers = []
    for score in Score.objects.all():
        numbers += [f"{score.percent:f}", f"{score.percent:.2f}", f"{score.marks:f}", f"{score.marks:.2f}"]
    parts = [re.escape(word).encode() for word in words]
    parts.append(rb"%d[012]0\d" % (FIRST_ID // 1000))
    # A moment has such digits in its seconds: 09:19:10.003.
    parts += [rb"(?<![\d.])%s(?!\d)" % re.escape(number).encode() for number in numbers]
    return re.compile(b"|".join(parts) + b"|" + STAFF_WORDS)


def bodies(address: str) -> Iterator[dict[str, Any]]:
    """What a browser, a script and somebody curious send."""
    ids = {"page_id": str(uuid.uuid4()), "save_id": str(uuid.uuid4())}
    form = {"answer": ["1"], "base_version": "0", "page_id": ids["page_id"], "shown_answer": ""}
    yield {"data": {}}
    yield {"data": form | {"go": "next"}}
    yield {"data": form | {"answer": ["zq-option-a"], "go": "keep"}}
    yield {
        "data": {
            "notes": json.dumps({"notes": [{"kind": "copied"}]}),
            "language": "de",
            "kind": "unclear",
            "confirmed": "yes",
        }
    }
    for answer in (["1"], ["2"], ["zq-option-a"], ["9"]) if address.endswith("/save/") else ():
        body = ids | {"answer": answer, "base_version": 0}
        yield {"data": json.dumps(body), "content_type": "application/json"}


def addresses(place: Place, tokens: list[str]) -> Iterator[str]:
    """Every address of a test, those last that start and end it."""
    for pattern in sorted(urlpatterns, key=lambda each: each.name in ("start", "submit")):
        wanted = pattern.pattern.converters
        for token in tokens if "token" in wanted else [""]:
            for position in (1, 5) if "position" in wanted else (0,):
                values = {"code": place.code, "position": position, "token": token}
                yield reverse(f"taking:{pattern.name}", kwargs={name: values[name] for name in wanted})


def everything(
    place: Place, client: Client, tokens: list[str], *, goes_on: bool
) -> Iterator[tuple[str, bytes]]:
    """Ask every address in every way; give the name of the request and every byte that came."""
    for address in addresses(place, tokens):
        if goes_on and address == place.url("submit/"):
            continue
        for method in METHODS:
            for number, body in enumerate(bodies(address) if method == "POST" else [{}]):
                response = (
                    client.generic(method, address) if method != "POST" else client.post(address, **body)
                )
                yield f"{method} {address} {number}", bytes_of(response)


def bytes_of(response: HttpResponse) -> bytes:
    assert response.status_code < 500
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{response.status_code}\n{head}\n{response.cookies.output()}\n".encode() + response.content


def test_case_58_key_leak_html_no_byte_that_a_candidate_can_get_in_any_state(marked: Place) -> None:
    now, staff = timezone.now(), Actor.of_user(make_administrator())
    other = make_place(assessment=marked.assessment)
    asked = 0

    def look(
        state: str, place: Place = marked, client: Client | None = None, *, goes_on: bool = False
    ) -> None:
        nonlocal asked
        forbidden = needles()
        # Whoever has a mailed link may open it; somebody else does not have it.
        tokens = ["nothing"] if client else [place.token, "nothing"]
        for name, content in everything(place, client or place.client, tokens, goes_on=goes_on):
            asked += 1
            found = forbidden.search(content)
            assert found is None, f"{found and found[0]!r} in {name}, {state}"

    marked.enter()
    look("before the start")
    attempt = marked.start()
    Attempt.objects.filter(pk=attempt.pk).update(started_at=now - timedelta(minutes=20))
    other.start()
    look("of somebody else", other, marked.client)
    for position in range(1, 5):
        marked.save(position, [marked.row(position).option_order[0]])
    pause_attempt(attempt=marked.attempt, reason="A fire drill", by=staff, now=now)
    look("paused", goes_on=True)
    resume_attempt(attempt=marked.attempt, reason="It is over", by=staff, now=timezone.now())
    look("running, until it is handed in")
    assert marked.attempt.state == "submitted"
    score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=timezone.now())
    look("finished and scored")
    void_attempt(attempt=marked.attempt, reason="Somebody else sat there", by=staff, now=timezone.now())
    look("void")
    for ended in ("expired", "revoked"):
        gone = make_place(assessment=marked.assessment)
        gone.enter()
        if ended == "expired":
            Invitation.objects.filter(pk=gone.invitation.pk).update(expires_at=now - timedelta(days=1))
        else:
            revoke_invitation(invitation=gone.invitation, by=staff, now=timezone.now())
        look(ended, gone)

    assert asked > 800
    # What was looked for is there, and staff see it.
    recruiter = Client()
    recruiter.force_login(make_user(Role.RECRUITER))
    page = recruiter.get(reverse("assessments:attempt", args=[attempt.pk])).content
    assert {b"explanation-of-the-key", SKILL.encode()} <= set(needles().findall(page))


def test_case_58_key_leak_html_no_file_that_everybody_can_load_holds_a_starter_question() -> None:
    root = Path(__file__).resolve().parents[3]
    texts = [path.read_text() for path in (root / "questions" / "starter").rglob("*") if path.is_file()]
    lines = {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 60}
    files = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    ours = [path for path in files if root in path.parents and ".venv" not in path.parts]

    leaking = [
        str(path)
        for path in ours
        if path.suffix in (".js", ".css", ".json", ".txt", ".html", ".map", ".svg")
        and lines & {line.strip() for line in path.read_text(errors="replace").splitlines()}
    ]

    assert len(lines) > 500
    assert len(ours) > 10
    assert leaking == []


def test_case_58_key_leak_html_two_people_learn_nothing_of_the_authors_order(marked: Place) -> None:
    """The same question for twelve people: what a page says is the same for all, what it means is not."""
    first = {}
    for _ in range(12):
        other = make_place(assessment=marked.assessment)
        other.start()
        for row in other.attempt.questions.all():
            page = other.client.get(other.url(f"question/{row.position}/")).content.decode()
            named = re.findall(r'name="answer" value="(\w+)"', page)
            first.setdefault(row.question_version_id, set()).add((tuple(named), row.option_order[0]))

    assert len(first) == 4
    for seen in first.values():
        assert {named for named, _code in seen} == {("1", "2", "3", "4")}
        assert len({code for _named, code in seen}) > 1
