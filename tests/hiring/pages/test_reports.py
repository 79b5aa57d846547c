"""Reports in the shell: the same numbers on the page, in the file and over the API, each opening its rows."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.operations import set_role_rules
from assessments.enums import SubmittedBy
from assessments.models import Attempt
from hiring.enums import ApplicationStatus, Capability, JobRole, Source
from hiring.forms.numbers import ReportForm
from hiring.operations import create_tracking_link
from hiring.queries.reports import REPORTS
from outbox.models import Event
from tests.api.world import program
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_application, move, set_status
from tests.hiring.pages.house import House, SignIn, with_result

CELL = re.compile(r'<td class="number"><a href="([^"]+)">([\d,]+)</a>')


@pytest.fixture
def busy(house: House) -> House:
    """A job with somebody at every place."""
    now = timezone.now()
    with_result(house, right=10)
    with_result(house, right=1)
    Attempt.objects.filter(current_score__percent__lt=50).update(submitted_by=SubmittedBy.DEADLINE)
    hired = move(make_application(house.job, source=Source.AGENCY, now=now - timedelta(days=4)), "Interview")
    set_status(hired, ApplicationStatus.HIRED, now=now)
    set_status(make_application(house.job, now=now - timedelta(days=3)), ApplicationStatus.REJECTED, now=now)
    return house


def lines(client: Client, address: str) -> list[dict[str, str]]:
    response: Any = client.get(address)
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_every_report_says_what_it_counts_and_opens_its_rows(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.manager)

    overview = client.get("/admin/reports/").content.decode()

    for name, kind in REPORTS.items():
        assert f"/admin/reports/{name}/" in overview
        page = client.get(f"/admin/reports/{name}/?job=backend").content.decode()
        assert str(kind.definition).split(";")[0][:60] in page
        assert re.search(r"n = [1-9]", page)
        chart = json.loads(re.search(r'<script id="report-data"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
        assert chart["series"]
        assert all(len(series["values"]) == len(chart["labels"]) for series in chart["series"])
        cells = CELL.findall(page)
        assert cells
        for address, count in cells:
            rows = client.get(address.replace("&amp;", "&")).content.decode()
            assert (address, len(re.findall(r'<th scope="row">', rows))) == (address, int(count))


def test_page_file_and_program_say_the_same(busy: House, sign_in: SignIn) -> None:
    client, robot = sign_in(busy.manager), program(busy.manager)
    asked = {"job": "backend", "source": "agency"}

    columns = {}
    for name in REPORTS:
        page = client.get(f"/admin/reports/{name}/", {"period": "all", **asked})
        told = robot.get(f"reports/{name}/", **asked).json()
        filed = lines(client, f"/admin/reports/{name}.csv?period=all&job=backend&source=agency")

        report = page.context["report"]
        assert told["n"] == report.n
        assert [(row["key"], row["values"]) for row in told["rows"]] == [
            (row.key, dict(row.values)) for row in report.rows
        ]
        as_text = [
            ["" if (value := row.values[column.key]) is None else float(value) for column in report.columns]
            for row in report.rows
        ]
        assert [
            [float(text) if text else "" for text in list(line.values())[1:]] for line in filed
        ] == as_text
        columns[name] = told["columns"]
    assert columns["tests"][0] == {"key": "invited", "title": "Invited", "unit": "count"}


def test_link_narrows_page_file_rows_and_program_down(busy: House, sign_in: SignIn) -> None:
    client, robot = sign_in(busy.recruiter), program(busy.recruiter)
    link, other = (
        create_tracking_link(job=job, name="Newsletter", by=SYSTEM, now=timezone.now())
        for job in (busy.job, busy.other_job)
    )
    hired = busy.job.applications.get(status=ApplicationStatus.HIRED)
    busy.job.applications.filter(pk=hired.pk).update(tracking_link=link)
    asked = {"job": "backend", "link": link.public_id}

    page = client.get("/admin/reports/sources/", {"period": "all", **asked})
    told = robot.get("reports/sources/", **asked).json()
    [filed] = lines(client, f"/admin/reports/sources.csv?period=all&job=backend&link={link.public_id}")
    rows = client.get("/admin/reports/sources/agency/applications/", {"period": "all", **asked})
    hidden = robot.get("reports/sources/", link=other.public_id)
    wrong = client.get("/admin/reports/sources/", {"link": other.public_id}).content.decode()

    assert (page.context["report"].n, told["n"], filed["Applications"]) == (1, 1, "1")
    assert rows.content.decode().count('<th scope="row">') == 1
    assert "Newsletter (Backend engineer)" in page.content.decode()
    assert "Newsletter (Secret project)" not in page.content.decode()
    assert (hidden.status_code, list(hidden.json())) == (400, ["link"])
    assert "Nothing is counted yet" in wrong


def test_file_of_a_report_and_of_its_rows_is_written_down(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.recruiter)

    client.get("/admin/reports/funnel.xlsx?job=backend")
    people = lines(client, "/admin/reports/funnel/hired/reached.csv?job=backend")

    # A stage of one job has its number as key; the hired have a word.
    assert len(people) == 1
    numbers, rows = Event.objects.filter(kind="export.made").order_by("pk")
    assert numbers.data == {"list": "numbers funnel", "format": "xlsx", "count": 4, "filters": ["job"]}
    assert rows.data == {"list": "funnel reached", "format": "csv", "count": 1, "filters": ["job"]}


def test_analyst_reads_numbers_and_takes_rows_without_names(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.analyst)
    page = client.get("/admin/reports/funnel/").content.decode()
    rows = client.get("/admin/reports/funnel/applied/reached/").content.decode()
    filed = lines(client, "/admin/reports/funnel/applied/reached.csv")

    # Everybody of this job and of the other one.
    assert ">6</a>" in page
    assert "These people are not shown to you" in rows
    assert "/admin/reports/funnel/applied/reached.csv" in rows
    assert len(filed) == 6
    assert set(filed[0]) & {"Name", "Email address", "Phone", "Tags", "Application"} == set()
    assert "Nora Known" not in page + rows + str(filed)


def test_files_are_for_those_who_may_take_them(busy: House, sign_in: SignIn) -> None:
    rules = {
        (JobRole.HIRING_MANAGER.value, Capability.EXPORT): False,
        (Role.ANALYST.value, Capability.EXPORT_NUMBERS): False,
    }
    place = "/admin/reports/funnel/applied/reached"
    manager, analyst = sign_in(busy.manager), sign_in(busy.analyst)
    before = [client.get("/admin/reports/funnel.csv").status_code for client in (manager, analyst)]

    set_role_rules(allowed=rules, by=SYSTEM, now=timezone.now())

    assert before == [200, 200]
    for client in (manager, analyst):
        page = client.get("/admin/reports/funnel/").content.decode()
        assert 'id="report-numbers"' in page
        assert "CSV file" not in page
        assert client.get("/admin/reports/funnel.csv").status_code == 404
    assert "CSV file" not in analyst.get(f"{place}/").content.decode()
    assert analyst.get(f"{place}.csv").status_code == 404
    assert lines(manager, f"{place}.csv") == []


def test_choice_that_makes_no_sense_is_said_at_its_field(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.manager)

    for query, words in (
        ("job=secret", "Select a valid choice"),
        ("since=2026-05-02&until=2026-05-01", "The last day lies before the first."),
        ("since=0001-01-01", "greater than or equal to"),
        ("cohort=hired", "Select a valid choice"),
        ("recruiter=nobody", "Select a valid choice"),
    ):
        page = client.get(f"/admin/reports/funnel/?{query}").content.decode()
        assert words in page
        assert 'id="report-numbers"' not in page
        for other in ("funnel.csv", "funnel/applied/reached/", "funnel/applied/reached.csv"):
            answer = client.get(f"/admin/reports/{other}?{query}")
            assert (answer.status_code, answer["Location"]) == (302, f"/admin/reports/funnel/?{query}")


def test_days_of_ones_own_take_the_place_of_the_period(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.manager)
    # Some days away from everybody's, so that no midnight matters.
    before, after = (timezone.now().date() + timedelta(days=days) for days in (-9, 3))

    found = [
        client.get(f"/admin/reports/funnel/?period=30&{query}").context["report"].n
        for query in (f"since={before}", f"since={after}", f"until={after}", f"until={before}")
    ]

    assert found == [5, 0, 5, 0]


@pytest.mark.django_db
def test_days_are_those_of_the_organisation() -> None:
    kind = REPORTS["funnel"]
    form = ReportForm({"since": "2026-03-28", "until": "2026-03-29"}, kind=kind, actor=SYSTEM)

    assert form.is_valid()
    period = form.asked(now=NOW, zone=ZoneInfo("Europe/Berlin")).period

    # The second of these days has 23 hours.
    assert period.start == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert period.end == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_reports_and_places_that_are_not_there_are_not_found(busy: House, sign_in: SignIn) -> None:
    client = sign_in(busy.manager)

    for address in (
        "nothing/",
        "nothing.csv",
        "nothing/applied/reached/",
        "funnel/applied/nothing/",
        "funnel/applied/share/",
        "funnel/9999999/reached/",
    ):
        assert (address, client.get(f"/admin/reports/{address}").status_code) == (address, 404)
    assert program(busy.manager).get("reports/nothing/").status_code == 404


def test_program_is_told_which_cohorts_a_report_knows(busy: House) -> None:
    robot = program(busy.manager)

    refused = robot.get("reports/funnel/", cohort="hired")
    of_now = robot.get("reports/ageing/", start="2026-01-01T00:00:00Z")

    assert (refused.status_code, refused.json()) == (400, {"cohort": ["This report knows: applied, left."]})
    assert (of_now.status_code, list(of_now.json())) == (400, ["start"])


def test_report_query_count(house: House, sign_in: SignIn, django_assert_num_queries: Any) -> None:
    client = sign_in(house.manager)
    client.get("/admin/reports/")

    def read() -> None:
        # Session, user, roles; the jobs to choose from; the organisation; groups, stages; signs; recruiters and links
        # to choose from; whether the numbers may be taken along.
        with django_assert_num_queries(11):
            client.get("/admin/reports/funnel/?job=backend")
        # The same without what there is to choose from; whether they are named, how many, the rows, their tests.
        with django_assert_num_queries(10):
            client.get("/admin/reports/funnel/hired/reached/?job=backend")

    def hire() -> None:
        set_status(move(make_application(house.job), "Interview"), ApplicationStatus.HIRED)

    hire()
    read()
    hire()
    hire()
    read()
