"""Who sees which mail, told by the job that is stored with it: the same as what the rows that it is about tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import ActorKind, Role, Scope
from accounts.models import Actor
from assessments.models import AccommodationRequest, Assessment
from assessments.operations import (
    ask_for_accommodation,
    decline_accommodation,
    reissue_invitation,
    send_due_reminders,
    set_reminders,
)
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.models import Candidate
from hiring import operations
from hiring.enums import JobRole
from hiring.models import Application, ApplicationAssessment, Job
from hiring.operations.bulk import rejection_mail
from hiring.operations.letters import do_letters
from hiring.queries.grants.assessments import invitation_seen
from hiring.queries.grants.bases import is_limited, sees_everybody
from hiring.rules import UNDO_HEARD_FOR, job_scope
from outbox import registries
from outbox.enums import Audience, MessageState
from outbox.models import InboundMessage, Message
from outbox.operations import mail_password_link, queue_messages, write_to_another
from outbox.queries import mail_in_sight
from outbox.registries import OPENS_ACCOUNTS
from tests.factories.accounts import (
    NOW,
    actor,
    make_administrator,
    make_api_key,
    make_organisation,
    make_recruiter,
    make_user,
)
from tests.factories.assessments import make_invitation
from tests.factories.hiring import (
    SYSTEM,
    make_application,
    make_busy_job,
    make_typed_letter,
    move,
)
from tests.factories.outbox import GREETING, make_message, make_reply

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=8)


def seen_by_rows(by: Actor) -> set[int]:
    """The rule, asked of the rows that mail is about: what opens a message, without what hides it."""
    if by.user is None:
        return set()
    if sees_everybody(by):
        hidden = Q(kind__in=OPENS_ACCOUNTS) if by.kind is not ActorKind.USER else Q(pk=None)
        return _keys(Message.objects.exclude(hidden))
    row = OuterRef("about_id")
    about = Q(Exists(Application.objects.filter(pk=row).visible_to(by)), about="hiring.application") | Q(
        invitation_seen(by, "about_id"), about="assessments.invitation"
    )
    opened = about
    if not is_limited(by):
        people = Candidate.objects.all().visible_to(by).values("public_id")
        opened |= Q(audience=Audience.CANDIDATE, about="", created_by=by.user, person_ref__in=people)
        opened |= Q(audience=Audience.STAFF, to_address__iexact=by.user.email)
    if by.kind is ActorKind.USER:
        opened |= Q(created_by=by.user)
    asked = AccommodationRequest.objects.all().visible_to(by).values("invitation")
    return _keys(
        Message.objects.filter(opened)
        .exclude(kind__in=OPENS_ACCOUNTS)
        .exclude(
            Q(audience=Audience.CANDIDATE, about__in=("hiring.application", "assessments.invitation"))
            & ~about
        )
        .exclude(Q(kind=ACCOMMODATION_ANSWER) & ~Q(about_id__in=asked))
    )


def _keys(rows: QuerySet[Message]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def write_everything(job: Job, assessment: Assessment, recruiter: Actor) -> Application:
    """Mail of each door that there is for people of a job, and return the application of one of them."""
    application = make_application(job)
    operations.invite_to_test(application=application, assessment=assessment, by=recruiter, now=NOW)
    tie = ApplicationAssessment.objects.select_related("invitation").get(application=application)
    first = Message.objects.get(about_id=tie.invitation_id, about="assessments.invitation")
    Message.objects.filter(pk=first.pk).update(state=MessageState.FAILED)
    write_to_another(message=first, to_address="else@example.com", by=recruiter, now=NOW)
    reissue_invitation(invitation=tie.invitation, reason="Lost", by=recruiter, now=NOW)
    request = ask_for_accommodation(invitation=tie.invitation, text="More time", wished_minutes=10, now=NOW)
    decline_accommodation(request=request, answer="No", by=SYSTEM, now=NOW)
    send_due_reminders(now=LATER)
    letter = make_typed_letter()
    operations.write_letter(application=application, letter=letter, intent=job.slug, by=recruiter, now=NOW)
    work = operations.queue_letters(
        application_ids=[application.pk], letter=letter, intent=f"many-{job.slug}", by=recruiter, now=NOW
    )
    do_letters(work, recruiter, lambda done, total: None, now=NOW)
    application.email = application.candidate.emails.get().address  # type: ignore[attr-defined]
    queue_messages(drafts=[rejection_mail(application, make_organisation())], by=recruiter, now=NOW)
    invited = make_application(job)
    move(invited, "Test")
    operations.do_due_actions(now=NOW + UNDO_HEARD_FOR)
    move(make_application(job), "Interview")
    operations.do_due_actions(now=NOW + UNDO_HEARD_FOR)
    return application


def test_mail_is_seen_by_its_job_as_by_the_rows_that_it_is_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registries._kinds, GREETING.kind, GREETING)
    recruiter, manager, interviewer = make_recruiter(), make_user(), make_user()
    mine, assessment = make_busy_job(
        members=[
            (recruiter, JobRole.RECRUITER),
            (manager, JobRole.HIRING_MANAGER),
            (interviewer, JobRole.INTERVIEWER),
        ]
    )
    elsewhere = make_recruiter()
    other = make_busy_job(assessment, recruiter=elsewhere)[0]
    set_reminders(assessment=assessment, days=[6], by=SYSTEM, now=NOW)
    administrator, author, nobody = make_administrator(), make_user(Role.QUESTION_AUTHOR), make_recruiter()
    limited, _token = make_api_key(administrator, *Scope)
    operations.limit_key(key=limited, jobs=[mine], by=actor(administrator), now=NOW)
    narrow, _token = make_api_key(recruiter, Scope.READ)
    operations.limit_key(key=narrow, jobs=[mine], by=actor(recruiter), now=NOW)
    keys = [limited, narrow, *(make_api_key(user, Scope.READ)[0] for user in (administrator, recruiter))]
    people = [recruiter, manager, interviewer, elsewhere, administrator, author, nobody]
    people += [make_user(Role.ANALYST), make_user()]
    actors = [*(actor(user) for user in people), *(Actor.of_key(key) for key in keys)]
    here = write_everything(mine, assessment, actor(recruiter))
    there = write_everything(other, assessment, actor(elsewhere))
    # Tests without a job: of people of no job, and of one who has applied elsewhere.
    for by in (recruiter, author, elsewhere):
        make_invitation(assessment, by=actor(by), now=NOW)
    make_invitation(assessment, person=there.candidate, by=actor(recruiter), now=NOW, again_reason="Lost")
    loose = make_invitation(assessment, by=actor(nobody), now=NOW)
    request = ask_for_accommodation(invitation=loose, text="More time", wished_minutes=10, now=NOW)
    decline_accommodation(request=request, answer="No", by=actor(nobody), now=NOW)
    # About nobody's application: to a person, to colleagues, to sign in, to see whether mail arrives.
    make_message(person_ref=here.candidate.public_id, by=actor(recruiter))
    make_message(person_ref=there.candidate.public_id, by=actor(recruiter))
    for user in (manager, recruiter, administrator):
        make_message(audience=Audience.STAFF, to_address=user.email.upper())
        mail_password_link(user=user, by=actor(administrator), now=NOW)

    def check(when: str) -> None:
        for one in actors:
            seen = _keys(Message.objects.all().visible_to(one))
            assert seen == seen_by_rows(one), (when, one)
            assert _keys(mail_in_sight(one)) == seen, (when, one)

    ties = dict(ApplicationAssessment.objects.values_list("invitation", "application__job"))
    jobs = {
        "hiring.application": dict(Application.objects.values_list("pk", "job")),
        "assessments.invitation": ties,
    }
    for message in Message.objects.all():
        job_id = jobs.get(message.about, {}).get(message.about_id)
        assert message.scope == (job_scope(job_id) if job_id else ""), message
    kinds = {"accommodation_answer", "letter", "rejection", "test_invitation", "test_reminder"}
    assert set(Message.objects.exclude(scope="").values_list("kind", flat=True)) == kinds
    check("as written")
    assert (
        0
        < len(_keys(Message.objects.visible_to(actors[1])))
        < len(_keys(Message.objects.visible_to(actors[0])))
    )

    for message in Message.objects.all():
        make_reply(message)
    for one in actors:
        replies = InboundMessage.objects.visible_to(one).values_list("answers", flat=True)
        # Whom only the mail of a job was opened to reads what was answered to it.
        assert set(replies.exclude(scope="")) == seen_by_rows(one) & _keys(Message.objects.exclude(scope=""))

    merge = operations.merge_candidates(
        kept=here.candidate, merged=there.candidate, by=actor(administrator), now=NOW
    )
    check("one person")
    assert merge.merged_id
    mine.members.filter(user=recruiter).delete()
    check("left the job")
    make_application(mine, email=loose.candidate.emails.get().address)
    check("applied since")
