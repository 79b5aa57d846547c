import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.registries import may_see_field
from hiring import operations, queries
from hiring.enums import ClosingReason, JobRole, JobStatus, ScoreRule
from hiring.models import Application, Job, Opening, Stage
from hiring.operations import JobRefused
from hiring.queries import current_stages, members_of
from hiring.rules import StageDraft
from outbox.models import Event
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import SYSTEM, make_application, make_job, make_manager, make_member, move, stages


def create(**fields):
    return operations.create_job(**{"title": "Gardener", "by": SYSTEM, "now": NOW, **fields})


def draft_of(stage, **changes):
    values = {
        "name": stage.name,
        "kind": stage.kind,
        "target_days": stage.target_days,
        "assessment_id": stage.assessment_id,
        "on_score": stage.on_score,
        "pk": stage.pk,
    }
    return StageDraft(**values | changes)


@pytest.mark.django_db
def test_a_new_job_is_a_draft_with_stages_and_its_maker_as_recruiter():
    recruiter = make_recruiter()

    job = create(by=actor(recruiter))

    assert (job.status, job.slug) == (JobStatus.DRAFT, "gardener")
    assert list(stages(job)) == ["Applied", "Screen", "Test", "Interview", "Offer"]
    assert [(member.user, member.role) for member in members_of(job)] == [(recruiter, JobRole.RECRUITER)]


@pytest.mark.django_db
def test_a_second_job_of_the_same_title_gets_a_name_of_its_own():
    assert [create().slug, create().slug] == ["gardener", "gardener-2"]


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("slug", "not a slug"), ("title", "x" * 151)])
@pytest.mark.django_db
def test_bad_input_names_its_field(field, value):
    with pytest.raises(ValidationError) as refused:
        create(**{field: value})

    assert field in refused.value.message_dict


@pytest.mark.parametrize("roles", [(), (Role.ANALYST,), (Role.QUESTION_AUTHOR,)])
@pytest.mark.django_db
def test_only_recruiters_and_administrators_make_jobs(roles):
    with pytest.raises(PermissionDenied):
        create(by=actor(make_user(*roles)))


@pytest.mark.django_db
def test_a_job_opens_pauses_closes_and_opens_again():
    job = create()

    for step, status in (
        (operations.open_job, "open"),
        (operations.pause_job, "paused"),
        (operations.close_job, "closed"),
        (operations.open_job, "open"),
    ):
        job = step(job=job, by=SYSTEM, now=NOW)
        assert job.status == status

    assert (job.opened_at, job.closed_at) == (NOW, None)


@pytest.mark.django_db
def test_a_job_says_why_it_is_closed_until_it_is_opened_again():
    job = operations.close_job(
        job=create(), reason=ClosingReason.POSTPONED, comment=" No budget ", by=SYSTEM, now=NOW
    )
    event = Event.objects.get(kind="job.closed")

    again = Job.objects.get(pk=operations.open_job(job=job, by=SYSTEM, now=NOW).pk)

    assert (job.closing_reason, job.closing_comment) == ("postponed", "No budget")
    assert event.data == {"from": "draft", "reason": "postponed"}
    assert (again.closing_reason, again.closing_comment) == ("", "")


@pytest.mark.django_db
def test_a_comment_on_closing_that_is_too_long_closes_nothing():
    job = create()

    with pytest.raises(ValidationError) as refused:
        operations.close_job(job=job, comment="x" * 1001, by=SYSTEM, now=NOW)

    assert list(refused.value.message_dict) == ["comment"]
    assert Job.objects.get(pk=job.pk).status == "draft"


@pytest.mark.django_db
def test_a_new_job_has_one_opening():
    job = create()

    assert list(Opening.objects.values_list("job", "number", "filled_by")) == [(job.pk, 1, None)]


@pytest.mark.django_db
def test_a_closed_job_is_not_paused():
    job = operations.close_job(job=create(), by=SYSTEM, now=NOW)

    with pytest.raises(JobRefused):
        operations.pause_job(job=job, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_managers_change_nothing_about_the_job():
    job = make_job()
    by = actor(make_manager(job))

    for change in (
        lambda: operations.close_job(job=job, by=by, now=NOW),
        lambda: operations.set_members(job=job, members=[(by.user, JobRole.RECRUITER)], by=by, now=NOW),
        lambda: operations.save_stages(job=job, stages=[StageDraft("A", "applied")], by=by, now=NOW),
        lambda: operations.change_job(job=job, title="Mine", by=by, now=NOW),
        lambda: operations.add_member(job=job, user=by.user, role=JobRole.RECRUITER, by=by, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()


@pytest.mark.django_db
def test_members_are_exactly_those_given():
    job = make_job(recruiter=make_recruiter())
    recruiter, manager = make_recruiter(), make_user()

    operations.set_members(
        job=job,
        members=[
            (recruiter, JobRole.RECRUITER),
            (manager, JobRole.HIRING_MANAGER),
            (manager, JobRole.INTERVIEWER),
        ],
        by=SYSTEM,
        now=NOW,
    )

    assert [(row.user, row.role) for row in members_of(job)] == [
        (recruiter, "recruiter"),
        (manager, "hiring_manager"),
        (manager, "interviewer"),
    ]


@pytest.mark.django_db
def test_a_job_keeps_a_recruiter():
    job = make_job(recruiter=make_recruiter())

    with pytest.raises(ValidationError) as refused:
        operations.set_members(job=job, members=[(make_user(), JobRole.HIRING_MANAGER)], by=SYSTEM, now=NOW)

    assert list(refused.value.message_dict) == ["members"]
    assert members_of(job).count() == 1


@pytest.mark.django_db
def test_stages_are_renamed_reordered_and_ruled_in_one_step():
    job = make_job()
    applied, screen, test, *_rest = current_stages(job.pk)
    assessment = make_assessment()

    operations.save_stages(
        job=job,
        stages=[
            draft_of(applied),
            draft_of(test, assessment_id=assessment.pk, on_score=ScoreRule.ADVANCE_PASSED),
            draft_of(screen, name="Phone call"),
        ],
        by=SYSTEM,
        now=NOW,
    )

    after = current_stages(job.pk)
    assert [(stage.pk, stage.name, stage.position) for stage in after] == [
        (applied.pk, "Applied", 1),
        (test.pk, "Test", 2),
        (screen.pk, "Phone call", 3),
    ]
    assert (after[1].assessment, after[1].on_score) == (assessment, ScoreRule.ADVANCE_PASSED)
    assert Stage.objects.filter(job=job, retired_at=NOW).count() == 2


@pytest.mark.django_db
def test_two_stages_swap_their_names():
    job = make_job()
    first, second, *rest = current_stages(job.pk)

    operations.save_stages(
        job=job,
        stages=[draft_of(first, name="Screen"), draft_of(second, name="Applied"), *map(draft_of, rest)],
        by=SYSTEM,
        now=NOW,
    )

    assert [stage.name for stage in current_stages(job.pk)][:2] == ["Screen", "Applied"]


@pytest.mark.django_db
def test_people_at_a_removed_stage_go_where_it_is_said_and_the_move_is_recorded():
    job = make_job()
    application = make_application(job)
    kept = current_stages(job.pk)[1:]

    with pytest.raises(ValidationError) as refused:
        operations.save_stages(job=job, stages=[draft_of(stage) for stage in kept], by=SYSTEM, now=NOW)
    operations.save_stages(
        job=job, stages=[draft_of(stage) for stage in kept], by=SYSTEM, now=NOW, people_go_to=0
    )

    moved = Application.objects.get(pk=application.pk)
    assert list(refused.value.message_dict) == ["people_go_to"]
    assert moved.stage.name == "Screen"
    assert moved.transitions.count() == 2


@pytest.mark.parametrize(
    "drafts",
    [
        [],
        [StageDraft("", "applied")],
        [StageDraft("One", "applied"), StageDraft("one ", "screen")],
        [StageDraft("Gone", "applied", pk=10**9)],
        [StageDraft("Test", "assessment", assessment_id=10**9)],
    ],
)
@pytest.mark.django_db
def test_stages_that_cannot_be_are_refused_and_nothing_changes(drafts):
    job = make_job()
    before = [(stage.name, stage.position) for stage in current_stages(job.pk)]

    with pytest.raises(ValidationError) as refused:
        operations.save_stages(job=job, stages=drafts, by=SYSTEM, now=NOW)

    assert list(refused.value.message_dict) == ["stages"]
    assert [(stage.name, stage.position) for stage in current_stages(job.pk)] == before


@pytest.mark.django_db
def test_a_job_has_the_openings_and_terms_that_are_said():
    job = create(
        openings=3,
        team=" Parks ",
        kind="part_time",
        salary_min=30_000,
        salary_currency="eur",
        salary_period="year",
        apply_again_days=30,
    )

    assert list(job.openings.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert (job.team, job.kind, job.salary_currency, job.apply_again_days) == (
        "Parks",
        "part_time",
        "EUR",
        30,
    )


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"openings": 0}, "openings"),
        ({"salary_min": 2, "salary_max": 1, "salary_currency": "EUR", "salary_period": "day"}, "salary_max"),
        ({"salary_min": 2, "salary_period": "day"}, "salary_currency"),
        ({"salary_min": 2, "salary_currency": "EUR"}, "salary_period"),
        ({"salary_currency": "euro"}, "salary_currency"),
        ({"kind": "hobby"}, "kind"),
        ({"reply_to": "nobody"}, "reply_to"),
    ],
)
@pytest.mark.django_db
def test_terms_that_cannot_be_are_refused_beside_their_field(details, field):
    with pytest.raises(ValidationError) as refused:
        create(**details)

    assert list(refused.value.message_dict) == [field]


@pytest.mark.django_db
def test_changing_a_job_leaves_what_is_not_said_and_keeps_pay_out_of_the_history():
    job = create(team="Parks", salary_min=30_000, salary_currency="EUR", salary_period="year")

    operations.change_job(job=job, location="Vienna", salary_min=31_000, by=SYSTEM, now=NOW)

    stored = Job.objects.get(pk=job.pk)
    event = Event.objects.get(kind="job.changed")
    assert (stored.title, stored.team, stored.location, stored.salary_min) == (
        "Gardener",
        "Parks",
        "Vienna",
        31_000,
    )
    assert event.data == {"fields": ["location", "salary_min"]}


@pytest.mark.django_db
def test_pay_is_seen_by_recruiters_of_that_very_job_and_by_all_where_it_is_public():
    recruiter, other = make_recruiter(), make_recruiter()
    job, elsewhere = make_job(recruiter=recruiter), make_job(recruiter=other)
    manager = make_manager(job)
    make_member(elsewhere, JobRole.INTERVIEWER, recruiter)

    def sees(user, row):
        listed = Job.objects.filter(pk=row.pk)
        [loaded] = queries.with_salary_sight(listed, actor(user))
        found = {may_see_field("hiring.Job", "salary", actor(user), each) for each in (row, loaded)}
        assert len(found) == 1
        return found.pop()

    assert sees(recruiter, job)
    assert not sees(recruiter, elsewhere)
    assert not sees(manager, job)
    assert sees(make_administrator(), job)
    assert not may_see_field("hiring.Job", "salary", actor(recruiter))
    job.salary_is_public = True
    job.save(update_fields=["salary_is_public"])
    assert sees(manager, job)


@pytest.mark.django_db
def test_hiring_managers_move_people_only_where_the_job_says_so():
    job = make_job()
    manager, interviewer = make_manager(job), make_member(job, JobRole.INTERVIEWER)
    application = make_application(job)

    with pytest.raises(PermissionDenied):
        move(application, "Screen", by=actor(manager))
    operations.change_job(job=job, managers_move=True, by=SYSTEM, now=NOW)
    moved = move(application, "Screen", by=actor(manager))

    assert moved.stage.name == "Screen"
    with pytest.raises(PermissionDenied):
        move(application, "Offer", by=actor(interviewer))
    with pytest.raises(PermissionDenied):
        operations.change_status(
            application=application, to_status="on_hold", seen_version=None, by=actor(manager), now=NOW
        )
