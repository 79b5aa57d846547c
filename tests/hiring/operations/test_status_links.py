"""The link to the page that says where an application stands, in letters."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.queries import organisation
from hiring import operations
from hiring.models import Application
from hiring.operations.letters import do_letters, shown_letter
from hiring.operations.status_links import status_links
from hiring.queries import preview_letters
from hiring.rules import UNDO_HEARD_FOR, Letter
from outbox.enums import LinkPurpose
from outbox.models import AccessLink, Message
from outbox.operations.sending import compose
from outbox.queries import find_link, link_url
from outbox.rules import link_token
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    make_application,
    make_busy_job,
    make_job,
    make_letter,
    make_typed_letter,
    move,
)

pytestmark = pytest.mark.django_db

BODY = "Dear {{ candidate_name }},\n\nlook here:\n\n{{ link }}\n\nUntil then."


@pytest.fixture
def recruiter():
    return make_recruiter()


@pytest.fixture
def job(recruiter):
    return make_job(recruiter=recruiter, title="Gardener")


def write(application, recruiter, letter: Letter, intent: str = "form-1") -> Message:
    return operations.write_letter(
        application=application, letter=letter, intent=intent, by=actor(recruiter), now=NOW
    )


def test_letter_leads_to_the_status_page_and_its_token_is_stored_nowhere(job, recruiter) -> None:
    application = make_application(job)

    first = write(application, recruiter, make_typed_letter(body=BODY))
    second = write(application, recruiter, make_typed_letter(body=BODY), "form-2")
    plain = write(application, recruiter, make_typed_letter(), "form-3")

    application.refresh_from_db()
    link = application.status_link
    assert (first.link, second.link, plain.link) == (link, link, None)
    assert link is not None
    assert (link.purpose, link.person_ref) == (LinkPurpose.STATUS, application.candidate.public_id)
    token = link_token(link)
    assert find_link(token, purpose=LinkPurpose.STATUS, now=NOW) == link
    assert token not in first.body
    assert (first.link_label, plain.link_label) == ("See where it stands", "")
    text = str(compose(first, organisation()).body)
    assert f"See where it stands:\n{link_url(link)}\n\nUntil then." in text


def test_letters_to_many_have_a_link_each_in_constant_statements(job, recruiter) -> None:
    def send(count: int, intent: str) -> tuple[int, list[Message]]:
        rows = [make_application(job) for _ in range(count)]
        work = operations.queue_letters(
            application_ids=[row.pk for row in rows],
            letter=make_typed_letter(body=BODY),
            intent=intent,
            by=actor(recruiter),
            now=NOW,
        )
        assert "/status/" not in json.dumps(work.arguments)
        with CaptureQueriesContext(connection) as statements:
            do_letters(work, actor(recruiter), lambda done, total: None, now=NOW)
        do_letters(work, actor(recruiter), lambda done, total: None, now=NOW)
        return len(statements), list(Message.objects.filter(batch=work.public_id).order_by("pk"))

    send(1, "form-0")
    one, _messages = send(1, "form-1")
    three, messages = send(3, "form-2")

    assert one == three
    own = dict(Application.objects.filter(job=job).values_list("pk", "status_link"))
    assert [message.link_id for message in messages] == [own[message.about_id] for message in messages]
    assert len({message.link_id for message in messages}) == 3
    assert AccessLink.objects.count() == 5


def test_look_at_a_letter_makes_no_link_and_says_in_words_where_it_stands(job, recruiter) -> None:
    application, letter = make_application(job, full_name="Zoë Ünal"), make_typed_letter(body=BODY)
    [row] = preview_letters([application.pk], letter, actor=actor(recruiter)).will

    shown = shown_letter(row, letter, organisation(), by=actor(recruiter), now=NOW)

    assert "[Here stands the button “See where it stands”, with the person’s own link.]" in shown.text
    assert shown.to.startswith("Zoë Ünal <")
    assert "{{ link }}" not in shown.text
    assert "/status/" not in shown.text
    assert not AccessLink.objects.exists()


def test_link_that_somebody_else_made_meanwhile_is_the_one(job) -> None:
    application = make_application(job)
    before = Application.objects.select_related("candidate").get(pk=application.pk)

    theirs = status_links([application], now=NOW)[application.pk]
    ours = status_links([before], now=NOW)[application.pk]

    assert ours == theirs
    assert AccessLink.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("body", "Look at {{ link }} now"),
        ("body", "{{ link }}\n\nand again\n\n{{ link }}"),
        ("subject", "See {{ link }}"),
    ],
)
def test_link_stands_once_on_a_line_of_its_own_in_the_text(job, recruiter, field, text) -> None:
    with pytest.raises(ValidationError) as refused:
        write(make_application(job), recruiter, make_typed_letter(**{field: text}))

    assert list(refused.value.message_dict) == [field]
    assert not AccessLink.objects.exists()


def test_letter_of_a_stage_leads_to_the_status_page() -> None:
    letter = make_letter("Welcome", body=BODY, subject="Next")
    busy, _assessment = make_busy_job(letter=letter)
    application = move(make_application(busy), "Interview")

    operations.do_due_actions(now=NOW + UNDO_HEARD_FOR)

    message = Message.objects.get(about="hiring.application", about_id=application.pk)
    application.refresh_from_db()
    assert application.status_link is not None
    assert (message.link, message.link_label) == (application.status_link, "See where it stands")
