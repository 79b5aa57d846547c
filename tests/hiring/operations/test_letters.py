from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidates.operations import erase_person
from hiring import operations, queries
from hiring.enums import ApplicationStatus, LetterReply
from hiring.models import Application, Stage
from hiring.operations.letters import do_letters, shown_letter
from hiring.rules import LETTER_WAITS, Letter, job_scope
from outbox.enums import MessageState
from outbox.models import Message, Work
from outbox.operations import deliver_due, save_template
from tests.factories.accounts import NOW, actor, make_organisation, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_job,
    make_letter,
    make_manager,
    make_typed_letter,
    set_status,
)

pytestmark = pytest.mark.django_db

SOON = NOW + LETTER_WAITS


@pytest.fixture
def recruiter():
    return make_recruiter(full_name="Rosa Recruiter", email="rosa@example.org")


@pytest.fixture
def job(recruiter):
    return make_job(recruiter=recruiter, title="Gardener")


def write(application, recruiter, letter: Letter | None = None, **fields):
    return operations.write_letter(
        **{
            "application": application,
            "letter": letter or make_typed_letter(),
            "intent": "form-1",
            "by": actor(recruiter),
            "now": NOW,
            **fields,
        }
    )


def ask(rows, recruiter, letter: Letter | None = None, **fields) -> Work:
    return operations.queue_letters(
        **{
            "application_ids": [row.pk for row in rows],
            "letter": letter or make_typed_letter(),
            "intent": "form-1",
            "by": actor(recruiter),
            "now": NOW,
            **fields,
        }
    )


def do(work: Work, recruiter, now=NOW):
    return do_letters(work, actor(recruiter), lambda done, total: None, now=now)


def test_a_letter_to_one_person_has_their_words_and_waits_half_a_minute(job, recruiter) -> None:
    application = make_application(job, full_name="Ada Lovelace", email="ada@example.com")

    message = write(application, recruiter, make_typed_letter(reply_to=LetterReply.ME))
    again = write(application, recruiter)

    assert message == again
    assert (message.subject, message.body) == ("About Gardener", "Dear Ada Lovelace,\n\nplease call us.")
    assert (message.to_address, message.reply_to) == ("ada@example.com", "rosa@example.org")
    assert (message.due_at, message.state, message.created_by) == (SOON, MessageState.QUEUED, recruiter)
    assert message.person_ref == application.candidate.public_id
    assert Message.objects.filter(kind="letter").count() == 1


def test_a_chosen_moment_counts_unless_it_is_sooner_than_second_thoughts(job, recruiter) -> None:
    later = write(make_application(job), recruiter, make_typed_letter(send_at=NOW + timedelta(days=2)))
    soon = write(make_application(job), recruiter, make_typed_letter(send_at=NOW + timedelta(seconds=5)))

    assert (later.due_at, soon.due_at) == (NOW + timedelta(days=2), SOON)
    for wrong in (NOW, NOW + timedelta(days=91)):
        with pytest.raises(ValidationError) as refused:
            write(make_application(job), recruiter, make_typed_letter(send_at=wrong))
        assert list(refused.value.message_dict) == ["send_at"]


def test_answers_go_to_the_address_of_the_job_and_contact_says_so(job, recruiter) -> None:
    type(job).objects.filter(pk=job.pk).update(reply_to="parks@example.org")
    job.refresh_from_db()

    message = write(
        make_application(job),
        recruiter,
        make_typed_letter(reply_to=LetterReply.JOB, body="Ask {{ contact }}, {{ sender_name }}"),
    )

    assert message.reply_to == "parks@example.org"
    assert message.body == "Ask parks@example.org, Rosa Recruiter"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("subject", "Hi {{ candidate_nmae }}"),
        ("body", "Hi {{ candidate_nmae }}"),
        ("body", "{{ settings.SECRET_KEY }}"),
        ("body", "{% debug %}"),
        ("subject", "Hi\nBcc: all@example.org"),
        ("subject", " "),
        ("body", " \n "),
    ],
)
def test_case_11_template_injection_and_12_header_injection_in_a_letter_are_refused(
    job, recruiter, field, text
) -> None:
    with pytest.raises(ValidationError) as refused:
        write(make_application(job), recruiter, make_typed_letter(**{field: text}))

    assert list(refused.value.message_dict) == [field]
    assert not Message.objects.filter(kind="letter").exists()


def test_case_10_html_injection_in_a_name_brings_no_link_into_a_letter(job, recruiter) -> None:
    hostile = '<a href="https://evil.example">Ada</a> www.evil.example'

    application = make_application(job)
    # As it may have come before names were checked.
    type(application.candidate).objects.filter(pk=application.candidate_id).update(full_name=hostile)
    message = write(application, recruiter)

    assert "https://evil.example" not in message.body
    assert "www.evil" not in message.body


def test_a_field_with_nothing_to_say_of_somebody_is_named_and_never_left_blank(job, recruiter) -> None:
    ada, grace = make_application(job, full_name="Ada"), make_application(job, full_name="Grace")
    letter = make_typed_letter(body="You are at {{ stage_name }}.")

    with pytest.raises(operations.LetterRefused, match=r"Ada: .*\{\{ stage_name \}\}") as refused:
        write(ada, recruiter, letter)
    assert refused.value.code == "no_value"

    Stage.objects.filter(pk=ada.stage_id).update(public_name="First look")
    Application.objects.filter(pk=grace.pk).update(stage=Stage.objects.get(job=job, name="Screen"))
    found = queries.preview_letters([ada.pk, grace.pk], letter, actor=actor(recruiter))
    assert [row.pk for row in found.will] == [ada.pk]
    assert [(skip.application_id, skip.code) for skip in found.skipped] == [(grace.pk, "no_value")]
    assert write(ada, recruiter, letter).body == "You are at First look."


def test_only_recruiters_of_the_job_write(job, recruiter) -> None:
    application = make_application(job)

    for user in (make_manager(job), make_recruiter()):
        with pytest.raises(PermissionDenied):
            write(application, user)
        with pytest.raises(PermissionDenied):
            ask([application], user, job=job)
        result = do(ask([application], user, intent=f"form-{user.pk}"), user)
        assert (result["mailed"], [row["code"] for row in result["skipped"]]) == (0, ["not_yours"])
    with pytest.raises(PermissionDenied):
        ask([application], recruiter, by=SYSTEM)
    assert not Message.objects.filter(kind="letter").exists()


def test_case_82_bulk_letters_skip_and_name_whoever_is_not_written_to(job, recruiter) -> None:
    rows = [make_application(job) for _ in range(2)]
    withdrawn = set_status(make_application(job), ApplicationStatus.WITHDRAWN)
    erased = make_application(job)
    erase_person(candidate=erased.candidate, by=SYSTEM, now=NOW)
    hidden = make_application(make_job(recruiter=make_recruiter()))
    again = set_status(make_application(job, email="twice@example.com"), ApplicationStatus.REJECTED)
    once_more = make_application(job, email="twice@example.com", now=NOW + timedelta(days=200))

    work = ask([*rows, withdrawn, erased, hidden, again, once_more], recruiter)
    result = do(work, recruiter)
    assert do(work, recruiter) == result

    assert result["mailed"] == 3
    assert {row["application"]: row["code"] for row in result["skipped"]} == {
        withdrawn.public_id: "withdrawn",
        erased.public_id: "erased",
        "": "not_yours",
        once_more.public_id: "twice",
    }
    written = Message.objects.filter(batch=work.public_id)
    assert set(written.values_list("about_id", flat=True)) == {rows[0].pk, rows[1].pk, again.pk}
    # Alone somebody means whom they write to.
    assert write(withdrawn, recruiter).state == MessageState.QUEUED


def test_letters_of_a_batch_are_taken_back_while_they_wait(job, recruiter) -> None:
    rows = [make_application(job) for _ in range(3)]
    work = ask(rows, recruiter)
    do(work, recruiter)
    out = Message.objects.filter(batch=work.public_id).order_by("pk")[0]
    Message.objects.filter(pk=out.pk).update(state=MessageState.SENDING)

    with pytest.raises(PermissionDenied):
        operations.take_back_letters(work=work, by=actor(make_recruiter()), now=NOW)
    count = operations.take_back_letters(work=work, by=actor(recruiter), now=NOW)

    assert count == 2
    states = Message.objects.filter(batch=work.public_id).order_by("pk").values_list("state", flat=True)
    assert list(states) == [MessageState.SENDING, MessageState.CANCELLED, MessageState.CANCELLED]


def test_letters_taken_back_before_or_while_they_are_written_do_not_go_out(
    job, recruiter, monkeypatch
) -> None:
    rows = [make_application(job) for _ in range(3)]
    early = ask(rows, recruiter, intent="early")
    operations.take_back_letters(work=early, by=actor(recruiter), now=NOW)
    assert do(early, recruiter)["mailed"] == 0

    late = ask(rows, recruiter, intent="late")
    monkeypatch.setattr("hiring.operations.letters.CHUNK", 1)
    real = operations.letters.queue_messages

    def queue_and_take_back(**fields):
        real(**fields)
        if not operations.letters.is_taken_back(late):
            operations.take_back_letters(work=late, by=actor(recruiter), now=NOW)
            # What another worker's commit would bring after the look of whoever takes them back.
            Message.objects.filter(batch=late.public_id).update(state=MessageState.QUEUED)

    monkeypatch.setattr("hiring.operations.letters.queue_messages", queue_and_take_back)

    assert do(late, recruiter)["mailed"] == 0
    assert list(Message.objects.values_list("batch", "state")) == [(late.public_id, MessageState.CANCELLED)]


def test_the_preview_is_what_is_delivered(job, recruiter, mailoutbox, settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    home = make_organisation(
        name="Larkfield", reply_to="people@example.org", mail_footer="Larkfield, Oak Lane"
    )
    application = make_application(job, full_name="Zoë", email="zoe@example.com")
    letter = make_typed_letter(
        reply_to=LetterReply.ME, body="Dear {{ candidate_name }}\n\nyours, {{ sender_name }}"
    )
    [row] = queries.preview_letters([application.pk], letter, actor=actor(recruiter)).will

    shown = shown_letter(row, letter, home, by=actor(recruiter), now=NOW)
    assert not Message.objects.exists()
    write(application, recruiter, letter)
    assert deliver_due(now=SOON - timedelta(seconds=1)) == 0
    assert deliver_due(now=SOON) == 1

    [mail] = mailoutbox
    assert (shown.sender, shown.subject, shown.text) == (
        mail.extra_headers["From"],
        mail.subject,
        mail.body,
    )
    # As a mail program shows it: on the way the name is encoded.
    assert (shown.to, mail.to) == ("Zoë <zoe@example.com>", ["=?utf-8?q?Zo=C3=AB?= <zoe@example.com>"])
    assert [shown.answers] == mail.reply_to == ["rosa@example.org"]
    assert "Larkfield, Oak Lane" in shown.text
    assert "Auto-Submitted" not in mail.extra_headers


def test_letters_of_the_job_come_before_those_of_everywhere(job) -> None:
    make_letter("Welcome", subject="Everywhere")
    make_letter("Farewell")
    make_letter("Welcome", language="de", subject="Überall")
    own = save_template(
        template=None,
        kind="letter",
        name="Welcome",
        language="en",
        subject="Here",
        body="Hello",
        button="",
        scope=job_scope(job.pk),
        by=SYSTEM,
        now=NOW,
    )

    assert [(row.name, row.language, row.scope) for row in queries.letters_for(SYSTEM, job)] == [
        ("Farewell", "en", ""),
        ("Welcome", "de", ""),
        ("Welcome", "en", own.scope),
    ]
    assert own not in queries.letters_for(SYSTEM, make_job())
    assert own not in queries.letters_for(SYSTEM)


def test_the_preview_of_a_selection_costs_the_same_for_one_and_for_three(job, recruiter) -> None:
    rows = [make_application(job) for _ in range(3)]
    letter, by = make_typed_letter(), actor(recruiter)
    by.has_role()

    for some in (rows[:1], rows):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = queries.preview_letters([row.pk for row in some], letter, actor=by)
        # Applications with their people, addresses, the organisation.
        assert (len(found.will), len(asked)) == (len(some), 3)
