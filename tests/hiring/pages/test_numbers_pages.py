"""Start page, dashboard, results and keys: numbers that open their rows."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, ApiKey
from accounts.queries import find_key
from hiring.enums import ApplicationStatus, JobRole
from hiring.models import Job
from hiring.rules import StageDraft
from outbox.enums import MessageState
from outbox.models import Message
from tests.factories.accounts import make_recruiter, make_user
from tests.factories.hiring import invite, make_application, make_job, move, set_status
from tests.hiring.pages.house import House, SignIn, with_result


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def test_start_page_counts_lead_to_as_many_rows(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1)
    with_result(house, right=2)
    with_result(house, right=5)
    invite(make_application(house.job, now=_ago(20)), house.assessment, now=_ago(20))
    make_application(house.job, now=timezone.now() - timedelta(days=30))
    Message.objects.update(state=MessageState.FAILED)
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(state=MessageState.UNKNOWN)

    page = client.get("/admin/").content.decode()

    counts = {
        address: int(count)
        for address, count in re.findall(
            r'<a href="([^"]+)">\s*<span class="waiting-count[^"]*">(\d+)<', page
        )
    }
    assert counts == {
        "/admin/needs-you/mail/": 4,
        "/admin/waiting/borderline/": 1,
        "/admin/waiting/below/": 2,
        "/admin/needs-you/": 1,
        "/admin/waiting/ageing/": 2,
    }
    for address, count in counts.items():
        rows = client.get(address).content.decode()
        links = set(re.findall(r'<th scope="row">.*?href="([^"]+)"', rows, re.DOTALL)) or set(
            re.findall(r'href="(/admin/mail/[a-z0-9]{16}/)"', rows)
        )
        assert (address, len(links)) == (address, count)


def test_start_page_fresh_installation_says_what_to_do_first(db: None, sign_in: SignIn) -> None:
    page = sign_in(make_recruiter()).get("/admin/").content.decode()

    assert "Nothing waits for you." in page
    assert "Open the first job" in page
    assert "/admin/new-job/" in page


def test_start_page_question_author_and_newcomer(db: None, sign_in: SignIn) -> None:
    author = sign_in(make_user(Role.QUESTION_AUTHOR)).get("/admin/").content.decode()
    newcomer = sign_in(make_user()).get("/admin/").content.decode()

    assert "Go to the question banks" in author
    assert "You are on no job yet" in newcomer
    assert "Open a job" not in newcomer


def test_start_page_interviewer_is_led_to_interviews_and_told_no_noughts(
    house: House, sign_in: SignIn
) -> None:
    page = sign_in(house.interviewer).get("/admin/").content.decode()

    assert "Show the people to interview" in page
    assert "active people" not in page
    assert "You are on no job yet" not in page


def test_start_page_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1)

    # Session, user, roles; jobs, stages, numbers, late targets (2); answers, mail, approvals, results (4), expired,
    # late people; whether people are seen; jobs one manages; who asked for more time, mended keys; organisation, signs.
    with django_assert_num_queries(QUERIES_OF_START):
        client.get("/admin/")
    with_result(house, right=1)
    with_result(house, right=5)
    with django_assert_num_queries(QUERIES_OF_START):
        client.get("/admin/")


QUERIES_OF_START = 22


def test_start_page_shows_the_newest_jobs_and_how_many_more_there_are(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The function of this name stands before the module in its package.
    monkeypatch.setattr(sys.modules["hiring.queries.dashboard"], "JOBS_SHOWN", 2)
    for number in range(3):
        make_job(recruiter=house.recruiter, title=f"Job {number}", now=_ago(10 - number))

    page = sign_in(house.recruiter).get("/admin/").content.decode()

    assert [
        title for title in ("Backend engineer", "Job 0", "Job 1", "Job 2") if f">{title}</a></h3>" in page
    ] == [
        "Job 1",
        "Job 2",
    ]
    assert "2 older jobs of yours are in the list of jobs" in page


def test_dashboard_figures_and_funnel_open_their_rows(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    with_result(house, right=10)
    with_result(house, right=1)
    hired = move(make_application(house.job, now=timezone.now() - timedelta(days=4)), "Interview")
    set_status(hired, ApplicationStatus.HIRED)

    page = client.get("/admin/dashboard/").content.decode()

    figures = re.findall(r'<a class="figure" href="([^"]+)">\s*<span class="figure-value">(\d+)<', page)
    assert [int(value) for _address, value in figures] == [3, 0, 1, 1]
    numbers = re.search(r'id="funnel-numbers".*?</table>', page, re.DOTALL)
    assert numbers is not None
    steps = re.findall(r'<td class="number">\s*<a href="([^"]+)">(\d+)</a>', numbers[0])
    assert [int(reached) for _address, reached in steps] == [4, 3, 2, 1]
    for address, reached in [*figures, *steps]:
        rows = client.get(address.replace("&amp;", "&")).content.decode()
        assert (address, len(re.findall(r'<th scope="row">', rows))) == (address, int(reached))


def test_dashboard_charts_say_what_the_tables_say(house: House, sign_in: SignIn) -> None:
    with_result(house, right=10)

    page = sign_in(house.manager).get("/admin/dashboard/").content.decode()

    chart = json.loads(re.search(r'<script id="stages-data"[^>]*>(.*?)</script>', page)[1])
    assert chart["labels"] == ["Backend engineer"]
    assert [(series["name"], series["values"]) for series in chart["series"]] == [
        ("Applied", [1]),
        ("Test", [0]),
        ("Interview", [1]),
    ]


def test_dashboard_names_the_stages_of_several_jobs_by_what_happens_there(
    house: House, sign_in: SignIn
) -> None:
    drafts = [StageDraft("Applied", "applied"), StageDraft("Talk", "interview"), StageDraft("Offer", "offer")]
    make_job(title="Announcer", stages=drafts, members=[(house.manager, JobRole.HIRING_MANAGER)])

    page = sign_in(house.manager).get("/admin/dashboard/").content.decode()

    chart = json.loads(re.search(r'<script id="stages-data"[^>]*>(.*?)</script>', page)[1])
    names = [series["name"] for series in chart["series"]]
    assert sorted(names) == ["Applied", "Interview", "Offer", "Talk", "Test"]
    assert (names[:2], names[-1]) == (["Applied", "Test"], "Offer")


def test_dashboard_of_somebody_on_no_job_says_so(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.nobody).get("/admin/dashboard/").content.decode()

    assert "No job to show yet" in page
    assert "Nora Known" not in page


def test_dashboard_job_of_somebody_else_is_refused_at_its_field(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get("/admin/dashboard/?job=secret").content.decode()

    assert "Select a valid choice" in page
    assert "Secret project" not in page


def test_dashboard_analyst_sees_numbers_and_no_people(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.analyst)

    page = client.get("/admin/dashboard/").content.decode()
    rows = client.get("/admin/dashboard/reached/applied/").content.decode()

    assert "Secret project" in page
    assert "Nora Known" not in page + rows
    assert "These people are not shown to you" in rows


def test_dashboard_query_count_10_and_100_applications(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    client = sign_in(house.manager)
    for _ in range(8):
        make_application(house.job)
    with_result(house, right=10)

    # Session, user, roles; jobs, stages, numbers, late targets (1); funnel; longest waiting; latest results (2);
    # that no result waits; whether people are seen; organisation, signs, jobs of the filter.
    with django_assert_num_queries(QUERIES_OF_DASHBOARD):
        client.get("/admin/dashboard/")
    for _ in range(90):
        make_application(house.job)
    with django_assert_num_queries(QUERIES_OF_DASHBOARD):
        client.get("/admin/dashboard/")


QUERIES_OF_DASHBOARD = 16


def test_results_rank_is_shared_by_the_same_whole_percent(house: House, sign_in: SignIn) -> None:
    for right, name in ((9, "Nine A"), (9, "Nine B"), (7, "Seven"), (1, "One")):
        with_result(house, right=right, name=name)

    page = sign_in(house.manager).get("/admin/jobs/backend/results/").content.decode()

    ranks = re.findall(
        r'<td class="number">(\d+)</td>\s*<th scope="row"[^>]*><span class="person-cell"><a href="[^"]*">([^<]*)',
        page,
    )
    assert sorted(ranks) == [("1", "Nine A"), ("1", "Nine B"), ("3", "Seven"), ("4", "One")]


def test_results_below_the_line_lead_to_a_rejection_by_a_person(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    below = with_result(house, right=1, name="Bea Below")
    with_result(house, right=10, name="Pia Passed")

    page = client.get("/admin/jobs/backend/results/?band=below").content.decode()
    preview = client.post("/admin/jobs/backend/reject/", {"ids": [below.public_id]}).content.decode()

    assert "Bea Below" in page
    assert "Pia Passed" not in page
    assert "Reject 1 person" in preview
    assert "Hello Bea Below" in preview


def test_results_file_has_neutralised_cells(house: House, sign_in: SignIn) -> None:
    with_result(house, right=10, name="=HYPERLINK(1)")

    response = sign_in(house.manager).get("/admin/jobs/backend/results.csv")

    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="backend-results.csv"'
    assert [(row["Rank"], row["Name"], row["Result"], float(row["Percent"])) for row in rows] == [
        ("1", "'=HYPERLINK(1)", "Passed", 100.0)
    ]


def test_results_page_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=1)

    # Session, user, roles; job, may manage; versions and skills of the filter, pauses, lines; people, scores, names
    # of skills; hints (3); stages; permissions (2), organisation, signs.
    with django_assert_num_queries(QUERIES_OF_RESULTS):
        client.get("/admin/jobs/backend/results/")
    with_result(house, right=10)
    with_result(house, right=5)
    with django_assert_num_queries(QUERIES_OF_RESULTS):
        client.get("/admin/jobs/backend/results/")


QUERIES_OF_RESULTS = 20


def test_new_api_key_is_shown_once_and_limited(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    day = (timezone.now() + timedelta(days=30)).date().isoformat()

    page = client.post(
        "/admin/api-keys/new/", {"name": "Report", "scopes": ["read"], "expires": day, "jobs": [house.job.pk]}
    )

    token = re.search(r"sl_[a-z0-9]{16}_[\w-]+", page.content.decode())
    assert token is not None
    assert "no-store" in page["Cache-Control"]
    key = find_key(token[0], now=timezone.now())
    assert key is not None
    assert key.owner == house.recruiter
    seen = Job.objects.all().visible_to(Actor.of_key(key))
    assert [job.slug for job in seen] == ["backend"]
    assert token[0] not in client.get("/admin/accounts/apikey/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("scopes", []), ("expires", "2020-01-01"), ("expires", "soon")]
)
def test_new_api_key_mistakes_keep_what_was_typed(
    house: House, sign_in: SignIn, field: str, value: object
) -> None:
    data = {"name": "Typed name", "scopes": ["read"], "expires": "2099-01-01", field: value}

    page = sign_in(house.recruiter).post("/admin/api-keys/new/", data).content.decode()

    assert f'href="#id_{field}' in page
    assert field == "name" or "Typed name" in page
    assert not ApiKey.objects.exists()


def test_new_api_key_for_a_job_one_does_not_see_is_refused(house: House, sign_in: SignIn) -> None:
    data = {"name": "Report", "scopes": ["read"], "expires": "2099-01-01", "jobs": [house.other_job.pk]}

    page = sign_in(house.recruiter).post("/admin/api-keys/new/", data).content.decode()

    assert "Select a valid choice" in page
    assert not ApiKey.objects.exists()
