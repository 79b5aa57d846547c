"""Lists of other things than people as files: tests, links, banks, colleagues and their keys, exposure of questions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import User
from accounts.operations import deactivate_user
from assessments.models import Assessment, OpenLink
from assessments.operations import create_open_link
from hiring.enums import Source
from hiring.models import Application, TrackingLink
from hiring.operations import create_job_link, create_tracking_link
from outbox.models import Event
from questions import operations as questions
from questions.models import Question, QuestionBank
from rendering import downloads
from tests.factories.accounts import make_api_key, make_user
from tests.factories.hiring import SYSTEM, make_application
from tests.factories.questions import make_bank, make_question
from tests.hiring.pages.house import House, SignIn, file_lines

FORMULA = '=SUM("Eve")'
TESTS, COLLEAGUES, EXPOSURE = (
    "/admin/tests.csv",
    "/admin/colleagues.csv",
    "/admin/questions/questionbank/flask/exposure.csv",
)
TRACKING, ALL_TRACKING = "/admin/jobs/backend/tracking.csv", "/admin/tracking.csv"
OF_JOB, OF_TEST = "/admin/jobs/backend/open-links.csv", "/admin/tests/skills/open-links.csv"
KEYS, BANKS = "/admin/api-keys.csv", "/admin/banks.csv"
LISTED = {
    TESTS: "tests",
    COLLEAGUES: "colleagues",
    EXPOSURE: "exposure of questions",
    TRACKING: "tracking links of a job",
    ALL_TRACKING: "tracking links to all jobs",
    OF_JOB: "open links",
    OF_TEST: "open links",
    KEYS: "API keys",
    BANKS: "question banks",
}
PAGES = {
    TESTS: "/admin/assessments/assessment/",
    COLLEAGUES: "/admin/accounts/user/",
    EXPOSURE: "/admin/questions/questionbank/flask/exposure/",
    TRACKING: "/admin/jobs/backend/tracking/",
    ALL_TRACKING: "/admin/tracking/",
    OF_JOB: "/admin/jobs/backend/open-links/",
    OF_TEST: "/admin/tests/skills/open-links/",
    KEYS: "/admin/accounts/apikey/",
    BANKS: "/admin/questions/questionbank/",
}
# The lists that know a search.
SEARCHED = (TESTS, COLLEAGUES, KEYS, BANKS)


def one_more(house: House, name: str) -> None:
    """Something more in every list, called `name`."""
    now = timezone.now()
    Assessment.objects.create(name=name, slug=f"more-{Assessment.objects.count()}", created_at=now)
    make_user(Role.RECRUITER, full_name=name)
    for job in (house.job, None):
        create_tracking_link(job=job, name=name, by=SYSTEM, now=now)
    Assessment.objects.filter(pk=house.assessment.pk).update(slug="skills")
    create_job_link(job=house.job, assessment=house.assessment, title=name, by=SYSTEM, now=now)
    make_api_key(house.recruiter, name=name)
    QuestionBank.objects.filter(pk=make_bank().pk).update(name=name)
    bank = QuestionBank.objects.filter(slug="flask").first()
    question = make_question((bank and Question.objects.filter(bank=bank)[0].bank) or make_bank("flask"))
    Question.objects.filter(pk=question.pk).update(name=name)
    questions.record_usage(shown={question.pk: 3}, now=now)


@pytest.fixture
def lists(house: House) -> None:
    one_more(house, "Plain and simple")
    one_more(house, FORMULA)


def named(rows: list[dict[str, str]]) -> set[str]:
    return {row.get("Name") or row["Name or beginning"] for row in rows}


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("address", LISTED)
def test_case_14_csv_export_lists_are_taken_along_in_both_formats_without_formulas(
    house: House, sign_in: SignIn, address: str
) -> None:
    client = sign_in(house.recruiter)
    page = client.get(PAGES[address]).content.decode()

    rows = file_lines(client, address)
    sheet = load_workbook(io.BytesIO(client.get(address.replace(".csv", ".xlsx")).content)).active

    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert f'href="{address}"' in page
    assert f'href="{address.replace(".csv", ".xlsx")}"' in page
    assert {"Plain and simple", f"'{FORMULA}"} <= named(rows)
    assert FORMULA not in named(rows)
    assert {cell.data_type for cell in cells if cell.value == f"'{FORMULA}"} == {"s"}
    assert not [cell for cell in cells if str(cell.value).startswith("=")]
    assert (len(rows[0]), len(rows) + 1) == (sheet.max_column, sheet.max_row)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("address", LISTED)
def test_file_is_written_down_without_what_was_looked_for(
    house: House, sign_in: SignIn, address: str
) -> None:
    searches = address in SEARCHED

    rows = file_lines(sign_in(house.recruiter), f"{address}?q=simple" if searches else address)

    event = Event.objects.get(kind="export.made")
    assert (event.actor_user, event.data["list"], event.data["format"]) == (
        house.recruiter,
        LISTED[address],
        "csv",
    )
    assert (event.data["count"], event.data["filters"]) == (len(rows), ["q"] if searches else [])
    assert named(rows) == {"Plain and simple"} if searches else len(rows) > 1
    assert "simple" not in str(event.data)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("address", LISTED)
def test_xlsx_of_too_many_leads_back_to_its_list_with_words(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(downloads, "MOST_XLSX_ROWS", 1)

    page = sign_in(house.recruiter).get(address.replace(".csv", ".xlsx"), follow=True)

    assert page.redirect_chain[0][0].split("?")[0] == PAGES[address]
    assert "Take the CSV file." in page.content.decode()
    assert not Event.objects.filter(kind="export.made").exists()


# Who opens the list takes it along; everybody else learns nothing of it.
READERS = {
    TESTS: ("recruiter", "manager", "interviewer", "author", "analyst", "nobody"),
    COLLEAGUES: ("recruiter", "other_recruiter"),
    EXPOSURE: ("recruiter", "author"),
    TRACKING: ("recruiter",),
    ALL_TRACKING: ("recruiter", "other_recruiter"),
    OF_JOB: ("recruiter",),
    OF_TEST: ("recruiter", "other_recruiter"),
    KEYS: ("recruiter", "other_recruiter", "analyst"),
    BANKS: ("recruiter", "other_recruiter", "author"),
}


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize("address", LISTED)
def test_file_is_for_whoever_opens_the_list(house: House, sign_in: SignIn, address: str) -> None:
    everybody = ("recruiter", "other_recruiter", "manager", "interviewer", "author", "analyst", "nobody")

    for name in everybody:
        user: User = getattr(house, name)
        page, file = (sign_in(user).get(each).status_code for each in (PAGES[address], address))
        assert (page == 200) == (file == 200), name
        assert file == 200 or name not in READERS[address], name


@pytest.mark.parametrize("address", LISTED)
def test_file_costs_the_same_queries_for_one_and_for_three(
    house: House,
    sign_in: SignIn,
    django_assert_num_queries: Callable[[int], Any],
    address: str,
) -> None:
    client = sign_in(house.recruiter)
    one_more(house, "First")

    with CaptureQueriesContext(connection) as asked:
        before = file_lines(client, address)
    one_more(house, "Second")
    one_more(house, "Third")
    with django_assert_num_queries(len(asked)):
        after = file_lines(client, address)

    assert len(after) == len(before) + 2


def test_tests_are_taken_as_they_are_sorted(house: House, sign_in: SignIn) -> None:
    now = timezone.now()
    Assessment.objects.create(name="Aardvark", slug="aardvark", created_at=now, retired_at=now)

    retired, published = file_lines(sign_in(house.recruiter), f"{TESTS}?o=0")
    backwards = file_lines(sign_in(house.recruiter), f"{TESTS}?o=-0")
    of_interviewer = file_lines(sign_in(house.interviewer), TESTS)

    version = house.assessment.current_version
    assert (retired["Name"], retired["Short name"], retired["Status"]) == ("Aardvark", "aardvark", "Retired")
    assert (retired["Minutes"], retired["Pass mark"], retired["Invitations"]) == ("", "", "0")
    assert (published["Name"], published["Status"]) == (house.assessment.name, "Published")
    assert (int(published["Questions"]), int(published["Minutes"])) == (10, version.minutes)
    assert float(published["Pass mark"]) == float(version.pass_mark)
    assert [row["Name"] for row in backwards] == [house.assessment.name, "Aardvark"]
    # Whoever writes no tests sees those that were published.
    assert of_interviewer == [published]


def test_colleagues_are_taken_as_they_are_filtered(house: House, sign_in: SignIn) -> None:
    gone_one = make_user(Role.RECRUITER, Role.ANALYST, full_name="Left Long Ago")
    deactivate_user(user=gone_one, by=SYSTEM, now=timezone.now())

    client = sign_in(house.administrator)
    gone = file_lines(client, f"{COLLEAGUES}?is_active__exact=0")
    analysts = file_lines(client, f"{COLLEAGUES}?role=analyst&is_active__exact=1")
    refused = client.get(f"{COLLEAGUES}?password__startswith=a")

    assert [(row["Name"], row["Roles"], row["Active"]) for row in gone] == [
        ("Left Long Ago", "Recruiter, Analyst", "false")
    ]
    assert [row["Email address"] for row in analysts] == [house.analyst.email]
    assert set(gone[0]) == {"Name", "Email address", "Roles", "Active", "Added"}
    # Nobody is found by the digest of a password.
    assert refused.status_code == 400


def test_tracking_links_say_how_many_came_as_far_as_the_reader_sees_them(
    house: House, sign_in: SignIn
) -> None:
    now = timezone.now()
    link = create_tracking_link(
        job=None, name="Fair", source=Source.AGENCY, agency="Finders", by=SYSTEM, now=now - timedelta(days=1)
    )
    closed = create_tracking_link(
        job=None,
        name="Friends",
        source=Source.REFERRAL,
        referred_by=house.manager,
        by=SYSTEM,
        now=now - timedelta(days=2),
    )
    create_tracking_link(job=house.job, name="Of the job alone", by=SYSTEM, now=now)
    TrackingLink.objects.filter(pk=closed.pk).update(closed_at=now)
    people = [house.application, house.other_application, make_application(house.job)]
    Application.objects.filter(pk__in=[each.pk for each in people]).update(tracking_link=link)

    fair, friends = file_lines(sign_in(house.recruiter), ALL_TRACKING)
    everybody = file_lines(sign_in(house.administrator), ALL_TRACKING)

    assert (fair["Name"], fair["Source"], fair["Agency"], fair["Applied by it"]) == (
        "Fair",
        "Agency",
        "Finders",
        "2",
    )
    assert fair["Address"].startswith("http")
    assert fair["Address"].endswith(f"/go/{link.public_id}/")
    assert (friends["Colleague"], friends["Applied by it"]) == (str(house.manager), "0")
    assert (fair["Closed"], bool(friends["Closed"])) == ("", True)
    assert everybody[0]["Applied by it"] == "3"


def test_exposure_says_what_comes_next_in_the_order_of_the_table(house: House, sign_in: SignIn) -> None:
    now = timezone.now()
    bank = questions.set_bank_cap(bank=make_bank("flask"), times=10, by=SYSTEM, now=now)
    never, near, leaked = (make_question(bank) for _each in range(3))
    questions.record_usage(shown={near.pk: 9, leaked.pk: 1}, now=now)
    questions.flag_leaked(question=leaked, note="Seen on a forum", by=SYSTEM, now=now)

    rows = file_lines(sign_in(house.author), EXPOSURE)

    assert [(row["Question"], row["Shown"], row["Limit"], row["Next"]) for row in rows] == [
        (near.external_id, "9", "10", "Rests when it is shown next"),
        (leaked.external_id, "1", "10", "Drawn only if nothing else is left"),
        (never.external_id, "0", "10", "Rests after 10 more times"),
    ]
    assert [bool(row["Leaked since"]) for row in rows] == [False, True, False]
    assert [bool(row["Last shown"]) for row in rows] == [True, True, False]
    event = Event.objects.get(kind="export.made")
    assert (event.about, event.about_id) == ("questions.questionbank", bank.pk)


def test_open_links_say_where_they_stand_and_how_many_came(house: House, sign_in: SignIn) -> None:
    one_more(house, "Autumn")
    now = timezone.now()
    link = OpenLink.objects.get()
    OpenLink.objects.filter(pk=link.pk).update(most_people=3, taken=2, opens_at=now + timedelta(days=1))
    create_open_link(assessment=house.assessment, title="Without a job", by=SYSTEM, now=now)

    [of_job] = file_lines(sign_in(house.recruiter), OF_JOB)
    of_test = file_lines(sign_in(house.administrator), OF_TEST)

    assert (of_job["Name"], of_job["Test"], of_job["State"]) == (
        "Autumn",
        house.assessment.name,
        "Not open yet",
    )
    assert (of_job["Most people"], of_job["Came"], of_job["Started"], of_job["Finished"]) == (
        "3",
        "2",
        "0",
        "0",
    )
    assert link.public_id in of_job["Address"]
    assert [row["Name"] for row in of_test] == ["Without a job", "Autumn"]
    events = Event.objects.filter(kind="export.made").order_by("pk").values_list("about", "about_id")
    assert list(events) == [
        ("hiring.job", house.job.pk),
        ("assessments.assessment", house.assessment.pk),
    ]


def test_keys_are_taken_without_what_opens_anything_and_banks_with_their_counts(
    house: House, sign_in: SignIn
) -> None:
    one_more(house, "Of mine")
    key, token = make_api_key(house.other_recruiter, name="Of somebody else", expires_at=timezone.now())

    mine = file_lines(sign_in(house.recruiter), KEYS)
    every = file_lines(sign_in(house.administrator), f"{KEYS}?q=else")
    banks = {row["Name"]: row for row in file_lines(sign_in(house.author), BANKS)}

    assert [row["Name"] for row in mine] == ["Of mine"]
    assert [(row["Name"], row["Owner"], row["State"]) for row in every] == [
        ("Of somebody else", str(house.other_recruiter), "Expired")
    ]
    for secret in (token, key.secret_hash):
        assert str(secret) not in str(mine + every)
    assert (banks["Of mine"]["Questions"], banks["Of mine"]["Ready"]) == ("0", "0")
    flask = QuestionBank.objects.get(slug="flask")
    assert (banks[flask.name]["Questions"], banks[flask.name]["Short name"]) == ("1", "flask")
