"""Open links as colleagues make, copy and close them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Actor, User
from assessments.models import OpenLink
from assessments.operations import create_open_link
from hiring.models import JobOpenLink
from hiring.operations import create_job_link
from tests.hiring.pages.house import House

SignIn = Callable[[User], Client]
OF_JOB = "/admin/jobs/backend/open-links/"


def test_recruiter_makes_a_link_for_the_job_copies_and_closes_it(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    form = {"assessment": house.assessment.pk, "title": "Working student", "most_people": "40"}

    wrong = client.post(OF_JOB, {**form, "title": ""}).content.decode()
    made = client.post(OF_JOB, form, follow=True).content.decode()

    link = OpenLink.objects.get()
    assert 'value="40"' in wrong
    assert JobOpenLink.objects.get().job == house.job
    assert f"/apply/{link.public_id}/" in made
    assert "0 of 40 people came" in made
    closed = client.post(f"/admin/open-links/{link.pk}/close/", {"next": OF_JOB}, follow=True)
    assert closed.redirect_chain[-1][0] == OF_JOB
    assert "Whoever came by it keeps their invitation." in closed.content.decode()


def test_link_of_a_job_is_seen_and_closed_by_its_recruiters_alone(house: House, sign_in: SignIn) -> None:
    link = create_job_link(
        job=house.job, assessment=house.assessment, title="Autumn", by=Actor.system(), now=timezone.now()
    )
    loose = create_open_link(
        assessment=house.assessment, title="Spring", by=Actor.system(), now=timezone.now()
    )

    seen = {
        name: set(OpenLink.objects.visible_to(Actor.of_user(getattr(house, name))))
        for name in ("administrator", "recruiter", "other_recruiter", "manager", "author", "analyst")
    }

    assert seen == {
        "administrator": {link, loose},
        "recruiter": {link, loose},
        "other_recruiter": {loose},
        "manager": set(),
        "author": set(),
        "analyst": set(),
    }
    assert sign_in(house.other_recruiter).post(f"/admin/open-links/{link.pk}/close/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_open_links_costs_the_same_for_one_and_three_rows(
    house: House, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[[int], object]
) -> None:
    for number in range(rows):
        create_job_link(
            job=house.job,
            assessment=house.assessment,
            title=f"Link {number}",
            by=Actor.system(),
            now=timezone.now(),
        )
    client = sign_in(house.recruiter)
    client.get(OF_JOB)

    # Session, user, roles, job, whether theirs, its stages, links, permissions (2), organisation, signs, tests (2).
    with django_assert_num_queries(11):  # type: ignore[attr-defined]
        response = client.get(OF_JOB)

    assert response.content.decode().count("Address for your posting") == rows
