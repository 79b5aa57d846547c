"""Adding people with applications, and inviting them: through the operations of the pages, and harmless to repeat."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.enums import ActorKind
from assessments.enums import InvitationState
from assessments.models import Invitation, Score
from candidates.models import Candidate
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationAssessment, Stage
from hiring.operations import close_job
from outbox.models import Event, Message
from tests.api.world import ROOT, program
from tests.factories.accounts import NOW
from tests.factories.assessments import make_draft
from tests.factories.hiring import SYSTEM, ask, make_application, set_status
from tests.servers.parallel import run_parallel

# --- Applications ---


@pytest.mark.django_db
def test_new_person_gets_an_application_in_the_first_stage(house, robot):
    answer = robot.post(
        "applications/",
        {
            "job": house.job.slug,
            "full_name": "  Noor   Haddad ",
            "email": "Noor@Example.net",
            "phone": "+49 30 1",
        },
    )

    application = Application.objects.get(public_id=answer.json()["id"])
    assert answer.status_code == 201
    assert answer.json() == {
        "id": application.public_id,
        "job": house.job.slug,
        "candidate": {"id": application.candidate.public_id, "full_name": "Noor Haddad"},
        "stage": "Applied",
        "status": "active",
        "source": "api",
        "applied_at": "2026-06-16T09:30:00Z",
        "stage_entered_at": "2026-06-16T09:30:00Z",
        "waiting_approval": None,
    }
    assert application.candidate.emails.get().address == "Noor@Example.net"
    assert Message.objects.filter(person_ref=application.candidate.public_id).count() == 0


@pytest.mark.django_db
def test_history_names_the_key(house, robot):
    answer = robot.post(*house.new_application())

    event = Event.objects.get(kind="application.added", person_ref=answer.json()["candidate"]["id"])
    assert (event.actor_kind, event.actor_key_id) == (ActorKind.API_KEY, robot.key.pk)


@pytest.mark.django_db
def test_same_application_again_is_the_live_one(house, robot):
    path, body = house.new_application()

    first = robot.post(path, body)
    again = robot.post(path, body | {"full_name": "Somebody Else", "email": body["email"].upper()})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Application.objects.filter(job=house.job).count() == 3


@pytest.mark.django_db
def test_known_person_is_found_by_address(house, robot):
    known = make_application(full_name="Noor Haddad", email="noor@example.net").candidate
    count = Candidate.objects.count()

    answer = robot.post(*house.new_application())

    assert answer.status_code == 201
    assert answer.json()["candidate"]["id"] == known.public_id
    assert Candidate.objects.count() == count


@pytest.mark.django_db
def test_rejected_person_applies_anew_with_a_reason_or_after_a_while(house, robot):
    set_status(house.fresh, ApplicationStatus.REJECTED)
    address = house.fresh.candidate.emails.get().address
    sent = {"job": house.job.slug, "full_name": "A B", "email": address}

    early = robot.post("applications/", sent)
    answer = robot.post("applications/", {**sent, "again_reason": "Asked to"})

    assert (early.status_code, early.json()["code"]) == (409, "too_early")
    assert answer.status_code == 201
    assert answer.json()["id"] != house.fresh.public_id


@pytest.mark.django_db
def test_closed_job_takes_nobody(house, robot):
    close_job(job=house.job, by=SYSTEM, now=NOW)

    answer = robot.post(*house.new_application())

    assert answer.status_code == 409
    assert answer.json()["code"] == "closed"
    assert house.job.title in answer.json()["detail"]
    assert Application.objects.count() == 2


BAD_FIELDS = [
    ({"full_name": ""}, "full_name"),
    ({"full_name": "   "}, "full_name"),
    ({"full_name": "a\r\nBcc: x@example.com"}, "full_name"),
    ({"full_name": "Visit http://evil.example"}, "full_name"),
    ({"full_name": "a\x00b"}, "full_name"),
    ({"full_name": "a\ud800b"}, "full_name"),
    ({"full_name": "x" * 201}, "full_name"),
    ({"full_name": None}, "full_name"),
    ({"full_name": ["a"]}, "full_name"),
    ({"full_name": {"a": 1}}, "full_name"),
    ({"email": "nobody"}, "email"),
    ({"email": "a@b@c"}, "email"),
    ({"email": "a@example.net, b@example.net"}, "email"),
    ({"email": "Noor <noor@example.net>"}, "email"),
    ({"email": "x" * 320 + "@example.net"}, "email"),
    ({"email": 7}, "email"),
    ({"phone": "1" * 51}, "phone"),
    ({"job": "../x"}, "job"),
    ({"job": ""}, "job"),
    ({"job": "no-such-job"}, "job"),
    ({"job": 10**30}, "job"),
]


@pytest.mark.django_db
def test_bad_input_is_named_by_its_field(house, robot):
    path, body = house.new_application()

    answers = [(change, field, robot.post(path, body | change)) for change, field in BAD_FIELDS]

    for change, field, answer in answers:
        assert (change, answer.status_code, list(answer.json())) == (change, 400, [field])
    assert Application.objects.count() == 2


@pytest.mark.django_db
def test_missing_fields_are_all_named_at_once(robot):
    answer = robot.post("applications/", {})

    assert answer.status_code == 400
    assert set(answer.json()) == {"job", "full_name", "email"}


@pytest.mark.django_db
def test_case_57_mass_assign_answer_what_is_not_asked_for_changes_nothing(house, robot):
    path, body = house.new_application()
    extra = {
        "id": "x" * 16,
        "stage": "Offer",
        "status": "hired",
        "source": "referral",
        "applied_at": "2020-01-01T00:00:00Z",
        "version": 99,
        "candidate": {"id": house.finished.candidate.public_id},
        "score": 100,
        "percent": 100,
        "is_correct": True,
        "by": "system",
    }

    row = robot.post(path, body | extra).json()

    assert (row["stage"], row["status"], row["source"]) == ("Applied", "active", "api")
    assert row["applied_at"] == "2026-06-16T09:30:00Z"
    assert row["candidate"]["id"] != house.finished.candidate.public_id


@pytest.mark.django_db(transaction=True)
def test_parallel_additions_of_one_person_are_one_application(house, robot):
    path, body = house.new_application()

    answers = run_parallel(lambda: program_call(robot, path, body), 8)

    assert {status for status, _id in answers} <= {200, 201}
    assert len({row_id for _status, row_id in answers}) == 1
    assert Candidate.objects.filter(emails__normalised=body["email"]).count() == 1


def program_call(robot, path, body):
    answer = Client().post(ROOT + path, body, content_type="application/json", headers=robot.headers)
    return answer.status_code, answer.json()["id"]


# --- Invitations ---


@pytest.mark.django_db
def test_invitation_goes_out_by_mail_and_its_link_is_nowhere_in_the_answer(house, robot):
    answer = robot.post(*house.new_invitation())

    invitation = Invitation.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 201
    assert answer.json() == {
        "id": invitation.pk,
        "candidate": {"id": house.fresh.candidate.public_id, "full_name": house.fresh.candidate.full_name},
        "application": {"id": house.fresh.public_id, "job": house.job.slug},
        "assessment": house.assessment.slug,
        "version": 1,
        "state": "invited",
        "created_at": "2026-06-16T09:30:00Z",
        "not_before": None,
        "expires_at": "2026-06-30T09:30:00Z",
        "revoked_at": None,
        "language": "",
        "extra_seconds": None,
    }
    assert invitation.invited_by == house.recruiter
    message = Message.objects.get(about="assessments.invitation", about_id=invitation.pk)
    assert message.to_address == house.fresh.candidate.emails.get().address
    assert invitation.link.public_id not in answer.content.decode()


@pytest.mark.django_db
def test_second_invitation_is_the_open_one_and_nobody_is_mailed_twice(house, robot, stopped_clock):
    first = robot.post(*house.new_invitation())
    stopped_clock.shift(timedelta(minutes=5))

    again = robot.post(*house.new_invitation())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert ApplicationAssessment.objects.filter(application=house.fresh).count() == 1
    assert Message.objects.filter(person_ref=house.fresh.candidate.public_id).count() == 1


@pytest.mark.django_db
def test_expired_invitation_is_followed_by_a_new_one(house, robot, stopped_clock):
    first = robot.post(*house.new_invitation())
    stopped_clock.shift(timedelta(days=15))

    again = robot.post(*house.new_invitation())

    assert again.status_code == 201
    assert again.json()["id"] != first.json()["id"]
    assert robot.get(f"invitations/{first.json()['id']}/").json()["state"] == InvitationState.EXPIRED


@pytest.mark.django_db
def test_person_who_finished_the_test_is_not_invited_again(house, robot):
    answer = robot.post(
        f"applications/{house.finished.public_id}/invitations/", {"assessment": house.assessment.slug}
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_finished"
    assert ApplicationAssessment.objects.count() == 1


@pytest.mark.django_db
def test_person_of_a_closed_application_is_not_invited(house, robot):
    set_status(house.fresh, ApplicationStatus.REJECTED)

    answer = robot.post(*house.new_invitation())

    assert answer.status_code == 409
    assert answer.json()["code"] == "not_active"


@pytest.mark.django_db
def test_unpublished_test_invites_nobody(house, robot):
    path, _body = house.new_invitation()

    answer = robot.post(path, {"assessment": make_draft().slug})

    assert answer.status_code == 409
    assert answer.json()["code"] == "not_published"


@pytest.mark.django_db
def test_bad_test_is_named_by_its_field(house, robot):
    path, _body = house.new_invitation()

    for value in ("no-such-test", "", None, 7.5, ["x"], "a/b", "x" * 61):
        answer = robot.post(path, {"assessment": value})

        assert (value, answer.status_code, list(answer.json())) == (value, 400, ["assessment"])
    assert ApplicationAssessment.objects.count() == 1


@pytest.mark.django_db
def test_own_application_is_not_invited_by_oneself(house):
    own = make_application(house.job, email=house.recruiter.email)
    robot = program(house.recruiter)

    answer = robot.post(f"applications/{own.public_id}/invitations/", {"assessment": house.assessment.slug})

    assert answer.status_code == 403
    assert answer.json() == {"detail": "This is your own application. Ask a colleague to decide about it."}


@pytest.mark.django_db(transaction=True)
def test_parallel_invitations_are_one_invitation_and_one_mail(house, robot):
    path, body = house.new_invitation()

    answers = run_parallel(lambda: program_call(robot, path, body), 8)

    assert {status for status, _id in answers} <= {200, 201}
    assert len({row_id for _status, row_id in answers}) == 1
    assert Message.objects.filter(person_ref=house.fresh.candidate.public_id).count() == 1


@pytest.mark.django_db
def test_case_17_eval_input_code_for_an_id_is_refused(house, robot, code_as_text):
    path, person = house.new_application()

    answers = [robot.post(path, person | {"job": text}) for text in code_as_text]
    answers += [robot.post(house.new_invitation()[0], {"assessment": text}) for text in code_as_text]
    lists = [robot.post(path, person | {"job": [text]}) for text in code_as_text]

    assert {answer.status_code for answer in answers + lists} == {400}
    assert {tuple(answer.json()) for answer in answers} == {("job",), ("assessment",)}
    assert Application.objects.count() == 2


@pytest.mark.django_db
def test_case_18_formula_scoring_the_api_takes_no_marks(house, robot, code_as_text):
    before = list(Score.objects.values())

    for text in code_as_text:
        marking = {"percent": text, "marks": text, "shares": {"a": text}, "formula": text}
        for path in house.rows().values():
            assert robot.post(path, marking).status_code == 405
        path, body = house.new_invitation()
        assert robot.post(path, body | marking).status_code in (200, 201)

    assert list(Score.objects.values()) == before


@pytest.mark.django_db
def test_nobody_is_invited_to_a_stage_that_needs_an_approval(house, robot):
    Stage.objects.filter(job=house.job, assessment=house.assessment).update(needs_approval=True)

    answer = robot.post(*house.new_invitation())
    ask(house.fresh, by=house.recruiter, stage_name="Test")
    shown = robot.get(f"applications/{house.fresh.public_id}/").json()

    assert (answer.status_code, answer.json()["code"]) == (409, "needs_approval")
    assert shown["waiting_approval"] == {"stage": "Test", "asked_at": "2026-06-16T09:30:00Z"}
    assert shown["stage"] == "Applied"
