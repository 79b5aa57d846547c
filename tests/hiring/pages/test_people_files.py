"""The people of a job as files: exactly who is shown, nothing that runs, names only for who may see them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.operations import set_role_rules
from candidates.operations import set_tags
from hiring.enums import ApplicationStatus, Capability, JobRole
from outbox.models import Event
from rendering import downloads
from tests.factories.candidates import make_candidate
from tests.factories.hiring import SYSTEM, make_application, make_job, move, set_status
from tests.hiring.pages.house import House, SignIn, file_lines, with_result

FILE = "/admin/jobs/backend/people"


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    return file_lines(client, f"{FILE}.csv{query}")


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
    monkeypatch.setattr(downloads, "MOST_XLSX_ROWS", 1)
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


LISTS = {
    "/admin/waiting/below.csv": ("waiting below", {"Bea Below"}),
    "/admin/waiting/active.csv?job=backend": ("waiting active", {"Bea Below", "Ina Interview", "Nora Known"}),
    "/admin/dashboard/reached/applied.csv?period=90": (
        "funnel applied",
        {"Bea Below", "Ina Interview", "Nora Known", "Rita Rejected"},
    ),
    "/admin/applications.csv?status__exact=rejected": ("applications", {"Rita Rejected"}),
    "/admin/applications.csv?q=nora": ("applications", {"Nora Known"}),
}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("address", LISTS)
def test_list_of_many_jobs_is_taken_with_one_as_it_is_shown(
    house: House, sign_in: SignIn, address: str
) -> None:
    listed, names = LISTS[address]

    rows = file_lines(sign_in(house.recruiter), address)

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
        assert file_lines(sign_in(colleague), address) == []


@pytest.mark.parametrize(
    "address",
    [
        "/admin/waiting/active.xlsx",
        "/admin/applications.xlsx",
        "/admin/people.xlsx",
        "/admin/jobs.xlsx",
    ],
)
def test_xlsx_of_a_list_of_too_many_leads_back_with_words(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(downloads, "MOST_XLSX_ROWS", 0)

    page = sign_in(house.recruiter).get(address, follow=True)

    assert page.status_code == 200
    assert "Take the CSV file." in page.content.decode()


def test_list_of_applications_offers_itself_as_it_is_filtered(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.recruiter).get("/admin/hiring/application/?status__exact=active").content.decode()

    assert 'href="/admin/applications.csv?status__exact=active"' in page


# --- People and jobs themselves ---


def test_list_of_people_is_taken_as_it_is_filtered(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    free = make_candidate(full_name="Fred Free", email="fred@example.com", language="de")
    set_tags(candidate=house.application.candidate, names=["Remote", "R&D"], by=SYSTEM, now=timezone.now())
    make_application(house.other_job, email="nora@example.com")

    page = client.get("/admin/candidates/candidate/?q=nora").content.decode()
    everybody = file_lines(client, "/admin/people.csv?o=1")
    searched = file_lines(client, "/admin/people.csv?q=nora")
    tagged = file_lines(
        client, f"/admin/people.csv?tags__id__exact={house.application.candidate.tags.first().pk}"
    )

    assert 'href="/admin/people.csv?q=nora"' in page
    assert [row["Name"] for row in everybody] == ["Fred Free", "Nora Known"]
    assert searched == tagged == everybody[1:]
    known, other = searched[0], everybody[0]
    # The one for a job that the recruiter does not see does not count.
    assert (known["Email address"], known["Tags"], known["Applications"]) == (
        "nora@example.com",
        "R&D, Remote",
        "1",
    )
    assert (other["Language"], other["Applications"], other["Person"]) == ("de", "0", free.public_id)
    event = Event.objects.filter(kind="export.made").order_by("pk")[1]
    assert (event.data["list"], event.data["count"]) == ("everybody", 1)
    assert "nora" not in str(event.data)


def test_list_of_people_takes_nobody_along_whom_a_role_may_not(house: House, sign_in: SignIn) -> None:
    make_candidate(full_name="Fred Free", email="fred@example.com")
    people = "/admin/people.csv"
    before = {
        name: len(file_lines(sign_in(getattr(house, name)), people)) for name in ("recruiter", "manager")
    }

    roles = (JobRole.RECRUITER.value, JobRole.HIRING_MANAGER.value)
    set_role_rules(
        allowed={(role, Capability.EXPORT): False for role in roles}, by=SYSTEM, now=timezone.now()
    )

    assert before == {"recruiter": 2, "manager": 1}
    for name in ("recruiter", "manager", "interviewer", "analyst", "nobody"):
        assert file_lines(sign_in(getattr(house, name)), people) == [], name
    assert len(file_lines(sign_in(house.administrator), people)) == 3


def test_list_of_jobs_is_taken_as_it_is_filtered_without_people(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    set_status(make_application(house.job), ApplicationStatus.ON_HOLD)
    make_job(recruiter=house.recruiter, title="=Draft", opened=False)
    type(house.job).objects.filter(pk=house.job.pk).update(
        department="Tech", kind="part_time", salary_min=71_000, salary_currency="EUR", salary_period="year"
    )

    page = client.get("/admin/hiring/job/?status__exact=open").content.decode()
    every = file_lines(client, "/admin/jobs.csv")
    [row] = file_lines(client, "/admin/jobs.csv?status__exact=open")
    uncounted = file_lines(sign_in(house.interviewer), "/admin/jobs.csv")[0]

    assert 'href="/admin/jobs.csv?status__exact=open"' in page
    assert [each["Title"] for each in every] == ["Backend engineer", "'=Draft"]
    assert (row["Status"], row["Department"], row["Kind of work"]) == ("Open", "Tech", "Part time")
    assert (row["Active"], row["On hold"], row["Hired"], row["Closed"]) == ("1", "1", "0", "")
    assert (uncounted["Title"], uncounted["Active"]) == ("Backend engineer", "")
    assert "71000" not in str(row)
    event = Event.objects.filter(kind="export.made").order_by("pk")[1]
    assert event.data == {"list": "jobs", "format": "csv", "count": 1, "filters": ["status__exact"]}


@pytest.mark.parametrize("address", ["/admin/people.csv", "/admin/jobs.csv"])
def test_lists_query_count(house: House, sign_in: SignIn, django_assert_num_queries, address: str) -> None:
    client = sign_in(house.recruiter)

    def read() -> None:
        b"".join(client.get(address).streaming_content)

    with CaptureQueriesContext(connection) as asked:
        read()
    for _each in range(2):
        make_application(make_job(recruiter=house.recruiter))
    with django_assert_num_queries(len(asked)):
        read()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/admin/people.csv?nonsense=1", 302),
        ("/admin/people.csv?emails__address__startswith=n", 400),
        ("/admin/jobs.csv?_connector=OR", 302),
    ],
)
def test_case_16_sql_filter_lists_are_taken_by_no_filter_that_they_do_not_know(
    house: House, sign_in: SignIn, address: str, status: int
) -> None:
    response = sign_in(house.recruiter).get(address)

    assert response.status_code == status
    assert not Event.objects.filter(kind="export.made").exists()
