"""The list of what candidates answered, and that somebody has seen to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hiring.models import Application
from hiring.rules import job_scope
from outbox.enums import Audience, InboundKind
from outbox.models import InboundMessage
from outbox.operations import queue_message, redact_person
from tests.factories.hiring import SYSTEM, invite, make_application
from tests.factories.outbox import make_reply
from tests.hiring.pages.house import House, SignIn

LIST = "/admin/answers/"
READ = "/admin/answers/read/"
UNREAD = "/admin/answers/unread/"
# Session, colleague and roles, organisation, signs and the bell; the count and the answers, the applications that they
# are about and those by tests, the jobs that one writes for.
QUERIES = 10


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def answered(application: Application, words: str, *, hours_ago: int = 1, **fields: object) -> InboundMessage:
    now = timezone.now()
    message = queue_message(
        intent=f"letter:{application.pk}:{words}",
        kind="rejection",
        audience=Audience.CANDIDATE,
        to_name=application.candidate.full_name,
        to_address=f"{application.public_id}@example.com",
        context={"candidate_name": "x", "job_title": "x", "organisation": "x", "contact": "x"},
        person_ref=application.candidate.public_id,
        about=Application._meta.label,
        about_id=application.pk,
        scope=job_scope(application.job_id),
        by=SYSTEM,
        now=now,
    )
    return make_reply(message, body=words, received_at=now - timedelta(hours=hours_ago), **fields)


def test_answers_are_listed_until_somebody_has_seen_to_them(house: House, sign_in: SignIn) -> None:
    older = answered(house.application, "I come on Monday.", hours_ago=5)
    newer = answered(house.application, "No, on Tuesday.", from_address="else@example.com")
    answered(house.application, "I am away.", kind=InboundKind.AUTOMATIC)
    hidden = answered(house.other_application, "I know a secret.")
    client = sign_in(house.recruiter)

    start = text(client.get("/admin/"))
    page = text(client.get(LIST))

    assert "Answers of candidates" in start
    assert page.index("No, on Tuesday.") < page.index("I come on Monday.")
    assert f"/admin/applications/{house.application.public_id}/" in page
    assert page.count("which is not the address that was written to") == 1
    assert "I am away." not in page
    assert "I know a secret." not in page
    assert "Mark these 2 as read" in page

    seen = text(client.post(READ, {"codes": [newer.public_id, hidden.public_id]}, follow=True))
    assert "1 answer is seen to." in seen
    assert "No, on Tuesday." not in seen
    newer.refresh_from_db()
    hidden.refresh_from_db()
    assert (newer.read_by, hidden.read_at) == (house.recruiter, None)
    everything = text(client.get(LIST, {"show": "all"}))
    # What nobody has read comes first.
    assert everything.index("I come on Monday.") < everything.index("No, on Tuesday.")
    assert "seen to by Rosa Recruiter" in everything
    client.post(READ, {"codes": [older.public_id, newer.public_id]})
    assert "Somebody has seen to every answer that came." in text(client.get(LIST))
    assert "Answers of candidates</b>" not in text(client.get("/admin/"))

    # And again, one or all that the page shows.
    everything = text(client.get(LIST, {"show": "all"}))
    assert everything.count("Mark as unread<") == 2
    assert "Mark these 2 as unread" in everything
    again = text(client.post(UNREAD, {"codes": [newer.public_id, hidden.public_id]}, follow=True))
    assert "1 answer is unread again." in again
    assert "No, on Tuesday." in again
    assert "I come on Monday." not in again
    newer.refresh_from_db()
    assert (newer.read_at, newer.read_by) == (None, None)
    assert "Answers of candidates" in text(client.get("/admin/"))


def test_who_does_not_write_for_the_job_reads_and_leaves_it_to_those_who_do(
    house: House, sign_in: SignIn
) -> None:
    answer = answered(house.application, "I come on Monday.")
    manager, elsewhere = sign_in(house.manager), sign_in(house.other_recruiter)

    assert "I come on Monday." in text(manager.get(LIST))
    assert "Mark as read" not in text(manager.get(LIST))
    assert "I come on Monday." not in text(elsewhere.get(LIST))
    for client in (manager, elsewhere):
        client.post(READ, {"codes": answer.public_id})
    assert manager.get(READ).status_code == 405

    answer.refresh_from_db()
    assert answer.read_at is None
    assert "Answers of candidates</b>" not in text(manager.get("/admin/"))
    sign_in(house.administrator).post(READ, {"codes": answer.public_id})
    answer.refresh_from_db()
    assert answer.read_by == house.administrator
    for client in (manager, elsewhere):
        assert "Mark as unread" not in text(client.get(LIST, {"show": "all"}))
        client.post(UNREAD, {"codes": answer.public_id})
    answer.refresh_from_db()
    assert answer.read_by == house.administrator


def test_answer_of_whoever_was_erased_is_no_unread_one(house: House, sign_in: SignIn) -> None:
    answer = answered(house.application, "I come on Monday.")
    client = sign_in(house.recruiter)

    redact_person(person_ref=house.application.candidate.public_id, now=timezone.now())
    client.post(UNREAD, {"codes": answer.public_id})

    assert "Somebody has seen to every answer" in text(client.get(LIST))
    assert "Mark as unread" not in text(client.get(LIST, {"show": "all"}))


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_for_three(
    house: House, sign_in: SignIn, count: int, django_assert_num_queries: object
) -> None:
    client = sign_in(house.recruiter)
    for number in range(count):
        application = make_application(house.job)
        answered(application, f"Answer {number}")
        invitation = invite(application, house.assessment)
        make_reply(
            answered(application, f"Other {number}").answers,
            about="assessments.invitation",
            about_id=invitation.pk,
        )
    client.get(LIST)

    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        page = client.get(LIST)

    assert text(page).count('<li class="news-unread">') == 3 * count
