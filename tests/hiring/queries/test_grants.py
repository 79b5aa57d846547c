"""Who sees what: everybody who could ask, and every model that a page shows."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps

from accounts.enums import Role, Scope
from accounts.models import Actor
from accounts.registries import has_grants
from candidates.enums import NoteAudience
from candidates.models import Candidate, Note
from candidates.operations import add_note, add_tags, find_or_add_candidate
from hiring import operations, queries
from hiring.enums import JobRole
from hiring.models import Application, Job
from outbox.models import Message
from tests.factories.accounts import NOW, actor, make_administrator, make_api_key, make_recruiter, make_user
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

LABELS = [
    "hiring.Job",
    "hiring.Stage",
    "hiring.JobMember",
    "hiring.Application",
    "hiring.ApplicationAssessment",
    "candidates.Candidate",
    "candidates.Note",
    "assessments.Invitation",
    "assessments.Attempt",
    "assessments.Score",
    "outbox.Message",
    "outbox.Event",
]


@dataclass
class World:
    """Two jobs with a person in each who took a test; `mine` is the one whose people are asked."""

    mine: Job
    other: Job
    application: Application
    elsewhere: Application
    actors: dict[str, Actor]


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
PEOPLE = set(LABELS) - {"hiring.Job", "hiring.Stage", "hiring.JobMember"}
SIGHT = {
    "system": dict.fromkeys(LABELS, BOTH),
    "administrator": dict.fromkeys(LABELS, BOTH),
    "recruiter": dict.fromkeys(LABELS, MINE),
    "manager": dict.fromkeys(LABELS, MINE),
    "interviewer": {label: NOTHING if label in PEOPLE else MINE for label in LABELS},
    "recruiter elsewhere": dict.fromkeys(LABELS, OTHER),
    "recruiter of nothing": dict.fromkeys(LABELS, NOTHING),
    "author": dict.fromkeys(LABELS, NOTHING),
    "analyst": {label: BOTH if label in ("hiring.Job", "hiring.Stage") else NOTHING for label in LABELS},
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
