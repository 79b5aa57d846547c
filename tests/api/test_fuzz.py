"""A program that sends whatever the document allows, and much more: every answer is one that the document declares."""

from collections import Counter
from time import perf_counter

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.enums import Role
from accounts.throttling import CallerThrottle
from assessments.models import AccommodationRequest, RegradeRequest
from assessments.operations import ask_for_accommodation
from config.wsgi import application
from hiring.models import Approval, Stage
from outbox.models import Work
from questions.models import Question, QuestionBank
from questions.operations import importing
from tests.api.questions.files import upload, work
from tests.api.world import make_house
from tests.factories.assessments import make_regrade
from tests.factories.hiring import ask, invite, make_application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SETTINGS = hypothesis.settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=False,
    phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
    suppress_health_check=list(hypothesis.HealthCheck),
)


def real_values(house):
    """What stands in the database, so that the fuzzer gets beyond "not found"."""
    people = [application.candidate for application in (house.finished, house.fresh)]
    return {
        "/api/v1/applications/": [house.finished.public_id, house.fresh.public_id],
        "/api/v1/candidates/": [person.public_id for person in people],
        "/api/v1/jobs/": [house.job.slug],
        "/api/v1/assessments/": [house.assessment.slug],
        "/api/v1/reports/assessments/": [house.assessment.slug],
        "/api/v1/invitations/": [house.invitation.pk],
        "/api/v1/accommodations/": list(
            AccommodationRequest.objects.order_by("pk").values_list("pk", flat=True)
        ),
        "/api/v1/attempts/": [house.attempt.pk],
        "/api/v1/scores/": [house.score.pk],
        "/api/v1/approvals/": list(Approval.objects.order_by("pk").values_list("pk", flat=True)),
        "/api/v1/banks/": list(QuestionBank.objects.values_list("slug", flat=True)),
        "/api/v1/questions/": list(Question.objects.values_list("pk", flat=True)),
        "/api/v1/regrades/": list(RegradeRequest.objects.values_list("pk", flat=True)),
        "/api/v1/imports/": list(
            Work.objects.filter(kind=importing.CHECK).values_list("public_id", flat=True)
        ),
        "/api/v1/exports/": list(
            Work.objects.filter(kind=importing.EXPORT).values_list("public_id", flat=True)
        ),
    }


def make_real(draw, case, house):
    """Put real ids and names into a call, in places that the dice choose."""
    for prefix, values in real_values(house).items():
        if case.path_parameters and case.path.startswith(prefix + "{") and draw(st.booleans()):
            name = next(iter(case.path_parameters))
            case.path_parameters = {name: draw(st.sampled_from(values))}
    known = {
        "job": house.job.slug,
        "assessment": house.assessment.slug,
        "full_name": "Noor Haddad",
        "email": "noor@example.net",
        "candidate": house.finished.candidate.public_id,
        "application": house.finished.public_id,
        "bank": QuestionBank.objects.earliest("pk").slug,
    }
    for part in (case.body, case.query):
        if isinstance(part, dict):
            part.update({name: known[name] for name in known if name in part and draw(st.booleans())})


@pytest.fixture
def house(db):
    """The job of somebody who writes questions as well."""
    return make_house(roles=(Role.RECRUITER, Role.QUESTION_AUTHOR))


@pytest.fixture
def files(house, robot):
    """Two files that were checked and one that was made: what programs decide about."""
    bank = QuestionBank.objects.earliest("pk").slug
    assert {upload(robot, bank=bank).status_code for _each in range(2)} == {202}
    assert robot.post("exports/", {"bank": bank, "format": "gift"}).status_code == 202
    make_regrade(house.attempt)
    work()


@pytest.fixture
def one_connection(files):
    """Requests stay within the test's transaction, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_answer_to_anything_is_a_declared_one(house, robot, fuzz_seconds, monkeypatch, one_connection):
    monkeypatch.setitem(CallerThrottle.THROTTLE_RATES, "api", None)
    asked = invite(make_application(house.job), house.assessment, now=timezone.now())
    ask_for_accommodation(invitation=asked, text="more time", now=timezone.now())
    Stage.objects.filter(job=house.job, name="Interview").update(needs_approval=True)
    ask(make_application(house.job), by=house.recruiter)
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application, headers=robot.headers)
    operations = [operation.ok() for operation in schema.get_all_operations()]
    answers: Counter[tuple[str, int]] = Counter()

    def call_of(operation):
        def call(data):
            mode = data.draw(st.sampled_from(list(GenerationMode)))
            case = data.draw(operation.as_strategy(generation_mode=mode))
            make_real(data.draw, case, house)
            response = case.call(headers=robot.headers)
            case.validate_response(response, checks=CHECKS)
            answers[operation.label, response.status_code] += 1

        return call

    ends = perf_counter() + fuzz_seconds
    rounds = 0
    while rounds < len(operations) or perf_counter() < ends:
        # Each round has a seed of its own, so that a failure comes back.
        run = hypothesis.seed(rounds)(
            hypothesis.given(st.data())(call_of(operations[rounds % len(operations)]))
        )
        SETTINGS(run)()
        rounds += 1

    statuses = Counter(status for _label, status in answers.elements())
    print(f"{answers.total()} calls in {rounds} rounds: {dict(statuses)}")
    reached = {label for label, status in answers if status < 300}
    assert {label for label, _status in answers} == {operation.label for operation in operations}
    assert len(reached) > len(operations) / 2
