"""Results of a job: what they say besides a test's, and what is done with those who are chosen there."""

from __future__ import annotations

import csv
import html
import io
import re

from django.test import Client
from django.utils import timezone

from hiring.models import Application
from outbox.models import Work
from outbox.operations import run_due_work
from tests.factories.assessments import make_assessment
from tests.factories.hiring import invite, make_application, move, sit, stages
from tests.hiring.pages.house import House, SignIn, with_result

RESULTS = "/admin/jobs/backend/results/"


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{RESULTS}{query}").content.decode()
    return re.findall(
        r'<th scope="row" class="person-column"><span class="person-cell"><a[^>]*>([^<]*)</a>', page
    )


def invitation_of(application: Application) -> int:
    return application.assessments.get().invitation_id


def test_results_say_and_sort_by_stage(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1, name="Ada Applied")
    move(with_result(house, right=2, name="Ina Interview"), "Interview")
    stage = stages(house.job)["Interview"]

    response = client.get("/admin/jobs/backend/results.csv?sort=-stage")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    assert names(client, "?sort=-stage")[0] == "Ina Interview"
    assert names(client, f"?stage={stage.pk}") == ["Ina Interview"]
    assert (rows[0]["Name"], rows[0]["Stage"], rows[0]["Status"]) == ("Ina Interview", "Interview", "Active")


def test_results_of_several_tests_have_no_rank_until_one_is_chosen(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    other = make_assessment(questions=2)
    with_result(house, right=9, name="Of the first")
    sit(invite(make_application(house.job, full_name="Of the other"), other), right=1)

    both = client.get(RESULTS).content.decode()
    one = client.get(f"{RESULTS}?test={other.pk}").content.decode()

    assert "choose a test to see them" in both
    assert ">Rank</th>" not in both
    assert ">Rank</th>" in one
    assert names(client, f"?test={other.pk}") == ["Of the other"]


def test_people_chosen_in_the_results_are_moved_invited_and_declared_void(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    person = with_result(house, right=1, name="Bea Below")
    chosen = {"invitations": [invitation_of(person)], "next": RESULTS}

    move_page = client.post("/admin/jobs/backend/move/", chosen).content.decode()
    invite_page = client.post("/admin/jobs/backend/invite/", chosen).content.decode()
    void_page = client.post("/admin/invitations/void/", chosen).content.decode()

    assert "Bea Below" in move_page
    assert "Bea Below" in invite_page
    assert "Declare 1 attempt void" in void_page
    assert f'href="{RESULTS}"' in void_page


def test_people_of_another_job_cannot_be_chosen_through_its_results(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    invitation = invite(house.other_application, house.assessment)

    response = client.post("/admin/jobs/backend/move/", {"invitations": [invitation.pk]}, follow=True)

    assert "Choose people in the list first." in response.content.decode()
    assert house.other_application.candidate.full_name not in response.content.decode()


def test_manager_reads_results_and_chooses_nobody(house: House, sign_in: SignIn) -> None:
    with_result(house, right=9, name="Ada")

    page = sign_in(house.manager).get(RESULTS).content.decode()

    assert names(sign_in(house.manager)) == ["Ada"]
    assert 'name="invitations"' not in page
    assert "Move to" not in page


def hidden(page: str) -> dict[str, str]:
    names = "ids|token|everyone|query"
    found = re.findall(rf'name="({names})" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_everybody_who_matches_in_the_results_is_moved_after_a_look_at_number_and_filter(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1, name="Bea Below")
    with_result(house, right=2, name="Ben Below")
    passed = with_result(house, right=10, name="Pia Passed")
    address, query = "/admin/jobs/backend/move/", "list=job&of=backend&band=below"

    page = client.post(address, {"everyone": "1", "query": query}).content.decode()
    stage = stages(house.job)["Interview"]
    response = client.post(address, {**hidden(page), "stage": stage.pk, "confirm": "1"})
    run_due_work(now=timezone.now())

    assert "2 people, everybody who matches in the results of" in page
    assert "Result: Below the line" in page
    assert "Move 2 people" in page
    assert response.url == f"/admin/work/{Work.objects.get().public_id}/"
    there = Application.objects.filter(stage=stage).exclude(pk=passed.pk)
    assert sorted(there.values_list("candidate__full_name", flat=True)) == ["Bea Below", "Ben Below"]


def test_everybody_of_the_results_who_changed_since_the_look_is_asked_again(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1, name="Bea Below")
    address, query = "/admin/jobs/backend/move/", "list=job&of=backend&band=below"
    page = client.post(address, {"everyone": "1", "query": query}).content.decode()
    with_result(house, right=2, name="Ben Below")
    chosen = {"stage": stages(house.job)["Interview"].pk, "confirm": "1"}

    again = client.post(address, {**hidden(page), **chosen}).content.decode()
    nothing_yet = Work.objects.count()
    client.post(address, {**hidden(again), **chosen})

    assert "The list has changed: people when you looked: 1, now: 2" in again
    assert "Move 2 people" in again
    assert nothing_yet == 0
    assert len(Work.objects.get().arguments["applications"]) == 2


def test_everybody_of_the_results_of_another_job_is_404(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    for query in ("list=job&of=secret", "list=test&of=backend"):
        response = client.post("/admin/jobs/backend/move/", {"everyone": "1", "query": query})
        assert response.status_code == 404
