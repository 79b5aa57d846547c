from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Actor, User
from candidates.models import Document
from candidates.operations import add_note
from hiring.enums import ApplicationStatus, Verdict
from hiring.models import (
    Application,
    ApplicationAnswer,
    ApplicationDocument,
    ApplicationQuestion,
    Interviewer,
)
from hiring.operations import ask_for_interview, recommend, set_interviewers
from hiring.queries import interviewed
from outbox.models import Event
from tests.factories.accounts import NOW, make_user
from tests.factories.hiring import SYSTEM, make_application, set_status
from tests.hiring.pages.house import House, SignIn

pytestmark = pytest.mark.django_db
LIST = "/admin/interviews/"


def assign(application: Application, *users: User) -> None:
    interview = ask_for_interview(application=application, title="Team fit", by=SYSTEM, now=NOW)
    set_interviewers(interview=interview, users=users, by=SYSTEM, now=NOW)


def answer(application: Application, text: str) -> None:
    question = ApplicationQuestion.objects.create(
        job=application.job, position=1, kind="text", text="Why us?", is_required=False
    )
    ApplicationAnswer.objects.create(application=application, question=question, text=text)


def test_case_65_interviewer_scope_sees_whom_they_interview_and_nothing_else_of_them(
    house: House, sign_in: SignIn
) -> None:
    application = house.application
    answer(application, "I like quarks")
    add_note(candidate=application.candidate, body="Sounds clever", by=SYSTEM, now=NOW)
    client = sign_in(house.interviewer)
    own = f"{LIST}{application.public_id}/"

    assert client.get(own).status_code == 404
    assert "Nobody to interview" in client.get(LIST).content.decode()
    assign(application, house.interviewer)
    listed, page = client.get(LIST).content.decode(), client.get(own).content.decode()

    assert str(application.candidate) in listed
    assert str(house.other_application.candidate) not in listed
    for shown in (str(application.candidate), "I like quarks", application.stage.name, "Team fit"):
        assert shown in page
    address = application.candidate.emails.get().address
    for hidden in (address, "Sounds clever", f"/admin/applications/{application.public_id}/"):
        assert hidden not in page
    # Nowhere else, by no list, search, count or address.
    for elsewhere in (
        f"/admin/applications/{application.public_id}/",
        f"/admin/people/{application.candidate.public_id}/",
        f"/admin/jobs/{house.job.slug}/board/",
        f"/admin/jobs/{house.job.slug}/people.csv",
    ):
        assert client.get(elsewhere).status_code == 404
    for elsewhere in (
        "/admin/candidates/candidate/",
        "/admin/hiring/application/",
        f"/admin/search/?s={application.candidate.full_name}",
        f"/admin/jobs/{house.job.slug}/",
        "/admin/dashboard/",
    ):
        assert str(application.candidate) not in client.get(elsewhere).content.decode()


def test_sight_ends_with_the_application_and_with_the_assignment(house: House) -> None:
    assign(house.application, house.interviewer)
    interview = house.application.interviews.get()
    actor = Actor.of_user(house.interviewer)

    assert list(interviewed(actor)) == [house.application]
    set_status(house.application, ApplicationStatus.REJECTED)
    assert list(interviewed(actor)) == []
    set_status(house.application, ApplicationStatus.ACTIVE)
    interview.refresh_from_db()
    set_interviewers(interview=interview, users=[house.nobody], by=SYSTEM, now=NOW)

    assert list(interviewed(actor)) == []
    assert list(interviewed(Actor.of_user(house.nobody))) == [house.application]
    told = Event.objects.filter(kind__startswith="application.interviewer_").order_by("pk")
    assert [(event.kind.rpartition("_")[2], event.data["user"]) for event in told] == [
        ("added", house.interviewer.pk),
        ("added", house.nobody.pk),
        ("removed", house.interviewer.pk),
    ]


def test_documents_are_those_of_the_application_that_one_interviews(house: House) -> None:
    assign(house.application, house.interviewer)
    documents = {}
    for application in (house.application, house.other_application):
        documents[application.pk] = Document.objects.create(
            candidate=application.candidate,
            kind="resume",
            filename="cv.pdf",
            media_type="application/pdf",
            size=1,
            digest="0" * 64,
            created_at=NOW,
        )
        ApplicationDocument.objects.create(application=application, document=documents[application.pk])

    seen = Document.objects.all().visible_to(Actor.of_user(house.interviewer))

    assert list(seen) == [documents[house.application.pk]]


def test_recruiters_choose_who_interviews_and_nobody_else_does(house: House, sign_in: SignIn) -> None:
    page = f"/admin/applications/{house.application.public_id}/interviewers/"
    client = sign_in(house.recruiter)

    client.post(page, {"do": "ask", "title": "Pairing"})
    interview = house.application.interviews.get()
    field = f"interview-{interview.pk}-users"
    client.post(page, {"interview": interview.pk, field: [house.interviewer.pk]})

    assert [row.user for row in Interviewer.objects.filter(interview=interview)] == [house.interviewer]
    shown = client.get(f"/admin/applications/{house.application.public_id}/").content.decode()
    assert "Pairing" in shown
    assert str(house.interviewer) in shown
    for user in (house.manager, house.interviewer, house.other_recruiter):
        assert sign_in(user).get(page).status_code == 404
        with pytest.raises(PermissionDenied):
            set_interviewers(interview=interview, users=[user], by=Actor.of_user(user), now=NOW)
    assert client.post(page, {"interview": interview.pk + 1}).status_code == 404
    empty = client.post(page, {"do": "ask", "title": " "})
    assert "This field is required." in empty.content.decode()


def test_nobody_interviews_themselves(house: House) -> None:
    interview = ask_for_interview(application=house.application, title="Team fit", by=SYSTEM, now=NOW)
    self = make_user(email=house.application.candidate.emails.get().address)

    with pytest.raises(ValidationError, match="cannot interview themselves"):
        set_interviewers(interview=interview, users=[house.nobody, self], by=SYSTEM, now=NOW)

    assert not Interviewer.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_people_to_interview_cost_the_same_queries(
    house: House, sign_in: SignIn, django_assert_num_queries, count: int
) -> None:
    for _number in range(count):
        assign(make_application(house.job), house.interviewer)
    client = sign_in(house.interviewer)

    # Session, user, roles, organisation, signs; how many, the interviews, whether they may be taken along.
    with django_assert_num_queries(8):
        page = client.get(LIST)

    assert page.content.decode().count("Team fit") == count


def test_managers_recommend_and_the_latest_word_of_each_stands(house: House, sign_in: SignIn) -> None:
    page = f"/admin/applications/{house.application.public_id}/"
    client = sign_in(house.manager)

    client.post(f"{page}recommend/", {"verdict": "no", "comment": "Too early"})
    client.post(f"{page}recommend/", {"verdict": "strong_yes", "comment": "Second talk was great"})
    shown = client.get(page).content.decode()

    assert "Second talk was great" in shown
    assert "Too early" not in shown
    assert house.application.recommendations.count() == 2
    assert Event.objects.filter(kind="application.recommended", data={}).count() == 2
    wrong = client.post(f"{page}recommend/", {"verdict": "", "comment": "Kept words"})
    assert "Kept words" in wrong.content.decode()
    for user in (house.interviewer, house.other_recruiter):
        assert sign_in(user).post(f"{page}recommend/", {"verdict": "yes"}).status_code == 404


def test_case_66_self_approve_nobody_recommends_themselves_or_whom_they_referred(
    house: House, sign_in: SignIn
) -> None:
    application = house.application
    Application.objects.filter(pk=application.pk).update(referred_by=house.manager)
    application.refresh_from_db()

    refused = sign_in(house.manager).post(
        f"/admin/applications/{application.public_id}/recommend/", {"verdict": "yes", "comment": "My friend"}
    )
    own = make_application(house.job, email=house.manager.email)
    with pytest.raises(PermissionDenied, match="your own application"):
        recommend(application=own, verdict=Verdict.YES, by=Actor.of_user(house.manager), now=timezone.now())

    assert "You referred this person." in refused.content.decode()
    assert "My friend" in refused.content.decode()
    assert not application.recommendations.exists()
