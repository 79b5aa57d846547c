"""Who hears of what happens in the pipeline, and that it is told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import deactivate_user
from assessments.operations import reopen_attempt
from candidates.enums import NoteAudience
from candidates.models import Note, NoteMention
from candidates.operations import add_note, change_note, merge_people
from hiring import operations
from hiring.enums import JobRole
from hiring.models import Application, Follow, Job, JobMember
from hiring.queries import colleagues_of
from outbox.models import Message, Notification
from outbox.operations import deliver_due, mail_due_news, run_due_work
from outbox.queries import news_lines, signs_and_unread
from tests.factories.accounts import (
    NOW,
    actor,
    make_administrator,
    make_organisation,
    make_recruiter,
    make_user,
)
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_test_job,
    move,
    set_status,
    sit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def recruiter() -> User:
    return make_recruiter(full_name="Rosa Recruiter")


@pytest.fixture
def job(recruiter: User) -> Job:
    return make_job(recruiter=recruiter, title="Backend engineer")


def forget() -> None:
    """What is told of arranging a test is not what the test is about."""
    Notification.objects.all().delete()


def told(kind: str) -> list[int]:
    return list(Notification.objects.filter(kind=kind).order_by("user").values_list("user", flat=True))


def reads(user: User) -> list[str]:
    rows = Notification.objects.filter(user=user).visible_to(actor(user)).order_by("pk")
    return [line.told.text for line in news_lines(actor(user), list(rows))]


def unread(user: User) -> int:
    return signs_and_unread(Actor.of_user(User.objects.get(pk=user.pk)))[1]


def ids(*users: User) -> list[int]:
    return sorted(user.pk for user in users)


# --- New applications ------------------------------------------------------------------------------------------


def test_new_application_is_told_to_who_decides_and_who_follows(recruiter: User, job: Job) -> None:
    manager, follower = make_manager(job), make_administrator()
    make_interviewer(job)
    make_recruiter()
    gone = make_manager(job)
    operations.follow_job(job=job, wanted=True, by=actor(follower))
    deactivate_user(user=gone, by=SYSTEM, now=NOW)

    application = make_application(job, full_name="Nora Known", by=actor(recruiter))

    row = Notification.objects.get(user=manager, kind="application_new")
    assert told("application_new") == ids(manager, follower)
    assert (row.about_id, row.person_ref, row.count) == (application.pk, application.candidate.public_id, 1)
    assert reads(follower) == ["Nora Known applied for “Backend engineer”."]


def test_person_who_is_followed_is_told_of_once_also_to_members(recruiter: User, job: Job) -> None:
    known = make_application(job).candidate
    boss = make_administrator()
    for user in (boss, recruiter):
        operations.follow_person(candidate=known, wanted=True, by=actor(user))
    other = make_job(recruiter=recruiter)
    forget()

    make_application(other, email=known.emails.get().address)

    assert told("application_new") == ids(boss, recruiter)


def people_file(number: int) -> str:
    return "Name,Email\n" + "".join(f"Person {n},person{n}@import.example\n" for n in range(number))


def imported(job: Job, number: int) -> None:
    file = ContentFile(people_file(number).encode(), name="people.csv")
    operations.queue_import(job=job, file=file, by=SYSTEM, now=NOW, dry_run=False)
    run_due_work(now=NOW)


def test_import_of_many_is_one_notification_a_person_and_nothing_the_second_time(
    freeze: object, recruiter: User, job: Job
) -> None:
    freeze(NOW)  # type: ignore[operator]
    manager = make_manager(job)
    forget()

    imported(job, 40)
    imported(job, 40)

    assert told("application_new") == ids(recruiter, manager)
    assert reads(recruiter) == ["40 new applications for “Backend engineer”."]
    [row] = Notification.objects.filter(user=manager)
    [line] = news_lines(actor(manager), [row])
    assert (row.count, row.person_ref, line.told.url) == (40, "", f"/admin/jobs/{job.slug}/")


# --- What may be seen when it is read --------------------------------------------------------------------------


def test_sight_that_was_lost_meanwhile_leaves_out_row_count_and_mail(recruiter: User, job: Job) -> None:
    make_organisation()
    manager = make_manager(job)
    forget()
    make_application(job)
    before = (unread(manager), len(reads(manager)))

    JobMember.objects.filter(job=job, user=manager).delete()
    Notification.objects.update(mail_due_at=NOW)
    mail_due_news(now=NOW + timedelta(hours=1))

    assert before == (1, 1)
    assert (unread(manager), reads(manager)) == (0, [])
    assert list(Message.objects.filter(kind="news").values_list("to_address", flat=True)) == [recruiter.email]
    assert unread(recruiter) == 1


def test_mail_about_news_names_nobody(recruiter: User, job: Job) -> None:
    make_organisation()
    make_application(job, full_name="Nora Known")
    Notification.objects.update(mail_due_at=NOW)

    mail_due_news(now=NOW)

    mail = Message.objects.get(kind="news", to_address=recruiter.email)
    assert "1 new application" in mail.body
    for word in ("Nora", "Known", "Backend", "nora"):
        assert word not in mail.subject + mail.body


def test_news_follow_people_who_are_merged(recruiter: User, job: Job) -> None:
    kept, double = make_application(job), make_application(make_job(recruiter=recruiter), full_name="Nora K.")
    forget()
    add_note(candidate=double.candidate, body="Look", mentions=[recruiter], by=SYSTEM, now=NOW)

    merge_people(kept=kept.candidate, merged=double.candidate, by=actor(make_administrator()), now=NOW)

    assert Notification.objects.get().person_ref == kept.candidate.public_id
    assert reads(recruiter) == [f"Somebody who left mentions you in a note about {kept.candidate.full_name}."]


# --- Finished tests --------------------------------------------------------------------------------------------


def test_finished_test_is_told_once_whatever_comes_after_it(recruiter: User) -> None:
    job, assessment = make_test_job(recruiter=recruiter)
    application = move(make_application(job), "Test")
    forget()
    attempt = sit(invite(application, assessment), right=9)

    for _signal in range(3):
        operations.apply_score(attempt_id=attempt.pk, now=NOW)
    operations.apply_pending_scores(now=NOW + timedelta(hours=1))

    assert told("test_finished") == [recruiter.pk]
    assert reads(recruiter)[0] == f"{application.candidate} has finished a test for “{job.title}”."

    reopen_attempt(attempt=attempt, minutes=10, reason="Power cut", by=SYSTEM, now=NOW)
    operations.apply_score(attempt_id=attempt.pk, now=NOW)
    assert told("test_finished") == [recruiter.pk]


# --- Being put on a job ----------------------------------------------------------------------------------------


def test_who_is_put_on_a_job_is_told_and_who_was_on_it_is_not(recruiter: User, job: Job) -> None:
    manager, old = make_user(), make_manager(job)
    forget()
    people: Sequence[tuple[User, JobRole]] = [
        (recruiter, JobRole.RECRUITER),
        (manager, JobRole.HIRING_MANAGER),
        (old, JobRole.HIRING_MANAGER),
    ]

    for _press in range(2):
        operations.set_members(job=job, members=people, by=actor(recruiter), now=NOW)

    assert told("assigned") == [manager.pk]
    assert reads(manager) == ["You were put on “Backend engineer”: hiring manager."]


def test_who_opens_a_job_is_not_told_but_who_is_put_on_it() -> None:
    opener, manager = make_recruiter(), make_user()

    operations.create_job(
        title="Clerk", members=[(manager, JobRole.HIRING_MANAGER)], by=actor(opener), now=NOW
    )

    assert told("assigned") == [manager.pk]


def test_work_that_is_handed_over_is_told_to_who_takes_it(recruiter: User, job: Job) -> None:
    heir = make_recruiter()
    forget()

    operations.hand_over(user=recruiter, to=heir, by=actor(make_administrator()), now=NOW)

    assert told("assigned") == [heir.pk]


def test_interviewer_is_told_as_long_as_they_interview(recruiter: User, job: Job) -> None:
    application = make_application(job, full_name="Nora Known")
    interview = operations.ask_for_interview(
        application=application, title="Pair programming", by=actor(recruiter), now=NOW
    )
    interviewer = make_user()
    forget()

    for _press in range(2):
        operations.set_interviewers(interview=interview, users=[interviewer], by=actor(recruiter), now=NOW)
    before = (told("assigned"), unread(interviewer), reads(interviewer))
    operations.set_interviewers(interview=interview, users=[], by=actor(recruiter), now=NOW)

    words = "You interview Nora Known for “Backend engineer”: Pair programming."
    assert before == ([interviewer.pk], 1, [words])
    assert (unread(interviewer), reads(interviewer)) == (0, [])


# --- Mentions --------------------------------------------------------------------------------------------------


def test_mention_is_told_and_read_as_far_as_the_note_reaches(recruiter: User, job: Job) -> None:
    manager = make_manager(job)
    application = make_application(job, full_name="Nora Known")
    forget()

    note = add_note(
        candidate=application.candidate, body="Look", mentions=[manager], by=actor(recruiter), now=NOW
    )

    assert reads(manager) == ["Rosa Recruiter mentions you in a note about Nora Known."]
    assert unread(manager) == 1
    assert NoteMention.objects.get().user == manager
    change_note(note=note, body="Look", audience=NoteAudience.RECRUITERS, by=actor(recruiter), now=NOW)
    assert (unread(manager), reads(manager)) == (0, [])


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (NoteAudience.RECRUITERS, "may not read notes for recruiters only"),
        (NoteAudience.TEAM, "may not see this person"),
    ],
)
def test_mention_of_who_may_not_read_the_note_is_refused_in_words(
    recruiter: User, job: Job, audience: NoteAudience, words: str
) -> None:
    reader = make_manager(job) if audience == NoteAudience.RECRUITERS else make_recruiter()
    application = make_application(job)
    forget()

    with pytest.raises(ValidationError) as refused:
        add_note(
            candidate=application.candidate,
            body="Look",
            audience=audience,
            mentions=[reader, recruiter],
            by=SYSTEM,
            now=NOW,
        )

    [text] = refused.value.message_dict["mentions"]
    assert text.startswith(f"{reader} ")
    assert words in text
    assert (Note.objects.count(), NoteMention.objects.count(), Notification.objects.count()) == (0, 0, 0)


def test_whom_a_note_can_mention_are_those_who_see_the_application(recruiter: User, job: Job) -> None:
    manager, boss = make_manager(job), make_administrator()
    make_interviewer(job)
    make_recruiter()
    make_user(Role.ANALYST)
    gone = make_manager(job)
    deactivate_user(user=gone, by=SYSTEM, now=NOW)

    found = colleagues_of(make_application(job))

    assert sorted(user.pk for user in found) == ids(recruiter, manager, boss)


# --- Mail ------------------------------------------------------------------------------------------------------


def test_mail_that_failed_is_told_to_who_recruits(recruiter: User, settings: Any) -> None:
    settings.EMAIL_URL = ""
    make_organisation()
    job, assessment = make_test_job(recruiter=recruiter)
    make_manager(job)
    invite(move(make_application(job, full_name="Nora Known"), "Test"), assessment)
    forget()
    Message.objects.update(to_address="no address")

    deliver_due(now=NOW)

    assert told("mail_failed") == [recruiter.pk]
    assert unread(recruiter) == 1
    [words] = reads(recruiter)
    assert words.endswith("to Nora Known did not go out.")


# --- Following -------------------------------------------------------------------------------------------------


def test_following_is_once_ends_and_is_for_who_sees_the_people(job: Job) -> None:
    boss = make_administrator()
    application = make_application(job)

    for _press in range(2):
        operations.follow_job(job=job, wanted=True, by=actor(boss))
        operations.follow_person(candidate=application.candidate, wanted=True, by=actor(boss))
    both = Follow.objects.filter(user=boss).count()
    operations.follow_job(job=job, wanted=False, by=actor(boss))

    assert both == 2
    assert list(Follow.objects.values_list("candidate", flat=True)) == [application.candidate_id]
    for stranger in (make_recruiter(), make_user(Role.ANALYST), make_interviewer(job)):
        with pytest.raises(PermissionDenied):
            operations.follow_job(job=job, wanted=True, by=actor(stranger))
        with pytest.raises(PermissionDenied):
            operations.follow_person(candidate=application.candidate, wanted=True, by=actor(stranger))


def test_moves_and_decisions_are_no_news(recruiter: User, job: Job) -> None:
    application = make_application(job)
    forget()

    set_status(move(application, "Screen"), "on_hold")

    assert Application.objects.get(pk=application.pk).status == "on_hold"
    assert not Notification.objects.exists()
