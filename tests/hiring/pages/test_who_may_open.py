"""Every page of hiring, for the outsider, the wrong role, another job's colleague and the right one."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hiring.models import Application, ApplicationTransition, Job
from outbox.models import Message, Work
from tests.hiring.pages.house import House, SignIn

# What each page answers to: administrator, recruiter and manager of the job, interviewer, another job's recruiter,
# question author, analyst, a colleague without any role.
ROLES = (
    "administrator",
    "recruiter",
    "manager",
    "interviewer",
    "other_recruiter",
    "author",
    "analyst",
    "nobody",
)
EVERYBODY = dict.fromkeys(ROLES, 200)
NOBODY = dict.fromkeys(ROLES, 404)
THOSE_WHO_DECIDE = NOBODY | {"administrator": 200, "recruiter": 200}
THOSE_WHO_SEE_PEOPLE = THOSE_WHO_DECIDE | {"manager": 200}
THOSE_WHO_SEE_THE_JOB = THOSE_WHO_SEE_PEOPLE | {"interviewer": 200, "analyst": 200}
RECRUITERS = NOBODY | {"administrator": 200, "recruiter": 200, "other_recruiter": 200}

PAGES = {
    "/admin/": EVERYBODY,
    "/admin/dashboard/": EVERYBODY,
    "/admin/waiting/active/": EVERYBODY,
    "/admin/waiting/ageing/": EVERYBODY,
    "/admin/waiting/expired/": EVERYBODY,
    "/admin/waiting/results/": EVERYBODY,
    "/admin/waiting/below/": EVERYBODY,
    "/admin/waiting/borderline/": EVERYBODY,
    "/admin/waiting/void/": EVERYBODY,
    "/admin/dashboard/reached/hired/": EVERYBODY,
    "/admin/api-keys/new/": EVERYBODY,
    "/admin/hiring/job/": EVERYBODY,
    "/admin/hiring/application/": EVERYBODY,
    "/admin/new-job/": RECRUITERS,
    "/admin/jobs/backend/": THOSE_WHO_SEE_THE_JOB,
    "/admin/jobs/backend/board/": THOSE_WHO_SEE_PEOPLE,
    "/admin/jobs/backend/board/{stage}/": THOSE_WHO_SEE_PEOPLE,
    "/admin/jobs/backend/people.csv": THOSE_WHO_SEE_PEOPLE | {"analyst": 200},
    "/admin/jobs/backend/people.xlsx": THOSE_WHO_SEE_PEOPLE | {"analyst": 200},
    "/admin/jobs/backend/results/": THOSE_WHO_SEE_PEOPLE,
    "/admin/jobs/backend/results.csv": THOSE_WHO_SEE_PEOPLE,
    "/admin/jobs/backend/results.xlsx": THOSE_WHO_SEE_PEOPLE,
    "/admin/jobs/backend/settings/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/stages/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/close/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/add/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/import/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/import/sample.csv": THOSE_WHO_DECIDE,
    "/admin/applications/{application}/": THOSE_WHO_SEE_PEOPLE,
    "/admin/applications/{application}/hire/": THOSE_WHO_DECIDE,
    "/admin/people/{person}/": THOSE_WHO_SEE_PEOPLE,
}

# What is only ever posted, and who gets past the door. A page that refuses what was posted sends back (302) too.
POSTS = {
    "/admin/jobs/backend/status/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/openings/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/invite/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/move/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/reject/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/board/move/{application}/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/hold/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/withdraw/": THOSE_WHO_DECIDE,
    "/admin/jobs/backend/restore/": THOSE_WHO_DECIDE,
    "/admin/applications/{application}/move/": THOSE_WHO_DECIDE,
    "/admin/applications/{application}/status/": THOSE_WHO_DECIDE,
    "/admin/applications/{application}/tags/": THOSE_WHO_DECIDE,
    "/admin/applications/{application}/note/": THOSE_WHO_SEE_PEOPLE,
}


def _address(template: str, house: House) -> str:
    return template.format(
        application=house.application.public_id,
        person=house.application.candidate.public_id,
        stage=house.application.stage_id,
    )


def test_pages_outsider(house: House, client: Client) -> None:
    answers = {template: client.get(_address(template, house)) for template in [*PAGES, *POSTS]}

    assert {template: answer.status_code for template, answer in answers.items()} == dict.fromkeys(
        answers, 302
    )
    assert all("/login/" in answer["Location"] for answer in answers.values())


def test_pages_by_role(house: House, sign_in: SignIn) -> None:
    clients = {role: sign_in(getattr(house, role)) for role in ROLES}

    answers = {
        template: {
            role: client.get(_address(template, house)).status_code for role, client in clients.items()
        }
        for template in PAGES
    }

    assert answers == PAGES


def test_posts_by_role(house: House, sign_in: SignIn) -> None:
    clients = {role: sign_in(getattr(house, role)) for role in ROLES}
    data = {"status": "open", "ids": house.application.public_id}

    answers = {
        template: {
            role: 404 if client.post(_address(template, house), data).status_code == 404 else 200
            for role, client in clients.items()
        }
        for template in POSTS
    }

    assert answers == POSTS


def test_pages_opened_change_nothing(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    before = _everything()

    for template in [*PAGES, *POSTS]:
        client.get(_address(template, house))

    assert _everything() == before


# Files are written down in the history: that somebody took them with them changes nothing else.
def _everything() -> tuple[object, ...]:
    return (
        list(Job.objects.order_by("pk").values()),
        list(Application.objects.order_by("pk").values()),
        ApplicationTransition.objects.count(),
        Message.objects.count(),
        Work.objects.count(),
    )


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/dashboard/", "/admin/waiting/active/", "/admin/hiring/application/"]
)
def test_page_of_many_jobs_hides_the_others(house: House, sign_in: SignIn, address: str) -> None:
    recruiter = sign_in(house.recruiter).get(address).content.decode()
    other = sign_in(house.other_recruiter).get(address).content.decode()

    assert "Hidden Person" not in recruiter
    assert "Secret project" not in recruiter
    assert "Secret project" in other


def test_job_page_interviewer_sees_no_people(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.interviewer).get("/admin/jobs/backend/").content.decode()

    assert "People by stage" not in page
    assert "Nora Known" not in page
    assert "The people of this job are not shown to you" in page


def test_list_of_jobs_counts_people_for_whoever_sees_them_and_says_no_noughts_to_others(
    house: House, sign_in: SignIn
) -> None:
    counts = {
        user: re.findall(r"(\d+) active\s*</td>", sign_in(user).get("/admin/hiring/job/").content.decode())
        for user in (house.manager, house.interviewer)
    }

    assert counts == {house.manager: ["1"], house.interviewer: []}


def test_job_page_manager_sees_people_without_buttons(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get("/admin/jobs/backend/").content.decode()

    assert "Nora Known" in page
    assert "Invite to test" not in page
    assert "Add a person" not in page
