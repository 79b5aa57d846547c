from datetime import timedelta

import pytest

from assessments import operations as tests_of
from assessments.enums import ScoreCause, SubmittedBy
from assessments.models import Attempt
from hiring import operations, queries
from hiring.enums import ApplicationStatus, ScoreRule, TransitionCause
from hiring.models import Application, ApplicationAssessment, ApplicationTransition
from hiring.operations import scores
from hiring.rules import WHY_STAYED, why_text
from hiring.tasks import BATCH
from outbox.models import AccessLink
from questions import operations as questions
from questions.models import QuestionVersion
from tests.factories.accounts import NOW
from tests.factories.assessments import make_assessment
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_test_job,
    move,
    set_status,
    sit,
    stages,
    tie_of,
)
from tests.factories.questions import key
from tests.servers.parallel import run_parallel

LATER = NOW + timedelta(hours=1)


def arranged(*, right, rule=ScoreRule.ADVANCE_PASSED, score=True, stage="Test"):
    """Somebody at the stage "Test" who has taken the test with so many of ten right."""
    job, assessment = make_test_job(rule=rule)
    application = move(make_application(job), stage) if stage != "Applied" else make_application(job)
    invitation = invite(application, assessment)
    return application, invitation, sit(invitation, right=right, score=score)


def apply(attempt):
    return operations.apply_score(attempt_id=attempt.pk, now=LATER)


@pytest.mark.django_db
def test_passed_moves_to_the_next_stage_by_the_rule():
    application, invitation, attempt = arranged(right=8)

    apply(attempt)

    stored = Application.objects.get(pk=application.pk)
    transition = ApplicationTransition.objects.get(application=application, number=3)
    tie = tie_of(invitation)
    assert stored.stage.name == "Interview"
    assert (transition.cause, transition.by) == (TransitionCause.SCORE, None)
    assert (tie.outcome, tie.why_stayed, tie.score) == ("passed", "", attempt.current_score)


@pytest.mark.parametrize(("right", "outcome"), [(5, "borderline"), (2, "below")])
@pytest.mark.django_db
def test_borderline_and_below_stay_before_a_person(right, outcome):
    application, invitation, attempt = arranged(right=right)

    apply(attempt)

    tie = tie_of(invitation)
    stored = Application.objects.get(pk=application.pk)
    assert (stored.stage.name, stored.status) == ("Test", ApplicationStatus.ACTIVE)
    assert (tie.outcome, tie.why_stayed) == (outcome, outcome)
    assert why_text(tie.why_stayed)


@pytest.mark.django_db
def test_below_the_line_is_listed_for_a_person():
    application, _invitation, attempt = arranged(right=1)

    apply(attempt)

    assert list(queries.below_the_line(application.job, SYSTEM)) == [application]


@pytest.mark.django_db
def test_void_stays_and_says_so():
    application, invitation, attempt = arranged(right=9, score=False)
    tests_of.void_attempt(attempt=attempt, reason="Taken by somebody else", by=SYSTEM, now=LATER)

    apply(attempt)

    tie = tie_of(invitation)
    assert (tie.outcome, tie.why_stayed, tie.score) == ("void", "void", None)
    assert Application.objects.get(pk=application.pk).stage.name == "Test"


@pytest.mark.django_db
def test_without_a_score_nothing_happens_yet():
    _application, invitation, attempt = arranged(right=9, score=False)

    apply(attempt)

    assert tie_of(invitation).outcome == "pending"


@pytest.mark.django_db
def test_a_stage_without_a_rule_moves_nobody():
    application, invitation, attempt = arranged(right=10, rule=ScoreRule.NONE)

    apply(attempt)

    assert Application.objects.get(pk=application.pk).stage.name == "Test"
    assert (tie_of(invitation).outcome, tie_of(invitation).why_stayed) == ("passed", "no_rule")


@pytest.mark.parametrize(
    ("happening", "why"),
    [("on_hold", "on_hold"), ("rejected", "not_active"), ("moved", "moved_on"), ("closed", "job_closed")],
)
@pytest.mark.django_db
def test_whoever_was_decided_about_meanwhile_is_moved_by_no_score(happening, why):
    application, invitation, attempt = arranged(right=10, score=False)
    if happening == "moved":
        move(application, "Applied")
    elif happening == "closed":
        operations.close_job(job=application.job, by=SYSTEM, now=LATER)
    else:
        set_status(application, ApplicationStatus(happening))
    before = Application.objects.get(pk=application.pk).version
    tests_of.score_submitted(now=LATER)

    apply(attempt)

    assert Application.objects.get(pk=application.pk).version == before
    assert (tie_of(invitation).outcome, tie_of(invitation).why_stayed) == ("passed", why)
    assert why in WHY_STAYED


@pytest.mark.django_db
def test_another_test_than_the_stages_own_moves_nobody():
    job, _its_test = make_test_job()
    application = move(make_application(job), "Test")
    invitation = invite(application, make_assessment(questions=4))
    attempt = sit(invitation, right=4)

    apply(attempt)

    assert Application.objects.get(pk=application.pk).stage.name == "Test"
    assert tie_of(invitation).why_stayed == "other_test"


@pytest.mark.django_db
def test_at_the_last_stage_a_pass_moves_nobody():
    job, assessment = make_test_job()
    last = stages(job)["Interview"]
    last.on_score = ScoreRule.ADVANCE_PASSED
    last.save()
    application = move(make_application(job), "Interview")
    invitation = invite(application, assessment)

    apply(sit(invitation, right=10))

    assert tie_of(invitation).why_stayed == "last_stage"


@pytest.mark.django_db
def test_a_retired_stage_in_between_is_passed_over():
    application, _invitation, attempt = arranged(right=10)
    interview = stages(application.job)["Interview"]
    operations.save_stages(
        job=application.job,
        stages=[
            *[
                operations_stage(stage)
                for stage in stages(application.job).values()
                if stage.pk != interview.pk
            ],
            new_stage("Talk"),
        ],
        by=SYSTEM,
        now=LATER,
    )

    apply(attempt)

    assert Application.objects.get(pk=application.pk).stage.name == "Talk"


def operations_stage(stage):
    from hiring.rules import StageDraft

    return StageDraft(
        stage.name, stage.kind, stage.target_days, stage.assessment_id, stage.on_score, stage.pk
    )


def new_stage(name):
    from hiring.rules import StageDraft

    return StageDraft(name, "interview")


@pytest.mark.django_db
def test_the_same_score_twice_moves_once():
    application, _invitation, attempt = arranged(right=10)

    apply(attempt)
    apply(attempt)

    assert Application.objects.get(pk=application.pk).version == 3


@pytest.mark.django_db
def test_a_regrade_changes_the_mark_and_never_moves_back():
    application, invitation, attempt = arranged(right=7)
    apply(attempt)
    _make_wrong(attempt)

    regraded = tests_of.score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=LATER)
    apply(attempt)

    tie = tie_of(invitation)
    assert regraded.band == "below"
    assert (tie.outcome, tie.score) == ("below", regraded)
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


def _make_wrong(attempt):
    """Mend the keys so that "c" is right and "a" is not: the candidate's right answers become wrong."""
    for version in QuestionVersion.objects.filter(pk__in=attempt.questions.values("question_version")):
        questions.mend_key(version=version, key=key("c"), reason="The key was wrong", by=SYSTEM, now=LATER)


@pytest.mark.django_db
def test_a_test_outside_of_any_application_concerns_no_pipeline():
    from tests.factories.assessments import make_finished

    assert apply(make_finished()) is None


@pytest.mark.django_db
def test_the_periodic_look_finds_what_the_signal_missed():
    passed, _invitation, _attempt = arranged(right=10)
    voided, void_invitation, attempt = arranged(right=1, score=False)
    tests_of.void_attempt(attempt=attempt, reason="Power cut", by=SYSTEM, now=LATER)

    applied = operations.apply_pending_scores(now=LATER)
    again = operations.apply_pending_scores(now=LATER)

    assert (applied, again) == (2, 0)
    assert Application.objects.get(pk=passed.pk).stage.name == "Interview"
    assert Application.objects.get(pk=voided.pk).stage.name == "Test"
    assert tie_of(void_invitation).outcome == "void"


def reopened(attempt):
    return tests_of.reopen_attempt(attempt=attempt, minutes=10, reason="Power cut", by=SYSTEM, now=LATER)


@pytest.mark.parametrize("missed", [False, True])
@pytest.mark.django_db
def test_the_mark_of_a_reopened_attempt_is_in_force_no_more(missed, django_capture_on_commit_callbacks):
    application, invitation, attempt = arranged(right=8)
    apply(attempt)

    with django_capture_on_commit_callbacks(execute=not missed):
        reopened(attempt)
    looked_at = operations.apply_pending_scores(now=LATER)

    tie = tie_of(invitation)
    assert looked_at == (1 if missed else 0)
    assert (tie.outcome, tie.score, tie.why_stayed) == ("reopened", None, "")
    # Whoever was moved stays there: nobody is moved back.
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


@pytest.mark.django_db
def test_reopening_what_nobody_had_marked_yet_says_nothing_new():
    _application, invitation, attempt = arranged(right=8, score=False)
    reopened(attempt)

    apply(attempt)

    assert tie_of(invitation).outcome == "pending"


@pytest.mark.django_db
def test_a_reopened_attempt_is_marked_anew_when_it_is_handed_in():
    _application, invitation, attempt = arranged(right=2)
    apply(attempt)
    first = tie_of(invitation).score
    reopened(attempt)
    apply(attempt)

    tests_of.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=LATER)
    tests_of.score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=LATER)
    apply(attempt)

    tie = tie_of(invitation)
    assert tie.outcome == "below"
    assert tie.score not in (None, first)


def copies(attempt, number):
    """More people with the same result: an application, an invitation and a scored attempt each."""
    invitation = attempt.invitation
    tie = tie_of(invitation)
    made = []
    for _ in range(number):
        application = make_application(tie.application.job)
        application = move(application, "Test")
        link = AccessLink.objects.create(
            purpose=invitation.link.purpose, person_ref=application.candidate.public_id, created_at=NOW
        )
        other = copied(
            invitation, intent=f"copy:{application.pk}", link=link, candidate=application.candidate
        )
        copied(tie, invitation=other, application=application)
        taken = copied(attempt, invitation=other, current_score=None)
        Attempt.objects.filter(pk=taken.pk).update(current_score=copied(attempt.current_score, attempt=taken))
        made.append(taken.pk)
    return made


def copied(row, **fields):
    row = type(row).objects.get(pk=row.pk)
    row.pk = None
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


@pytest.mark.django_db
def test_results_that_cannot_be_applied_do_not_hold_up_the_rest(monkeypatch):
    application, invitation, attempt = arranged(right=10)
    failing = copies(attempt, BATCH + 1)
    (good,) = copies(attempt, 1)
    real = scores.apply_score

    def faulty(*, attempt_id, now):
        if attempt_id != good:
            raise RuntimeError("this one fails")
        return real(attempt_id=attempt_id, now=now)

    monkeypatch.setattr(scores, "apply_score", faulty)
    looked_at = []
    while looked := operations.apply_pending_scores(now=LATER, limit=BATCH):
        looked_at.append(looked)

    assert looked_at == [BATCH, 3]
    assert ApplicationAssessment.objects.get(invitation__attempts=good).outcome == "passed"
    put_off = ApplicationAssessment.objects.filter(invitation__attempts__in=failing)
    assert set(put_off.values_list("outcome", "apply_tries")) == {("pending", 1)}
    assert operations.apply_pending_scores(now=LATER + timedelta(seconds=31), limit=500) == len(failing) + 1
    assert tie_of(invitation).apply_due_at == LATER + timedelta(seconds=31 + 60)

    monkeypatch.undo()
    assert operations.apply_pending_scores(now=LATER + timedelta(hours=1), limit=1) == 1
    tie = tie_of(invitation)
    assert (tie.outcome, tie.apply_tries, tie.apply_due_at) == ("passed", 0, None)
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


@pytest.mark.django_db
def test_scoring_moves_at_once_through_the_signal(django_capture_on_commit_callbacks):
    application, _invitation, attempt = arranged(right=10, score=False)

    with django_capture_on_commit_callbacks(execute=True):
        tests_of.score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=LATER)

    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


@pytest.mark.django_db(transaction=True)
def test_ten_workers_with_one_score_move_once():
    application, _invitation, attempt = arranged(right=10, score=False)
    tests_of.score_submitted(now=LATER)
    Attempt.objects.get(pk=attempt.pk)

    outcomes = run_parallel(lambda: apply(attempt), 10)

    assert [str(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert Application.objects.get(pk=application.pk).version == 3
    assert list(application.transitions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
