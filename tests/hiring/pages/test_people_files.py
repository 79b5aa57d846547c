"""The people of a job as files: exactly who is shown, nothing that runs, names only for who may see them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from candidates.operations import set_tags
from hiring import exports
from hiring.enums import ApplicationStatus
from outbox.models import Event
from tests.factories.hiring import SYSTEM, make_application, move, set_status
from tests.hiring.pages.house import House, SignIn, with_result

FILE = "/admin/jobs/backend/people"


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(f"{FILE}.csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def people(house: House) -> None:
    now = timezone.now()
    with_result(house, right=1, name="Bea Below")
    move(
        make_application(house.job, full_name="Ina Interview", now=now - timedelta(days=30)),
        "Interview",
        now=now,
    )
    set_status(make_application(house.job, full_name="Rita Rejected", now=now), ApplicationStatus.REJECTED)
    set_tags(candidate=house.application.candidate, names=["Remote"], by=SYSTEM, now=now)


@pytest.mark.usefixtures("people")
def test_file_has_exactly_the_people_whom_the_filter_shows(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    def found(query: str) -> list[str]:
        return [line["Name"] for line in lines(client, query)]

    assert found("?sort=name") == ["Bea Below", "Ina Interview", "Nora Known"]
    assert found("?sort=name&status=all") == ["Bea Below", "Ina Interview", "Nora Known", "Rita Rejected"]
    assert found("?result=below") == ["Bea Below"]
    assert found("?q=nora@example&tag=Remote") == ["Nora Known"]
    assert found("?q=zzz") == []


@pytest.mark.usefixtures("people")
def test_file_says_where_everybody_stands(house: House, sign_in: SignIn) -> None:
    rows = {line["Name"]: line for line in lines(sign_in(house.manager))}

    below, known = rows["Bea Below"], rows["Nora Known"]
    assert (below["Stage"], below["Status"], below["Result"]) == ("Test", "Active", "Below the line")
    assert (float(below["Percent"]), below["Days at the stage"], below["Over target"]) == (10, "2", "false")
    assert float(below["Standard error"]) > 0
    assert (known["Email address"], known["Tags"]) == ("nora@example.com", "Remote")
    assert known["Application"] == house.application.public_id


def test_case_14_csv_export_formulas_are_text_in_both_files(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    name = '=SUM("Ada")'
    hurt = make_application(house.job, full_name=name)
    set_tags(candidate=hurt.candidate, names=["@SUM(A1)"], by=SYSTEM, now=timezone.now())

    line = next(line for line in lines(client) if "SUM" in line["Name"])
    sheet = load_workbook(io.BytesIO(client.get(f"{FILE}.xlsx").content)).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}

    assert (line["Name"], line["Tags"]) == (f"'{name}", "'@SUM(A1)")
    assert (cells[f"'{name}"], cells["'@SUM(A1)"]) == ("s", "s")


@pytest.mark.usefixtures("people")
def test_file_of_an_analyst_names_nobody_and_answers_no_question_about_anybody(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.analyst)

    everybody = lines(client)

    assert len(everybody) == 3
    assert set(everybody[0]) & {"Name", "Email address", "Phone", "Tags", "Application"} == set()
    assert [float(line["Percent"]) for line in everybody if line["Percent"]] == [10]
    # Whether somebody of this name is here would be an answer, too.
    assert lines(client, "?q=nora") == lines(client, "?q=zzz") == lines(client, "?tag=Remote") == everybody
    assert len(lines(client, "?status=rejected")) == 1


def test_file_is_written_down_without_what_was_looked_for(house: House, sign_in: SignIn) -> None:
    b"".join(sign_in(house.recruiter).get(f"{FILE}.csv?q=nora&late=&result=none").streaming_content)

    event = Event.objects.get(kind="export.made")
    assert (event.actor_user, event.about, event.about_id) == (house.recruiter, "hiring.job", house.job.pk)
    assert event.data == {"list": "people", "format": "csv", "count": 1, "filters": ["q", "result"]}


@pytest.mark.parametrize("results", ["/admin/jobs/backend/results.csv", "/admin/tests/{test}/results.csv"])
def test_file_of_results_is_written_down_too(house: House, sign_in: SignIn, results: str) -> None:
    with_result(house, right=1, name="Bea Below")

    response = sign_in(house.recruiter).get(results.format(test=house.assessment.slug) + "?q=bea&band=below")

    assert response.status_code == 200
    event = Event.objects.get(kind="export.made")
    assert (event.data["count"], event.data["filters"]) == (1, ["band", "search"])


def test_xlsx_of_too_many_leads_back_with_words(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 1)
    make_application(house.job)

    response = sign_in(house.recruiter).get(f"{FILE}.xlsx?sort=name", follow=True)

    assert response.redirect_chain == [("/admin/jobs/backend/?sort=name", 302)]
    assert "Take the CSV file." in response.content.decode()
    assert not Event.objects.filter(kind="export.made").exists()


def test_file_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)

    def read() -> None:
        b"".join(client.get(f"{FILE}.csv").streaming_content)

    # Session, user, roles; job, may manage; who, the event; the rows and their tags.
    with django_assert_num_queries(9):
        read()
    with_result(house, right=1)
    make_application(house.job)
    with django_assert_num_queries(9):
        read()


# --- Lists over all jobs ---


def lines_of(client: Client, address: str) -> list[dict[str, str]]:
    response: Any = client.get(address)
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


LISTS = {
    "/admin/waiting/below.csv": ("waiting below", {"Bea Below"}),
    "/admin/waiting/active.csv?job=backend": ("waiting active", {"Bea Below", "Ina Interview", "Nora Known"}),
    "/admin/dashboard/reached/applied.csv?period=90": (
        "funnel applied",
        {"Bea Below", "Ina Interview", "Nora Known", "Rita Rejected"},
    ),
    "/admin/hiring/application/export.csv?status__exact=rejected": ("applications", {"Rita Rejected"}),
    "/admin/hiring/application/export.csv?q=nora": ("applications", {"Nora Known"}),
}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("address", LISTS)
def test_list_of_many_jobs_is_taken_with_one_as_it_is_shown(
    house: House, sign_in: SignIn, address: str
) -> None:
    listed, names = LISTS[address]

    rows = lines_of(sign_in(house.recruiter), address)

    assert {(row["Name"], row["Job"]) for row in rows} == {(name, "Backend engineer") for name in names}
    event = Event.objects.get(kind="export.made")
    assert (event.data["list"], event.data["count"]) == (listed, len(names))
    assert "nora" not in str(event.data)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("address", LISTS)
def test_list_of_many_jobs_has_nobody_for_whoever_sees_nobody(
    house: House, sign_in: SignIn, address: str
) -> None:
    for colleague in (house.analyst, house.interviewer, house.nobody):
        assert lines_of(sign_in(colleague), address) == []


@pytest.mark.parametrize("address", ["/admin/waiting/active.xlsx", "/admin/hiring/application/export.xlsx"])
def test_xlsx_of_a_list_of_too_many_leads_back_with_words(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 0)

    page = sign_in(house.recruiter).get(address, follow=True)

    assert page.status_code == 200
    assert "Take the CSV file." in page.content.decode()


def test_list_of_applications_offers_itself_as_it_is_filtered(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).get("/admin/hiring/application/?status__exact=active").content.decode()

    assert 'href="/admin/hiring/application/export.csv?status__exact=active"' in page
