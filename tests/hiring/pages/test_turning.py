"""From one application to the next through the list that it was opened from."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidates.models import Candidate
from hiring.enums import ApplicationStatus
from hiring.models import Application
from tests.factories.documents import make_document_of
from tests.factories.hiring import make_application, move, set_status, stages
from tests.hiring.pages.house import House, SignIn

JOB = "/admin/jobs/backend/"


@pytest.fixture
def three(house: House) -> list[Application]:
    """Anna, Berta and Carla at one stage, beside Nora."""
    return [
        make_application(house.job, full_name=name, now=timezone.now()) for name in ("Anna", "Berta", "Carla")
    ]


def opened(client: Client, address: str, name: str) -> str:
    """Where the list leads for somebody."""
    page = client.get(address).content.decode()
    [link] = re.findall(rf'href="([^"]+)"[^>]*>\s*{name}', page)
    return unescape(link)


def turns(page: str) -> tuple[str, dict[str, str]]:
    """What the page says of its place, and where the links to the others lead."""
    [place] = re.findall(r"(\d+ of (?:more than )?\d+ in this list|Not in the list any more)", page)
    links = re.findall(r'rel="(prev|next)" aria-keyshortcuts="\w+" href="([^"]+)"', page)
    return place, {rel: unescape(link) for rel, link in links}


def heading(page: str) -> str:
    return re.findall(r"<h1>(.*?)</h1>", page)[0]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"{JOB}?sort=name", "people"),
        (f"{JOB}board/", "people"),
        ("/admin/hiring/application/?o=1", "applications"),
    ],
)
def test_an_application_leads_to_the_next_one_of_its_list(
    house: House, three: list[Application], sign_in: SignIn, address: str, named: str
) -> None:
    client = sign_in(house.recruiter)
    link = opened(client, address, "Berta" if named == "people" else '<span class="person-cell">Berta')

    page = client.get(link, follow=True).content.decode()

    place, links = turns(page)
    assert place.endswith("of 4 in this list")
    assert heading(client.get(links["next"]).content.decode()) == "Carla"
    assert heading(client.get(links["prev"]).content.decode()) == "Anna"
    assert "<kbd>→</kbd> turn" in page


def test_a_number_of_a_report_is_a_list_to_turn_through(
    house: House, three: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    behind = "/admin/reports/funnel/applied/reached/?period=30&job="
    link = opened(client, behind, "Berta")

    page = client.get(link).content.decode()

    place, links = turns(page)
    assert place == "2 of 4 in this list"
    assert heading(client.get(links["next"]).content.decode()) == "Anna"
    assert heading(client.get(links["prev"]).content.decode()) == "Carla"
    [back] = re.findall(r'href="(/admin/reports/funnel/[^"]*)"', page)
    assert "Berta" in client.get(unescape(back)).content.decode()
    moved = client.post(
        f"/admin/applications/{three[1].public_id}/move/?{link.partition('?')[2]}",
        {"stage": stages(house.job)["Test"].pk, "version": 1},
    )
    assert "list=report&of=funnel" in moved.headers["Location"]


def test_turning_goes_on_where_a_decision_took_the_person_out_of_the_list(
    house: House, three: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    link = opened(client, f"{JOB}?sort=name&stage={stages(house.job)['Applied'].pk}", "Berta")
    page = client.get(link).content.decode()
    [action] = re.findall(rf'action="([^"]*{three[1].public_id}/move/[^"]*)"', page)[:1]

    moved = client.post(
        unescape(action), {"stage": stages(house.job)["Test"].pk, "version": 1}, follow=True
    ).content.decode()

    place, links = turns(moved)
    assert place == "Not in the list any more"
    assert "A mistake?" in moved
    assert heading(client.get(links["next"]).content.decode()) == "Carla"
    assert heading(client.get(links["prev"]).content.decode()) == "Anna"


def test_whatever_is_done_on_the_page_its_list_goes_along(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    person = make_application(house.job, full_name="Berta", now=timezone.now())
    document = make_document_of(person, text="Cook").public_id
    address = opened(client, f"{JOB}?sort=name", "Berta")
    of_list = address.partition("?")[2]
    stage = stages(house.job)["Test"].pk
    moved = client.post(
        address.replace("/?", "/move/?"), {"stage": stage, "version": person.version}, follow=True
    )

    page = moved.content.decode()

    kept = {
        unescape(found)
        for found in re.findall(r'(?:href|action)="([^"]*)"', page)
        if re.search(
            r"^\?document=|/(move|status|note|undo|recommend|documents|source|tags)/(\?|$)", unescape(found)
        )
    }
    assert any(f"?document={document}" in found for found in kept)
    assert any("/undo/" in found for found in kept)
    assert [found for found in kept if f"{of_list.partition('&at=')[0]}" not in found] == []


def test_long_lists_are_counted_no_further_than_near_the_place(
    house: House, three: list[Application], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiring.views.turning.NEAR", 2)
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{three[0].public_id}/?list=people&of=backend&sort=name"

    for place, name in (("1 of more than 2", "Anna"), ("2 of 4", "Berta"), ("3 of 4", "Carla")):
        page = client.get(address).content.decode()
        found, links = turns(page)
        assert (found, heading(page)) == (f"{place} in this list", name)
        address = links["next"]
    # Whoever is further on than the address says is found all the same.
    far = client.get(f"/admin/applications/{three[2].public_id}/?list=people&of=backend&sort=name&at=1")
    assert turns(far.content.decode())[0] == "3 of 4 in this list"


def test_lists_that_are_not_seen_or_make_no_sense_are_none(
    house: House, three: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    for query in (
        "list=people&of=secret",
        "list=people&of=nothing",
        "list=nothing&of=backend",
        "list=report&of=nothing&row=applied&column=reached",
        "list=report&of=funnel&row=applied",
        "list=report&of=funnel&row=applied&column=reached&period=x",
        "list=applications&status__exact=%00&candidate__full_name__startswith=H",
    ):
        page = client.get(f"/admin/applications/{three[0].public_id}/?{query}").content.decode()
        assert "in this list" not in page, query
        assert "Hidden Person" not in page, query
    odd = client.get(
        f"/admin/applications/{three[0].public_id}/?list=people&of=backend&at=-9&stage=x&q=nobody"
    )
    assert turns(odd.content.decode()) == ("Not in the list any more", {})
    for row in ("nothing", "a/b"):
        nobody = f"list=report&of=pass-through&row={row}&column=left&job=backend"
        page = client.get(f"/admin/applications/{three[0].public_id}/?{nobody}").content.decode()
        assert "Hidden Person" not in page
        assert "<kbd>→</kbd>" not in page


def test_case_1_xss_name_and_address_are_text_where_pages_are_turned(
    house: House, three: list[Application], sign_in: SignIn
) -> None:
    name = '"><img src=x onerror=alert(1)>'
    Candidate.objects.filter(pk=three[1].candidate_id).update(full_name=name)
    client = sign_in(house.recruiter)
    query = QueryDict(mutable=True)
    query.update({"list": "people", "of": "backend", "q": '"><script>alert(1)</script>'})

    for address in (f"?list=people&of=backend&sort=newest&x={name}", f"?{query.urlencode()}"):
        page = client.get(f"/admin/applications/{three[0].public_id}/{address}").content.decode()
        assert name not in page
        assert "<script>alert(1)" not in page


def test_turning_costs_four_queries_whatever_the_length_of_the_list(
    house: House, three: list[Application], sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{three[0].public_id}/"
    client.get(address)

    def cost(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{address}{query}")
        return len(captured)

    # The job, who sees its people, the keys, the names.
    assert cost("?list=people&of=backend&sort=name") - cost("") == TURNING
    for other in three[1:]:
        set_status(move(other, "Interview"), ApplicationStatus.WITHDRAWN)
    assert cost("?list=people&of=backend&sort=name") - cost("") == TURNING


TURNING = 4
