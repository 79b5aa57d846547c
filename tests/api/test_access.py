"""Which key opens which address. What may not be seen reads like what does not exist."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.operations import deactivate_user, revoke_api_key
from accounts.rules import GUESS_LIMITS, GuessDoor, GuessLimit, GuessLimits
from hiring.enums import JobRole
from hiring.models import Application, ApplicationAssessment
from hiring.operations import limit_key
from hiring.queries.reports import REPORTS
from tests.api.world import ROOT, Program, program
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_user
from tests.factories.hiring import make_interviewer, make_job, make_manager, make_member

pytestmark = pytest.mark.django_db

WRITES = ("new_application", "new_invitation")


def no_key(house):
    return Program()


def unknown_key(house):
    return Program("sl_" + "2" * 16 + "_" + "a" * 43)


def almost_the_key(house):
    good = program(house.recruiter)
    good.headers["Authorization"] = good.headers["Authorization"][:-1]
    return good


def expired_key(house):
    return program(house.recruiter, now=NOW - timedelta(days=3), expires_at=NOW)


def revoked_key(house):
    robot = program(house.recruiter)
    revoke_api_key(key=robot.key, by=Actor.of_user(house.recruiter), now=NOW)
    return robot


def key_of_deactivated_owner(house):
    robot = program(house.recruiter)
    deactivate_user(user=house.recruiter, by=Actor.of_user(make_administrator()), now=NOW)
    return robot


PATIENT = GuessLimits(address=GuessLimit(1000, timedelta(1)), peer=GuessLimit(1000, timedelta(1)))
BAD_KEYS = [no_key, unknown_key, almost_the_key, expired_key, revoked_key, key_of_deactivated_owner]


@pytest.mark.parametrize("make", BAD_KEYS)
def test_case_83_api_token_scope_bad_key_opens_no_address(house, make, monkeypatch):
    # So many wrong keys from one network are refused unheard otherwise; tests/accounts/test_guesses.py has that.
    monkeypatch.setitem(GUESS_LIMITS, GuessDoor.SIGN_IN, PATIENT)
    robot = make(house)

    answers = [robot.get(path) for path in house.reads()]
    answers += [robot.post(*getattr(house, write)()) for write in WRITES]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert {tuple(answer.json()) for answer in answers} == {("detail",)}
    assert Application.objects.count() == 2


def test_bad_keys_all_read_alike(house):
    bodies = {make(house).get("jobs/").content for make in BAD_KEYS if make is not no_key}

    assert bodies == {b'{"detail":"This API key is not valid. Make a new one under Settings, API keys."}'}


def test_case_83_api_token_scope_key_in_the_address_is_never_read(robot):
    token = robot.headers["Authorization"].removeprefix("Bearer ")
    places = ("api_key", "key", "token", "access_token", "Authorization")

    answers = {place: Program().get("jobs/", **{place: token}).status_code for place in places}

    assert answers == dict.fromkeys(places, 401)


def test_other_forms_of_the_header_open_nothing(robot):
    token = robot.headers["Authorization"].removeprefix("Bearer ")
    forms = ("Token {}", "Basic {}", "{}", "Bearer", "Bearer  ", "Bearer {} x")

    answers = {
        form: robot.client.get(ROOT + "jobs/", headers={"Authorization": form.format(token)}).status_code
        for form in forms
    }

    assert answers == dict.fromkeys(forms, 401)


def test_good_key_reads_every_address(house, robot):
    answers = {path: robot.get(path) for path in house.reads()}

    assert {path for path, answer in answers.items() if answer.status_code != 200} == set()
    assert {answer["Cache-Control"] for answer in answers.values()} == {"private, no-store"}
    assert len(answers) == 16 + len(REPORTS)


def test_lists_hold_what_the_owner_sees_and_nothing_else(house, other_house, robot):
    counts = {name: robot.get(f"{name}/").json()["count"] for name in house.rows()}

    assert counts == {
        "jobs": 1,
        "candidates": 2,
        "applications": 2,
        "assessments": 2,  # tests are known to every recruiter
        "invitations": 1,
        "attempts": 1,
        "scores": 1,
    }


def test_rows_of_another_job_are_not_found(house, other_house, robot):
    for name in ("jobs", "candidates", "applications", "invitations", "attempts", "scores"):
        there = robot.get(other_house.rows()[name])
        nowhere = robot.get(f"{name}/999999/")

        assert (name, there.status_code) == (name, 404)
        assert there.content == nowhere.content


@pytest.mark.parametrize("write", WRITES)
def test_case_83_api_token_scope_read_key_does_not_write(house, write):
    robot = program(house.recruiter, Scope.READ)

    answer = robot.post(*getattr(house, write)())

    assert answer.status_code == 403
    assert "detail" in answer.json()
    assert Application.objects.count() == 2
    assert ApplicationAssessment.objects.count() == 1


@pytest.mark.parametrize(
    ("write", "scope"),
    [("new_application", Scope.INVITATIONS_WRITE), ("new_invitation", Scope.CANDIDATES_WRITE)],
)
def test_case_83_api_token_scope_one_write_does_not_open_the_other(house, write, scope):
    robot = program(house.recruiter, Scope.READ, scope)

    answer = robot.post(*getattr(house, write)())

    assert answer.status_code == 403
    assert Application.objects.count() == 2
    assert ApplicationAssessment.objects.count() == 1


def test_case_83_api_token_scope_writing_key_does_not_read(house):
    robot = program(house.recruiter, Scope.CANDIDATES_WRITE, Scope.INVITATIONS_WRITE)

    answers = {robot.get(path).status_code for path in house.reads()}

    assert answers == {403}


@pytest.mark.parametrize("write", WRITES)
def test_key_with_the_scope_writes(house, write):
    scope = Scope.CANDIDATES_WRITE if write == "new_application" else Scope.INVITATIONS_WRITE
    robot = program(house.recruiter, scope)

    answer = robot.post(*getattr(house, write)())

    assert answer.status_code == 201


def limited_elsewhere(house):
    """A key of the same owner, limited to another job of theirs."""
    robot = program(house.recruiter)
    elsewhere = make_job(recruiter=house.recruiter, title="Elsewhere")
    limit_key(key=robot.key, jobs=[elsewhere], by=Actor.of_user(house.recruiter), now=NOW)
    return robot, elsewhere


def test_key_limited_to_another_job_sees_only_that_one(house):
    robot, elsewhere = limited_elsewhere(house)

    counts = {name: robot.get(f"{name}/").json()["count"] for name in house.rows()}
    details = {name: robot.get(path).status_code for name, path in house.rows().items()}
    report = robot.get("reports/pipeline/").json()

    assert counts == {
        "jobs": 1,
        "candidates": 0,
        "applications": 0,
        "assessments": 1,
        "invitations": 0,
        "attempts": 0,
        "scores": 0,
    }
    assert details == dict.fromkeys(house.rows(), 404) | {"assessments": 200}
    assert [job["job"] for job in report["jobs"]] == [elsewhere.slug]
    assert report["total"]["n"] == 0
    assert robot.get(f"reports/assessments/{house.assessment.slug}/").json()["invited"] == 0


def test_key_limited_to_another_job_writes_nothing_here(house):
    robot, _elsewhere = limited_elsewhere(house)

    added, invited = (robot.post(*getattr(house, write)()) for write in WRITES)

    assert added.status_code == 400
    assert list(added.json()) == ["job"]
    assert invited.status_code == 404
    assert Application.objects.count() == 2
    assert ApplicationAssessment.objects.count() == 1


@pytest.mark.parametrize("write", WRITES)
def test_manager_reads_but_does_not_write(house, write):
    robot = program(make_manager(house.job))

    read = robot.get(house.rows()["scores"])
    wrote = robot.post(*getattr(house, write)())

    assert read.status_code == 200
    assert wrote.status_code == 403
    what = {"new_application": "Add, import and tag people", "new_invitation": "Invite people to tests"}
    assert wrote.json() == {
        "detail": f"Your role on this job does not include: {what[write]}. Ask a recruiter of the job."
    }
    assert Application.objects.count() == 2


def test_interviewer_sees_the_job_and_no_people(house):
    robot = program(make_interviewer(house.job))

    counts = {name: robot.get(f"{name}/").json()["count"] for name in house.rows()}

    assert counts["jobs"] == 1
    assert {counts[name] for name in ("candidates", "applications", "invitations", "attempts", "scores")} == {
        0
    }


def test_recruiter_of_one_job_is_an_interviewer_on_another(house, other_house):
    make_member(other_house.job, JobRole.INTERVIEWER, house.recruiter)
    robot = program(house.recruiter)

    assert robot.get("jobs/").json()["count"] == 2
    assert robot.get("applications/").json()["count"] == 2
    assert robot.get(other_house.rows()["applications"]).status_code == 404


def test_analyst_reads_numbers_and_no_people(house):
    robot = program(make_user(Role.ANALYST), Scope.READ)

    counts = {name: robot.get(f"{name}/").json()["count"] for name in house.rows()}
    pipeline = robot.get("reports/pipeline/")
    test = robot.get(f"reports/assessments/{house.assessment.slug}/")

    assert {counts[name] for name in ("candidates", "applications", "invitations", "attempts", "scores")} == {
        0
    }
    assert pipeline.json()["total"]["n"] == 2
    assert test.json()["finished"] == 1
    for body in (pipeline.content, test.content):
        assert house.finished.candidate.full_name.encode() not in body
        assert house.finished.candidate.public_id.encode() not in body


def test_author_sees_tests_and_no_people(house):
    robot = program(make_user(Role.QUESTION_AUTHOR), Scope.READ)

    counts = {name: robot.get(f"{name}/").json()["count"] for name in house.rows()}

    assert counts == dict.fromkeys(house.rows(), 0) | {"assessments": 1}
    assert robot.get("reports/pipeline/").json()["total"]["n"] == 0


def test_administrator_sees_everything(house, other_house):
    robot = program(make_administrator())

    assert {robot.get(path).status_code for path in house.reads() + other_house.reads()} == {200}
    assert robot.get("applications/").json()["count"] == 4


def test_case_63_unpublished_job_is_not_found_without_membership(house, robot):
    draft = make_job(title="Secret plan", opened=False)

    shown = robot.get(f"jobs/{draft.slug}/")
    applied = robot.post(
        "applications/", {"job": draft.slug, "full_name": "Noor", "email": "noor@example.net"}
    )
    nowhere = robot.post(
        "applications/", {"job": "nowhere", "full_name": "Noor", "email": "noor@example.net"}
    )

    assert shown.status_code == 404
    assert Program().get(f"jobs/{draft.slug}/").status_code == 401
    assert applied.status_code == 400
    assert applied.json()["job"][0].replace(draft.slug, "nowhere") == nowhere.json()["job"][0]


def signed_in(user):
    client = Client(enforce_csrf_checks=True)
    assert client.login(email=user.email, password=PASSWORD)
    return client


def test_signed_in_colleague_reads_as_themselves(house, other_house):
    client = signed_in(house.recruiter)

    answer = client.get(ROOT + "applications/")

    assert answer.status_code == 200
    assert answer.json()["count"] == 2


def test_case_73_csrf_all_session_writes_need_the_token(house):
    client = signed_in(house.recruiter)
    path, body = house.new_application()

    refused = client.post(ROOT + path, body, content_type="application/json")
    client.get("/api/")
    token = client.cookies["shortlist_csrf"].value
    accepted = client.post(ROOT + path, body, content_type="application/json", headers={"X-CSRFToken": token})

    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("CSRF Failed")
    assert accepted.status_code == 201


def test_case_72_revoked_now_deactivated_colleague_is_out(house):
    client = signed_in(house.recruiter)
    deactivate_user(user=house.recruiter, by=Actor.of_user(make_administrator()), now=NOW)

    assert client.get(ROOT + "jobs/").status_code == 401


def test_rows_are_not_changed_or_taken_away(house, robot):
    answers = {
        (method, path): getattr(robot.client, method)(ROOT + path, headers=robot.headers).status_code
        for method in ("put", "patch", "delete", "options", "trace")
        for path in house.rows().values()
    }

    assert answers == dict.fromkeys(answers, 405)


def test_every_other_address_is_json_too(robot):
    for path in ("jobs", "jobs/x/y/", "nothing/", "jobs.json", "../admin/"):
        stranger, known = Program().get(path), robot.get(path)

        assert (path, stranger.status_code, known.status_code) == (path, 401, 404)
        assert known["Content-Type"] == "application/json"


def test_root_leads_to_every_list(house, robot):
    addresses = robot.get("").json()

    # Requests for more time and questions are for few; who reads them is asked in their own tests.
    assert set(addresses) == {
        *house.rows(),
        "accommodations",
        "approvals",
        "banks",
        "questions",
        "regrades",
        "imports",
        "exports",
        "reports/pipeline",
        *(f"reports/{name}" for name in REPORTS),
    }
    for address in addresses.values():
        assert robot.client.get(address, headers=robot.headers).status_code == 200
