"""Keeping a filter of a job's people on its page and its board."""

from __future__ import annotations

import html
import re

from hiring.models import SavedFilter
from tests.factories.hiring import stages
from tests.hiring.pages.house import House, SignIn, with_result

JOB = "/admin/jobs/backend/"


def test_filter_is_kept_without_what_was_searched_for_and_opened_again(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1, name="Bea Below")
    stage = stages(house.job)["Test"]

    page = client.get(f"{JOB}?q=nora&result=below&stage={stage.pk}&sort=name&nonsense=1").content.decode()
    (query,) = re.findall(
        r'name="query" value="([^"]*below[^"]*)">\s*<div class="field"><label for="filter', page
    )
    answer = client.post(
        f"{JOB}filters/",
        {
            "name": "To decide",
            "query": "q=nora&" + html.unescape(query),
            "is_shared": "on",
            "next": f"{JOB}board/",
        },
        follow=True,
    )

    saved = SavedFilter.objects.get()
    assert (saved.query, saved.is_shared) == (f"stage={stage.pk}&result=below", True)
    assert answer.redirect_chain == [(f"{JOB}board/", 302)]
    assert "is kept, without what you searched for." in answer.content.decode()
    again = client.get(f"{JOB}?{saved.query}").content.decode()
    assert ">Bea Below</a>" in again
    assert ">Nora Known</a>" not in again


def test_case_16_sql_filter_kept_filter_holds_only_what_its_form_knows(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    forged = "candidate__emails__address__startswith=a&late=on&status=active__in&sort=candidate__phone"

    client.post(f"{JOB}filters/", {"name": "Forged", "query": forged})

    assert SavedFilter.objects.get().query == "late=on"


def test_filter_that_is_refused_is_said_why(house: House, sign_in: SignIn) -> None:
    answer = sign_in(house.recruiter).post(f"{JOB}filters/", {"name": "Nora", "query": "q=nora"}, follow=True)

    assert "There is nothing to keep" in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_shared_filter_is_forgotten_by_its_owner_alone(house: House, sign_in: SignIn) -> None:
    sign_in(house.recruiter).post(f"{JOB}filters/", {"name": "Late", "query": "late=on", "is_shared": "on"})
    saved = SavedFilter.objects.get()
    address = f"{JOB}filters/{saved.pk}/forget/"

    shown = sign_in(house.manager).get(f"{JOB}board/").content.decode()
    refused = sign_in(house.manager).post(address).status_code
    done = sign_in(house.recruiter).post(address).status_code

    assert 'href="?late=on"' in shown
    assert "by Rosa Recruiter" in shown
    assert (refused, done) == (404, 302)
    assert not SavedFilter.objects.exists()
