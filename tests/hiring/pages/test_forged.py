"""What a form was never given is not changed by what somebody writes into it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin

from hiring.models import ApplicationQuestion, Interviewer, Stage
from hiring.operations import ask_for_interview
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, stages
from tests.hiring.pages.house import House, SignIn

pytestmark = pytest.mark.django_db
OWN = "/admin/jobs/backend/"


def formset(prefix: str, rows: list[dict[str, Any]], *, known: int) -> dict[str, Any]:
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": known}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def test_case_68_admin_list_editable_forge_no_list_is_edited_in_place_or_has_rows_inside() -> None:
    for model, model_admin in admin.site._registry.items():
        assert (model, tuple(model_admin.list_editable), list(model_admin.inlines)) == (model, (), [])


def test_case_68_formset_forge_stages_and_questions_of_another_job_stay_as_they_are(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    foreign = Stage.objects.filter(job=house.other_job).order_by("position")
    before = list(foreign.values_list("pk", "name", "position", "retired_at"))
    mine = stages(house.job)
    question = ApplicationQuestion.objects.create(
        job=house.other_job, position=1, kind="text", text="Theirs?", is_required=False
    )
    rows = [
        {"pk": stage.pk, "name": name, "kind": stage.kind, "ORDER": str(number)}
        for number, (name, stage) in enumerate(mine.items(), start=1)
    ]
    rows[0]["pk"] = before[0][0]

    client.post(f"{OWN}stages/", formset("stages", rows, known=len(rows)))
    client.post(
        f"{OWN}form/",
        {"introduction": "", "phone_rule": "optional"}
        | formset(
            "questions",
            [{"pk": question.pk, "kind": "text", "text": "Mine now?", "ORDER": "1"}],
            known=1,
        ),
    )

    assert list(foreign.values_list("pk", "name", "position", "retired_at")) == before
    question.refresh_from_db()
    assert (question.job, question.text, question.retired_at) == (house.other_job, "Theirs?", None)


def test_case_68_formset_forge_interviews_of_another_application_are_nobody_s_to_give(
    house: House, sign_in: SignIn
) -> None:
    foreign = ask_for_interview(application=house.other_application, title="Theirs", by=SYSTEM, now=NOW)
    page = f"/admin/applications/{house.application.public_id}/interviewers/"

    answer = sign_in(house.recruiter).post(
        page, {"interview": foreign.pk, f"interview-{foreign.pk}-users": [house.recruiter.pk]}
    )

    assert answer.status_code == 404
    assert not Interviewer.objects.exists()


@pytest.mark.parametrize("who", ["manager", "interviewer", "recruiter", "analyst"])
@pytest.mark.parametrize(
    "lookup", ["salary_min__gt", "salary_max__lte", "salary_currency", "closing_comment__contains"]
)
def test_case_70_admin_lookup_finds_no_job_by_what_it_pays(
    house: House, sign_in: SignIn, who: str, lookup: str
) -> None:
    pay = {"salary_min": 71_000, "salary_max": 72_000, "salary_currency": "EUR", "salary_period": "year"}
    type(house.job).objects.filter(pk=house.job.pk).update(**pay)
    client = sign_in(getattr(house, who))

    for address in ("/admin/hiring/job/", "/admin/jobs.csv"):
        assert client.get(address, {lookup: "70000"}).status_code == 400
    assert (
        client.get("/admin/hiring/job/", {"department": "", "title": "Backend engineer"}).status_code == 200
    )
