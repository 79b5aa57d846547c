"""Moving people who were chosen in the results of a test, who may be of several jobs."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from hiring.enums import JobRole
from hiring.models import Application, JobMember
from outbox.operations import run_due_work
from tests.factories.hiring import invite, make_application, make_job, stages
from tests.hiring.pages.house import House, SignIn, with_result
from tests.hiring.pages.test_results_pages import hidden, invitation_of

QUERIES = 9


def address(house: House) -> str:
    return f"/admin/tests/{house.assessment.slug}/move/"


def forms(page: str) -> dict[str, dict[str, str]]:
    """What each job's button sends, by the address it is sent to."""
    found = re.findall(r'<form method="post" action="(/admin/jobs/[^"]+)">(.*?)</form>', page, re.DOTALL)
    return {action: hidden(form) for action, form in found}


@pytest.mark.parametrize("part", [1, 5_000])
def test_people_of_two_jobs_are_moved_job_by_job(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr("hiring.views.bulk.of_test._PART", part)
    client = sign_in(house.recruiter)
    sales = make_job(recruiter=house.recruiter, title="Sales", slug="sales")
    ada = with_result(house, right=9, name="Ada Backend")
    other = make_application(sales, full_name="Sam Sales")
    chosen = [invitation_of(ada), invite(other, house.assessment).pk]

    page = client.post(address(house), {"invitations": chosen}).content.decode()
    sent = forms(page)
    move_page = client.post("/admin/jobs/backend/move/", sent["/admin/jobs/backend/move/"]).content.decode()
    stage = stages(house.job)["Interview"]
    confirmed = {**hidden(move_page), "stage": stage.pk, "confirm": "1"}
    client.post("/admin/jobs/backend/move/", confirmed)
    run_due_work(now=timezone.now())

    assert list(sent) == ["/admin/jobs/backend/move/", "/admin/jobs/sales/move/"]
    assert "Ada Backend" in move_page
    assert "Sam Sales" not in move_page
    assert list(Application.objects.filter(stage=stage)) == [ada]


def test_everybody_who_matches_is_parted_as_the_list_is_now(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    below = [with_result(house, right=right, name=f"Below {right}") for right in (1, 2)]
    with_result(house, right=9, name="Pia Passed")
    query = f"list=test&of={house.assessment.slug}&band=below"

    page = client.post(address(house), {"everyone": "1", "query": query}).content.decode()
    [ids] = [sent["ids"] for sent in forms(page).values()]

    assert {part.partition(":")[0] for part in ids.split(",")} == {row.public_id for row in below}
    assert f'href="/admin/tests/{house.assessment.slug}/results/?band=below"' in page


def test_list_of_another_test_is_not_found(house: House, sign_in: SignIn) -> None:
    chosen = {"everyone": "1", "query": "list=test&of=another"}

    assert sign_in(house.recruiter).post(address(house), chosen).status_code == 404


def test_who_may_not_move_anybody_finds_no_page(house: House, sign_in: SignIn) -> None:
    chosen = {"invitations": [invitation_of(with_result(house, right=9, name="Ada"))]}

    assert sign_in(house.manager).post(address(house), chosen).status_code == 404
    assert sign_in(house.analyst).post(address(house), chosen).status_code == 404


def test_jobs_in_which_one_may_not_move_are_named_and_lead_nowhere(house: House, sign_in: SignIn) -> None:
    ada = with_result(house, right=9, name="Ada Backend")
    own = make_job(title="Own", slug="own", managers_move=True)
    JobMember.objects.create(job=own, user=house.manager, role=JobRole.HIRING_MANAGER)
    mine = make_application(own, full_name="Mia Mine")
    chosen = [invitation_of(ada), invite(mine, house.assessment).pk]

    page = sign_in(house.manager).post(address(house), {"invitations": chosen}).content.decode()

    assert list(forms(page)) == ["/admin/jobs/own/move/"]
    assert "Jobs in which you may not move people" in page
    assert "Backend engineer: 1 person" in page


def test_invitations_of_others_choose_nobody(house: House, sign_in: SignIn) -> None:
    hidden_one = invite(house.other_application, house.assessment)

    response = sign_in(house.recruiter).post(address(house), {"invitations": [hidden_one.pk]})

    assert house.other_job.title not in response.content.decode()
    assert "Nobody you chose can be moved" in response.content.decode()


def test_nobody_chosen_leads_back_to_the_results(house: House, sign_in: SignIn) -> None:
    query = f"list=test&of={house.assessment.slug}&band=below"

    response = sign_in(house.recruiter).post(address(house), {"query": query})

    assert response.url == f"/admin/tests/{house.assessment.slug}/results/?band=below"


def test_more_than_are_moved_at_once_are_refused_before_they_are_sent(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiring.views.bulk.of_test.BULK_LIMIT", 1)
    chosen = [invitation_of(with_result(house, right=9, name=name)) for name in ("Ada", "Ben")]

    page = sign_in(house.recruiter).post(address(house), {"invitations": chosen}).content.decode()

    assert "At most 1 at once." in page
    assert forms(page) == {}


@pytest.mark.parametrize("jobs", [1, 3])
def test_page_asks_the_same_for_one_job_and_three(
    house: House, sign_in: SignIn, jobs: int, django_assert_num_queries
) -> None:
    client: Client = sign_in(house.recruiter)
    chosen = []
    for number in range(jobs):
        job = make_job(recruiter=house.recruiter, title=f"Job {number}", slug=f"job-{number}")
        chosen.append(invite(make_application(job), house.assessment).pk)
    client.post(address(house), {"invitations": chosen})

    with django_assert_num_queries(QUERIES):
        client.post(address(house), {"invitations": chosen})


def test_results_of_a_test_offer_the_move(house: House, sign_in: SignIn) -> None:
    with_result(house, right=9, name="Ada")

    page = sign_in(house.recruiter).get(f"/admin/tests/{house.assessment.slug}/results/").content.decode()

    assert f'formaction="{address(house)}"' in page
