"""Who sees what: everybody who could ask, and every model that a page shows."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.registries import has_grants
from assessments.models import AccommodationRequest
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.enums import NoteAudience, SearchKind
from candidates.models import Candidate, Document, Note, SearchEntry
from candidates.operations import add_note, add_tags, find_or_add_candidate
from candidates.queries.words import found_by
from hiring import operations, queries
from hiring.enums import JobRole, ListName, StageActionKind
from hiring.models import (
    Application,
    ApplicationAnswer,
    ApplicationDocument,
    ApplicationQuestion,
    Interview,
    Job,
    PipelineTemplate,
    Recommendation,
    ResumeDraft,
    SavedFilter,
    StageAction,
    TrackingLink,
)
from outbox.models import Message, Notification
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_recruiter, make_user
from tests.factories.candidates import make_document, make_words
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_test_job,
    sit,
)
from tests.factories.outbox import make_reply

LABELS = [
    "hiring.Job",
    "hiring.Stage",
    "hiring.JobMember",
    "hiring.Application",
    "hiring.ApplicationAssessment",
    "hiring.ApplicationQuestion",
    "hiring.ApplicationAnswer",
    "hiring.Opening",
    "hiring.Interview",
    "hiring.Recommendation",
    "hiring.StageAction",
    "candidates.Candidate",
    "candidates.Note",
    "candidates.Document",
    "candidates.SearchEntry",
    "assessments.Invitation",
    "assessments.Attempt",
    "assessments.Score",
    "outbox.Message",
    "outbox.InboundMessage",
    "outbox.Event",
]
# What colleagues without sight of people know of their job.
OF_JOBS = ("hiring.Job", "hiring.Stage", "hiring.JobMember", "hiring.Opening", "hiring.ApplicationQuestion")


@dataclass
class World:
    """Two jobs with a person in each who took a test; `mine` is the one whose people are asked."""

    mine: Job
    other: Job
    application: Application
    elsewhere: Application
    actors: dict[str, Actor]


def write_more(application: Application) -> None:
    """One row about an application of each model that has no operations yet."""
    stage, candidate = application.stage, application.candidate
    question = ApplicationQuestion.objects.create(job=application.job, position=1, kind="text", text="Why?")
    ApplicationAnswer.objects.create(application=application, question=question, text="So")
    interview = Interview.objects.create(
        application=application, stage=stage, title="Technical", created_at=NOW
    )
    StageAction.objects.create(
        application=application,
        stage=stage,
        transition_number=1,
        kind=StageActionKind.INTERVIEW,
        interview=interview,
        created_at=NOW,
        due_at=NOW,
    )
    Recommendation.objects.create(application=application, verdict="yes", at=NOW)
    document = make_document(candidate)
    ApplicationDocument.objects.create(application=application, document=document)
    make_words(candidate, candidate.full_name)
    make_words(candidate, "Python", kind=SearchKind.DOCUMENT, ref=document.pk)
    make_reply(Message.objects.filter(person_ref=candidate.public_id).earliest("pk"))


@pytest.fixture
def world():
    recruiter, manager, interviewer = make_recruiter(), make_user(), make_user()
    mine, assessment = make_test_job(
        members=[
            (recruiter, JobRole.RECRUITER),
            (manager, JobRole.HIRING_MANAGER),
            (interviewer, JobRole.INTERVIEWER),
        ]
    )
    other = make_test_job(assessment, recruiter=make_recruiter())[0]
    applications = []
    for job in (mine, other):
        application = make_application(job)
        sit(invite(application, assessment), right=3)
        operations.apply_pending_scores(now=NOW)
        add_note(candidate=application.candidate, body="Nice", by=SYSTEM, now=NOW)
        add_tags(tags=[(application.candidate, [f"tag of {job.slug}"])], by=SYSTEM, now=NOW)
        write_more(application)
        applications.append(application)
    administrator = make_administrator()
    limited, _token = make_api_key(administrator, *Scope)
    operations.limit_key(key=limited, jobs=[mine], by=actor(administrator), now=NOW)
    free, _token = make_api_key(recruiter, Scope.READ)
    actors = {
        "system": SYSTEM,
        "administrator": actor(administrator),
        "recruiter": actor(recruiter),
        "manager": actor(manager),
        "interviewer": actor(interviewer),
        "recruiter elsewhere": actor(other.members.get(role="recruiter").user),
        "recruiter of nothing": actor(make_recruiter()),
        "author": actor(make_user(Role.QUESTION_AUTHOR)),
        "analyst": actor(make_user(Role.ANALYST)),
        "outsider": actor(make_user()),
        "key of the recruiter": Actor.of_key(free),
        "administrator's key for my job": Actor.of_key(limited),
        "candidate": Actor.of_link(link_id=1, person_ref=applications[0].candidate.public_id),
    }
    return World(mine, other, applications[0], applications[1], actors)


def _of(world: World, label: str, row: Any) -> str:
    """Whether a row is about my job, the other or neither."""
    people = {world.application.candidate.public_id: "mine", world.elsewhere.candidate.public_id: "other"}
    jobs = {world.mine.pk: "mine", world.other.pk: "other"}
    reach = {
        "hiring.Job": lambda: jobs[row.pk],
        "hiring.Stage": lambda: jobs[row.job_id],
        "hiring.JobMember": lambda: jobs[row.job_id],
        "hiring.Application": lambda: jobs[row.job_id],
        "hiring.ApplicationAssessment": lambda: jobs[row.application.job_id],
        "hiring.ApplicationQuestion": lambda: jobs[row.job_id],
        "hiring.ApplicationAnswer": lambda: jobs[row.application.job_id],
        "hiring.Opening": lambda: jobs[row.job_id],
        "hiring.Interview": lambda: jobs[row.application.job_id],
        "hiring.Recommendation": lambda: jobs[row.application.job_id],
        "hiring.StageAction": lambda: jobs[row.application.job_id],
        "candidates.Document": lambda: people[row.candidate.public_id],
        "candidates.SearchEntry": lambda: people[row.candidate.public_id],
        "outbox.InboundMessage": lambda: people[row.person_ref],
        "candidates.Candidate": lambda: people[row.public_id],
        "candidates.Note": lambda: people[row.candidate.public_id],
        "assessments.Invitation": lambda: people[row.candidate.public_id],
        "assessments.Attempt": lambda: people[row.invitation.candidate.public_id],
        "assessments.Score": lambda: people[row.attempt.invitation.candidate.public_id],
        "outbox.Message": lambda: people.get(row.person_ref, ""),
        "outbox.Event": lambda: people.get(row.person_ref, ""),
    }
    return reach[label]()


BOTH, MINE, OTHER, NOTHING = {"mine", "other"}, {"mine"}, {"other"}, set()
PEOPLE = set(LABELS) - set(OF_JOBS)
SIGHT = {
    "system": dict.fromkeys(LABELS, BOTH),
    "administrator": dict.fromkeys(LABELS, BOTH),
    "recruiter": dict.fromkeys(LABELS, MINE),
    "manager": dict.fromkeys(LABELS, MINE),
    "interviewer": {label: NOTHING if label in PEOPLE else MINE for label in LABELS},
    "recruiter elsewhere": dict.fromkeys(LABELS, OTHER),
    "recruiter of nothing": dict.fromkeys(LABELS, NOTHING),
    "author": dict.fromkeys(LABELS, NOTHING),
    "analyst": {
        label: BOTH if label in ("hiring.Job", "hiring.Stage", "hiring.Opening") else NOTHING
        for label in LABELS
    },
    "outsider": dict.fromkeys(LABELS, NOTHING),
    "key of the recruiter": dict.fromkeys(LABELS, MINE),
    "administrator's key for my job": dict.fromkeys(LABELS, MINE),
    "candidate": dict.fromkeys(LABELS, NOTHING),
}


@pytest.mark.django_db
def test_case_64_bola_matrix_every_actor_sees_their_own_job_and_nothing_else(world):
    assert set(SIGHT) == set(world.actors)

    for name, by in world.actors.items():
        for label in LABELS:
            rows = apps.get_model(label).objects.all().visible_to(by)
            seen = {_of(world, label, row) for row in rows} - {""}
            assert seen == SIGHT[name][label], (name, label)


@pytest.mark.django_db
@pytest.mark.parametrize("many", [0, 20_000])
def test_a_long_list_has_the_same_people_for_every_actor(world, monkeypatch, many):
    monkeypatch.setattr("hiring.queries.grants.people._MANY", many)
    # Who came without a job, who was only invited, who applied twice, and whom somebody added before a job was.
    for by in world.actors.values():
        if by.user is not None:
            find_or_add_candidate(full_name="Added", email=f"u{by.user.pk}@example.com", by=by, now=NOW)
    make_application(world.other, email=f"u{world.actors['manager'].user.pk}@example.com")
    make_application(world.mine, email=world.elsewhere.candidate.emails.get().address)

    seen = {name: set(Candidate.objects.visible_to(by)) for name, by in world.actors.items()}
    listed = {name: set(Candidate.objects.visible_to(by, walked=True)) for name, by in world.actors.items()}

    assert listed == seen
    assert {len(people) for people in seen.values()} > {0, 1}


@pytest.mark.django_db
@pytest.mark.parametrize("common", [1, 50])
def test_a_long_list_finds_the_same_people_for_every_actor(world, monkeypatch, common):
    monkeypatch.setattr("candidates.queries.words._COMMON", common)
    person = world.application.candidate
    make_words(person, "Secret", kind=SearchKind.NOTE, ref=7, audience=NoteAudience.RECRUITERS)

    for name, by in world.actors.items():
        for text in ("applicant", "python", "secret", "applicant python", "nobody", "%", ""):
            people = Candidate.objects.visible_to(by)
            plain, walked = (
                set(people.filter(found_by("pk", text, by, walked=way))) for way in (False, True)
            )
            assert walked == plain, (name, text)
    manager, recruiter = (world.actors[name] for name in ("manager", "recruiter"))
    found = Application.objects.filter(found_by("candidate", "secret", recruiter, walked=True))
    assert found.get().candidate == person
    assert not Candidate.objects.filter(found_by("pk", "secret", manager, walked=True)).exists()


@pytest.mark.django_db
def test_case_65_interviewer_scope_counts_tell_nothing_either(world):
    interviewer, manager = world.actors["interviewer"], world.actors["manager"]

    (job,) = queries.jobs_with_counts(interviewer)

    assert (job.pk, job.active_count) == (world.mine.pk, 0)
    assert queries.jobs_with_counts(manager).get().active_count == 1
    assert queries.applications(interviewer, search="Applicant").count() == 0
    assert queries.funnel(interviewer).n == 0
    assert queries.start_page(interviewer, now=NOW).results == ()


@pytest.mark.django_db
def test_analysts_see_numbers_of_all_jobs_and_no_people(world):
    analyst = world.actors["analyst"]

    assert {job.active_count for job in queries.jobs_with_counts(analyst)} == {1}
    assert queries.funnel(analyst).n == 2
    assert not queries.applications(analyst).exists()
    assert not Candidate.objects.visible_to(analyst).exists()


@pytest.mark.django_db
def test_a_limited_key_counts_its_jobs_only(world):
    assert queries.funnel(world.actors["administrator's key for my job"]).n == 1


@pytest.mark.django_db
def test_case_72_revoked_now_whoever_leaves_the_job_or_the_house_sees_nothing_more(world):
    recruiter = world.actors["recruiter"].user
    world.mine.members.filter(user=recruiter).delete()
    gone = world.actors["manager"].user
    gone.is_active = False
    gone.save()

    assert not Application.objects.visible_to(actor(recruiter)).exists()
    assert not Message.objects.visible_to(actor(recruiter)).exists()
    assert not Candidate.objects.visible_to(actor(recruiter)).exists()
    assert not Job.objects.visible_to(actor(gone)).exists()


@pytest.mark.django_db
def test_people_of_no_job_are_seen_by_recruiters_and_whoever_added_them():
    recruiter, adder = make_recruiter(), make_user()
    person, _new = find_or_add_candidate(full_name="Ana", email="ana@example.com", by=actor(adder), now=NOW)

    before = [
        by for by in (recruiter, adder, make_user()) if Candidate.objects.visible_to(actor(by)).exists()
    ]
    make_application(make_job(), email="ana@example.com")
    after = [by for by in (recruiter, adder) if Candidate.objects.visible_to(actor(by)).exists()]

    assert before == [recruiter, adder]
    assert after == []
    assert Candidate.objects.get() == person


@pytest.mark.django_db
def test_notes_for_recruiters_are_no_manager_s():
    job = make_job(recruiter=make_recruiter())
    application = make_application(job)
    add_note(
        candidate=application.candidate,
        body="Another offer",
        audience=NoteAudience.RECRUITERS,
        by=SYSTEM,
        now=NOW,
    )

    assert Note.objects.visible_to(actor(job.members.get().user)).count() == 1
    assert not Note.objects.visible_to(actor(make_manager(job))).exists()
    assert not Note.objects.visible_to(actor(make_recruiter())).exists()
    assert not Note.objects.visible_to(actor(make_interviewer(job))).exists()


@pytest.mark.django_db
def test_a_key_is_limited_only_to_jobs_its_owner_sees():
    recruiter = make_recruiter()
    key, _token = make_api_key(recruiter)

    with pytest.raises(Exception, match="member"):
        operations.limit_key(key=key, jobs=[make_job()], by=actor(recruiter), now=NOW)


def test_every_model_that_a_page_shows_has_a_grant():
    shown = [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("hiring", "assessments", "questions", "candidates", "outbox")
        and hasattr(model._default_manager.all(), "visible_to")
    ]

    missing = [
        model._meta.label
        for model in shown
        # Links are shown as part of their invitation or message.
        if not has_grants(model._meta.label) and model._meta.label != "outbox.AccessLink"
    ]
    assert missing == []


def who_sees(world: World, row: Any) -> set[str]:
    return {
        name
        for name, someone in world.actors.items()
        if type(row)._default_manager.all().visible_to(someone).filter(pk=row.pk).exists()
    }


@pytest.mark.django_db
def test_a_document_and_its_words_are_seen_from_the_application_it_came_with_alone(world):
    """The person applied for both jobs; who sees them from one does not see what they gave to the other."""
    person = world.application.candidate
    again, _is_new = operations.apply(
        job=world.other, full_name=person.full_name, email=person.emails.get().address, by=SYSTEM, now=NOW
    )
    mine, both, loose = (make_document(person) for _ in range(3))
    ApplicationDocument.objects.create(application=world.application, document=mine)
    for application in (world.application, again):
        ApplicationDocument.objects.create(application=application, document=both)
    words = make_words(person, "Fortran", kind=SearchKind.DOCUMENT, ref=mine.pk)
    elsewhere = world.actors["recruiter elsewhere"]

    seen = set(Document.objects.filter(candidate=person).visible_to(elsewhere))

    assert seen == {both, loose}
    assert words not in SearchEntry.objects.visible_to(elsewhere)
    assert {"recruiter", "manager"} <= who_sees(world, words)


@pytest.mark.django_db
def test_the_words_of_a_note_for_recruiters_are_found_by_them_and_its_author_alone(world):
    person = world.application.candidate
    manager = world.actors["manager"]
    note = add_note(candidate=person, body="Fortran", audience=NoteAudience.RECRUITERS, by=SYSTEM, now=NOW)
    secret = {"kind": SearchKind.NOTE, "audience": NoteAudience.RECRUITERS}
    hidden = make_words(person, "Fortran", ref=note.pk, **secret)
    own = make_words(person, "Fortran", ref=note.pk + 1, author=manager.user, **secret)

    assert "recruiter" in who_sees(world, hidden)
    assert {"manager", "interviewer", "recruiter elsewhere"} & who_sees(world, hidden) == set()
    assert "manager" in who_sees(world, own)


@pytest.mark.django_db
def test_a_reply_to_the_answer_about_more_time_is_seen_by_those_who_may_read_that_answer(world):
    message = Message.objects.filter(
        person_ref=world.application.candidate.public_id, about="assessments.invitation"
    ).earliest("pk")
    AccommodationRequest.objects.create(invitation_id=message.about_id, text="More time", asked_at=NOW)
    reply = make_reply(message)
    Message.objects.filter(pk=message.pk).update(kind=ACCOMMODATION_ANSWER)

    assert who_sees(world, reply) == who_sees(world, message)
    assert "manager" not in who_sees(world, reply)


@pytest.mark.django_db
def test_filters_are_one_s_own_unless_they_are_shared_with_those_who_see_the_job(world):
    recruiter = world.actors["recruiter"]
    new = {"owner": recruiter.user, "list": ListName.PEOPLE, "job": world.mine, "created_at": NOW}
    own = SavedFilter.objects.create(**new, name="Mine")
    shared = SavedFilter.objects.create(**new, name="Ours", is_shared=True)

    assert who_sees(world, own) == {"system", "recruiter"}
    assert {"recruiter", "manager", "interviewer", "administrator"} <= who_sees(world, shared)
    assert {"recruiter elsewhere", "author", "outsider", "candidate"} & who_sees(world, shared) == set()


@pytest.mark.django_db
def test_where_applications_come_from_is_seen_by_whoever_recruits_for_the_job(world):
    of_job = TrackingLink.objects.create(job=world.mine, name="Fair", created_at=NOW)
    of_any = TrackingLink.objects.create(name="Newsletter", created_at=NOW)
    draft = ResumeDraft.objects.create(
        job=world.mine, file="drafts/1.pdf", media_type="application/pdf", size=1, digest="1", created_at=NOW
    )
    of_recruiters = {"system", "administrator", "recruiter", "key of the recruiter"}

    assert who_sees(world, of_job) == of_recruiters | {"administrator's key for my job"}
    assert who_sees(world, draft) == of_recruiters | {"administrator's key for my job"}
    assert who_sees(world, of_any) == of_recruiters | {"recruiter elsewhere", "recruiter of nothing"}


@pytest.mark.django_db
def test_notifications_are_one_s_own_and_pipelines_are_for_those_who_make_jobs(world):
    told = Notification.objects.create(
        user=world.actors["manager"].user, kind="application_new", intent="1", created_at=NOW
    )
    pipeline = PipelineTemplate.objects.create(name="Engineering", created_at=NOW)

    assert who_sees(world, told) == {"system", "manager"}
    assert {"recruiter", "recruiter of nothing", "administrator"} <= who_sees(world, pipeline)
    assert {"manager", "interviewer", "author", "outsider"} & who_sees(world, pipeline) == set()
