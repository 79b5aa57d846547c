"""What stages do, as pages show and set it; the details of a job; pipelines and copies."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from hiring import operations
from hiring.models import Interview, Job, PipelineTemplate, StageAction
from hiring.queries import current_stages
from tests.factories.accounts import make_administrator
from tests.factories.hiring import (
    make_application,
    make_busy_job,
    make_letter,
    make_pipeline,
    make_stage_action,
    move,
    stages,
)
from tests.hiring.pages.house import House, SignIn

JOB = "/admin/jobs/backend/"


def page_of(application: object) -> str:
    return reverse("hiring:application", args=[application.public_id])  # type: ignore[attr-defined]


def formset(rows: list[dict[str, object]], initial: int) -> dict[str, object]:
    data: dict[str, object] = {
        "stages-TOTAL_FORMS": len(rows),
        "stages-INITIAL_FORMS": initial,
        "stages-MIN_NUM_FORMS": 1,
    }
    for index, row in enumerate(rows):
        for name, value in ({"on_score": "none", "ORDER": str(index + 1)} | row).items():
            data[f"stages-{index}-{name}"] = value
    return data


def as_a_browser_sends(page: bytes) -> dict[str, str]:
    """What is sent of the form of stages that nobody touches; of a choice that nobody made, its first line."""
    (form,) = [form for form in html.fromstring(page).forms if "stages-TOTAL_FORMS" in form.fields]
    return dict(form.form_values())


@pytest.mark.parametrize("address", [f"{JOB}stages/", "/admin/pipelines/new/"])
def test_first_stage_is_offered_no_approval(house: House, sign_in: SignIn, address: str) -> None:
    """Everybody who applies comes there, so that there is nobody to let in."""
    client = sign_in(house.recruiter)
    page = client.get(address)
    stages_shown = int(as_a_browser_sends(page.content)["stages-TOTAL_FORMS"])

    offered = html.fromstring(page.content).xpath("//input[contains(@name, '-needs_approval')]/@name")
    sent = as_a_browser_sends(page.content) | {
        "stages-0-needs_approval": "on",
        "stages-0-name": "New",
        "name": "New",
    }
    refused = client.post(address, sent)

    assert offered == [f"stages-{number}-needs_approval" for number in range(1, stages_shown)]
    # Whoever sends it all the same is told why, and can take it away there.
    assert "It cannot need an approval." in refused.content.decode()
    assert 'name="stages-0-needs_approval"' in refused.content.decode()


@pytest.mark.parametrize("changed", [{}, {"stages-1-needs_approval": "on"}])
def test_stages_are_saved_as_a_browser_sends_them_and_the_empty_form_adds_none(
    house: House, sign_in: SignIn, changed: dict[str, str]
) -> None:
    client = sign_in(house.recruiter)
    before = [(stage.pk, stage.name) for stage in current_stages(house.job.pk)]
    sent = as_a_browser_sends(client.get(f"{JOB}stages/").content)
    assert sent[f"stages-{len(before)}-kind"] == "applied"

    answer = client.post(f"{JOB}stages/", sent | changed)

    assert answer.status_code == 302
    after = current_stages(house.job.pk)
    assert [(stage.pk, stage.name) for stage in after] == before
    assert after[1].needs_approval is bool(changed)


def test_a_pipeline_is_saved_as_a_browser_sends_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(make_administrator())
    pipeline = make_pipeline("Engineers")
    address = reverse("hiring:pipeline", args=[pipeline.pk])
    count = pipeline.stages.count()

    answer = client.post(address, as_a_browser_sends(client.get(address).content))

    assert answer.status_code == 302
    assert pipeline.stages.count() == count


def test_a_stage_is_told_what_to_do_with_whoever_enters(house: House, sign_in: SignIn) -> None:
    letter = make_letter("Welcome")
    before = stages(house.job)
    rows: list[dict[str, object]] = [
        {"pk": before["Applied"].pk, "name": "Applied", "kind": "applied", "public_name": "Received"},
        {
            "pk": before["Test"].pk,
            "name": "Test",
            "kind": "assessment",
            "assessment": house.assessment.pk,
            "sends_test": "on",
        },
        {
            "pk": before["Interview"].pk,
            "name": "Interview",
            "kind": "interview",
            "entry_mail": letter.pk,
            "entry_mail_days": "2",
            "entry_interviews": "Technical\r\n\r\nWith the team",
        },
    ]
    client = sign_in(house.recruiter)

    client.post(f"{JOB}stages/", formset(rows, 3))
    shown = client.get(f"{JOB}stages/").content.decode()

    applied, test, interview = current_stages(house.job.pk)
    assert (applied.public_name, test.sends_test) == ("Received", True)
    assert (interview.entry_mail, interview.entry_mail_days) == (letter, 2)
    assert interview.entry_interviews == ["Technical", "With the team"]
    assert "Technical\nWith the team" in shown
    assert "Welcome (en)" in shown


def test_whoever_stands_at_a_stage_that_does_more_from_now_on_is_named_and_shown(
    house: House, sign_in: SignIn
) -> None:
    move(make_application(house.job), "Test")
    before = stages(house.job)
    test = {"assessment": house.assessment.pk, "sends_test": "on"}
    rows: list[dict[str, object]] = [
        {"pk": before["Applied"].pk, "name": "Applied", "kind": "applied"},
        {"pk": before["Test"].pk, "name": "Test", "kind": "assessment", **test},
        {"pk": before["Interview"].pk, "name": "Interview", "kind": "interview", "entry_interviews": "Talk"},
    ]
    client = sign_in(house.recruiter)

    first = client.post(f"{JOB}stages/", formset(rows, 3), follow=True)
    again = client.post(f"{JOB}stages/", formset(rows, 3), follow=True)

    said = "1 person stands at “Test” already and gets nothing by the new rules."
    assert said in first.content.decode()
    assert first.redirect_chain == [(f"{JOB}?stage={before['Test'].pk}", 302)]
    assert "gets nothing by the new rules" not in again.content.decode()
    assert again.redirect_chain == [(JOB, 302)]


def test_a_stage_that_sends_no_test_is_told_so_and_keeps_what_was_typed(
    house: House, sign_in: SignIn
) -> None:
    rows: list[dict[str, object]] = [
        {"pk": "", "name": "New stage", "kind": "assessment", "sends_test": "on", "entry_interviews": "Talk"}
    ]

    page = sign_in(house.recruiter).post(f"{JOB}stages/", formset(rows, 0)).content.decode()

    assert "New stage: Choose the test that is sent." in page
    assert "Talk" in page


def test_the_application_shows_what_its_stages_did_and_tries_again(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    action = make_stage_action(house.application)

    before = client.get(page_of(house.application)).content.decode()
    client.post(
        reverse("hiring:stage-action", args=[house.application.public_id, action.pk]), {"do": "again"}
    )
    after = client.get(page_of(house.application)).content.decode()

    action.refresh_from_db()
    assert "What the stages do" in before
    assert "Has no email address" in before
    assert "Try again" in before
    assert (action.state, action.code) == ("waiting", "")
    assert "Try again" not in after


def test_managers_read_what_stages_did_and_change_nothing(house: House, sign_in: SignIn) -> None:
    action = make_stage_action(house.application)
    client = sign_in(house.manager)

    page = client.get(page_of(house.application)).content.decode()
    answer = client.post(
        reverse("hiring:stage-action", args=[house.application.public_id, action.pk]), {"do": "again"}
    )

    action.refresh_from_db()
    assert "What the stages do" in page
    assert "Try again" not in page
    assert answer.status_code == 404
    assert action.state == "failed"


def test_an_action_of_somebody_else_is_found_nowhere(house: House, sign_in: SignIn) -> None:
    action = make_stage_action(house.other_application)

    answer = sign_in(house.recruiter).post(
        reverse("hiring:stage-action", args=[house.application.public_id, action.pk]), {"do": "again"}
    )

    assert answer.status_code == 404


def test_an_interview_is_marked_on_the_application(house: House, sign_in: SignIn) -> None:
    job, _assessment = make_busy_job(recruiter=house.recruiter)
    now = timezone.now()
    application = move(make_application(job, now=now), "Interview", now=now)
    for pk in StageAction.objects.values_list("pk", flat=True):
        StageAction.objects.filter(pk=pk).update(due_at=now)
    operations.do_due_actions(now=now)
    client = sign_in(house.recruiter)
    action = StageAction.objects.get(kind="interview")

    before = client.get(page_of(application)).content.decode()
    client.post(reverse("hiring:stage-action", args=[application.public_id, action.pk]), {"do": "held"})
    after = client.get(page_of(application)).content.decode()

    assert "Asked for" in before
    assert "It took place" in before
    assert Interview.objects.get().state == "done"
    assert "It took place" not in after


def test_stage_actions_cost_one_query_however_many(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    from accounts.models import Actor
    from hiring.queries import stage_actions_of

    actor = Actor.of_user(house.recruiter)
    stage_actions_of(house.application, actor)
    for numbers in ([1], [2, 3]):
        for number in numbers:
            make_stage_action(house.application, transition_number=number)
        # The actions with all that their lines name.
        with django_assert_num_queries(1):
            for line in stage_actions_of(house.application, actor):
                assert line.words
                assert line.is_open
                assert not line.waits_for_colleague
                assert line.action.stage.name


DETAILS = {"title": "Backend engineer", "apply_again_days": "30", "is_listed": "on"}


def test_the_settings_of_a_job_keep_its_terms(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(
        f"{JOB}settings/",
        DETAILS
        | {
            "team": "Platform",
            "kind": "full_time",
            "salary_min": "50000",
            "salary_currency": "eur",
            "salary_period": "year",
            "reply_to": "backend@example.com",
            "managers_move": "on",
        },
    )
    wrong = client.post(f"{JOB}settings/", DETAILS | {"salary_min": "5", "salary_max": "4"}).content.decode()

    job = Job.objects.get(pk=house.job.pk)
    assert (job.team, job.kind, job.salary_min, job.salary_currency) == (
        "Platform",
        "full_time",
        50_000,
        "EUR",
    )
    assert (job.reply_to, job.managers_move, job.apply_again_days) == ("backend@example.com", True, 30)
    assert "The salary ends below where it begins." in wrong
    assert 'href="#id_salary_max"' in wrong


def test_managers_of_a_job_that_says_so_are_offered_to_move(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    before = client.get(page_of(house.application)).content.decode()
    Job.objects.filter(pk=house.job.pk).update(managers_move=True)

    page = client.get(page_of(house.application)).content.decode()
    client.post(
        reverse("hiring:application-move", args=[house.application.public_id]),
        {"stage": stages(house.job)["Test"].pk, "version": house.application.version},
    )

    house.application.refresh_from_db()
    assert "application-move" not in before
    assert 'name="stage"' not in before
    assert 'name="stage"' in page
    assert "Reject…" not in page
    assert house.application.stage.name == "Test"


def test_a_job_begins_with_a_pipeline_and_its_openings(house: House, sign_in: SignIn) -> None:
    pipeline = make_pipeline("Trainees")

    sign_in(house.recruiter).post(
        "/admin/new-job/",
        {
            "title": "Trainee",
            "team": "Parks",
            "openings": "2",
            "pipeline": pipeline.pk,
            "on_score": "none",
            "open": "1",
        },
    )

    job = Job.objects.get(slug="trainee")
    assert [stage.name for stage in current_stages(job.pk)] == ["Applied", "Interview"]
    assert (job.team, job.openings.count()) == ("Parks", 2)


def test_a_pipeline_is_made_changed_and_listed(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    client = sign_in(house.recruiter)
    rows: list[dict[str, object]] = [
        {"name": "Applied", "kind": "applied"},
        {"name": "Talk", "kind": "interview"},
    ]

    client.post("/admin/pipelines/new/", {"name": "Trainees", "is_active": "on", **formset(rows, 0)})
    made = PipelineTemplate.objects.get()
    page = client.get(f"/admin/pipelines/{made.pk}/").content.decode()
    rows[1]["DELETE"] = "on"
    client.post(f"/admin/pipelines/{made.pk}/", {"name": "Interns", **formset(rows, 2)})
    again = client.post("/admin/pipelines/new/", {"name": "interns", **formset(rows[:1], 0)}).content.decode()

    made.refresh_from_db()
    assert 'value="Trainees"' in page
    assert 'value="Talk"' in page
    assert (made.name, made.is_active, made.stages.count()) == ("Interns", False, 1)
    assert "There is a pipeline of this name already." in again
    client.get("/admin/hiring/pipelinetemplate/")
    # Session, user, roles; the count and the rows with their stages; organisation and signs; the sidebar.
    with django_assert_num_queries(QUERIES_OF_PIPELINES):
        client.get("/admin/hiring/pipelinetemplate/")
    make_pipeline()
    make_pipeline()
    with django_assert_num_queries(QUERIES_OF_PIPELINES):
        client.get("/admin/hiring/pipelinetemplate/")


QUERIES_OF_PIPELINES = 10


def test_stages_of_a_job_become_a_pipeline_and_a_job_a_copy(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(f"{JOB}stages/pipeline/", {"name": "Engineers"})
    answer = client.post(f"{JOB}copy/", {"title": "Backend engineer, second team"})
    refused = client.post(f"{JOB}copy/", {"title": " "}).content.decode()

    copy = Job.objects.get(title="Backend engineer, second team")
    pipeline = PipelineTemplate.objects.get()
    assert [stage.name for stage in pipeline.stages.order_by("position")] == ["Applied", "Test", "Interview"]
    assert answer["Location"] == f"/admin/jobs/{copy.slug}/settings/"
    assert copy.status == "draft"
    assert 'href="#id_title"' in refused
