"""What waits, mail, history and invitations as files: what the list shows, for whoever may take it along."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.operations import set_role_rules
from candidates.operations import erase_person
from hiring.enums import Capability, JobRole
from hiring.models import Application, Stage
from hiring.operations import ask_for_interview, set_interviewers
from hiring.rules import job_scope
from outbox.enums import MessageState
from outbox.models import Event, InboundMessage, Message
from rendering import downloads
from tests.factories.hiring import SYSTEM, ask, invite, make_application, make_member, move
from tests.factories.outbox import make_reply
from tests.hiring.pages.house import House, SignIn, file_lines, make_house
from tests.servers import worlds

FORMULA = '=SUM("Eve")'
MAIL, HISTORY, INVITATIONS = "/admin/mail.csv", "/admin/history.csv", "/admin/invitations.csv"
EXPIRED, APPROVALS = "/admin/needs-you.csv", "/admin/approvals.csv"
ANSWERS, INTERVIEWS, JOB_HISTORY = (
    "/admin/answers.csv",
    "/admin/interviews.csv",
    "/admin/jobs/backend/history.csv",
)
LISTED = {
    MAIL: "mail",
    HISTORY: "history",
    INVITATIONS: "invitations",
    EXPIRED: "waiting expired",
    APPROVALS: "waiting approvals",
    ANSWERS: "answers",
    INTERVIEWS: "interviews",
    JOB_HISTORY: "history of a job",
}
PAGES = {
    MAIL: "/admin/mail/",
    HISTORY: "/admin/history/",
    INVITATIONS: "/admin/assessments/invitation/",
    EXPIRED: "/admin/needs-you/",
    APPROVALS: "/admin/approvals/",
    ANSWERS: "/admin/answers/",
    INTERVIEWS: "/admin/interviews/",
    JOB_HISTORY: "/admin/jobs/backend/history/",
}


def somebody(house: House, name: str) -> Application:
    """An applicant who is in every list: invited long ago, answered, up for approval, and to be interviewed by the
    recruiter of the job.
    """
    ago = timezone.now() - timedelta(days=20)
    job = house.job
    application = move(make_application(job, full_name=name, now=ago), "Test", now=ago)
    invitation = invite(application, house.assessment, now=ago)
    mail = Message.objects.get(about="assessments.invitation", about_id=invitation.pk)
    make_reply(mail, subject="On Monday", body="I come.", from_name=name, received_at=timezone.now())
    Stage.objects.filter(job=job, name="Interview").update(needs_approval=True)
    ask(application, by=house.administrator, now=ago)
    interview = ask_for_interview(application=application, title="Team fit", by=SYSTEM, now=ago)
    set_interviewers(interview=interview, users=[house.recruiter], by=SYSTEM, now=ago)
    return application


def make_lists() -> tuple[House, Application]:
    """Make a house with two people in every list, and return it with the second of them."""
    house = make_house()
    make_member(house.job, JobRole.HIRING_MANAGER, user=house.recruiter)
    somebody(house, "Adam Other")
    return house, somebody(house, FORMULA)


@pytest.fixture(scope="module")
def _lists_of_the_file(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[], Any]]:
    with worlds.shared(make_lists, django_db_blocker) as its_own:
        yield its_own


@pytest.fixture
def lists(_lists_of_the_file: Callable[[], Any], db: None) -> tuple[House, Application]:
    its_own: tuple[House, Application] = _lists_of_the_file()
    return its_own


@pytest.fixture
def house(lists: tuple[House, Application]) -> House:
    return lists[0]


@pytest.fixture
def eve(lists: tuple[House, Application]) -> Application:
    return lists[1]


def reader(house: House, address: str) -> User:
    return house.administrator if address == HISTORY else house.recruiter


def named(rows: list[dict[str, str]]) -> set[str]:
    """Who is in a file; the history says of an application whose it is, and for which job."""
    return {
        value.split(",")[0] for row in rows for key, value in row.items() if key in ("Name", "To", "About")
    }


@pytest.mark.parametrize("address", LISTED)
def test_case_14_csv_export_list_is_taken_along_in_both_formats_without_formulas(
    house: House, sign_in: SignIn, address: str
) -> None:
    client = sign_in(reader(house, address))
    page = client.get(PAGES[address]).content.decode()

    rows = file_lines(client, address)
    sheet = load_workbook(io.BytesIO(client.get(address.replace(".csv", ".xlsx")).content)).active

    hurt = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).lstrip("'").startswith("=")]
    assert f'href="{address}"' in page
    assert f'href="{address.replace(".csv", ".xlsx")}"' in page
    assert {"Adam Other", f"'{FORMULA}"} <= named(rows)
    assert FORMULA not in named(rows)
    assert {(cell.value[: len(FORMULA) + 1], cell.data_type) for cell in hurt} == {(f"'{FORMULA}", "s")}
    assert len(rows[0]) == sheet.max_column


@pytest.mark.parametrize("address", LISTED)
def test_file_is_written_down_without_anybody_in_it(house: House, sign_in: SignIn, address: str) -> None:
    user = reader(house, address)
    # What is looked for may be a name.
    rows = file_lines(sign_in(user), f"{address}?q=adam" if address in (MAIL, INVITATIONS) else address)

    event = Event.objects.get(kind="export.made")
    assert (event.actor_user, event.data["list"], event.data["format"]) == (user, LISTED[address], "csv")
    assert (event.data["count"], event.data["count"] > 0) == (len(rows), True)
    assert "adam" not in str(event.data).lower()
    assert ("q" in event.data["filters"]) == (address in (MAIL, INVITATIONS))


@pytest.mark.parametrize("address", LISTED)
def test_xlsx_of_too_many_leads_back_to_its_list_with_words(
    house: House, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(downloads, "MOST_XLSX_ROWS", 1)

    page = sign_in(reader(house, address)).get(address.replace(".csv", ".xlsx"), follow=True)

    assert page.redirect_chain[0][0].split("?")[0] == PAGES[address]
    assert "Take the CSV file." in page.content.decode()
    assert not Event.objects.filter(kind="export.made").exists()


@pytest.mark.parametrize("address", [each for each in LISTED if each not in (HISTORY, JOB_HISTORY)])
def test_nobody_is_taken_along_by_whoever_may_take_nobody(
    house: House, sign_in: SignIn, address: str
) -> None:
    taken = [file_lines(sign_in(house.recruiter), address)]
    roles = (JobRole.RECRUITER.value, JobRole.HIRING_MANAGER.value)

    set_role_rules(
        allowed={(role, Capability.EXPORT): False for role in roles}, by=SYSTEM, now=timezone.now()
    )
    taken += [
        file_lines(sign_in(user), address)
        for user in (house.recruiter, house.manager, house.interviewer, house.analyst, house.other_recruiter)
    ]

    assert [bool(rows) for rows in taken] == [True, False, False, False, False, False]


@pytest.mark.parametrize("address", [MAIL, INVITATIONS, EXPIRED, ANSWERS])
def test_other_jobs_stay_with_those_who_see_them(house: House, sign_in: SignIn, address: str) -> None:
    make_reply(
        Message.objects.filter(about="hiring.application").first() or Message.objects.first(),
        scope=job_scope(house.other_job.pk),
        about="hiring.application",
        about_id=house.other_application.pk,
        from_name="Hidden Person",
    )

    for user in (house.other_recruiter, house.author, house.analyst, house.nobody):
        assert not named(file_lines(sign_in(user), address)) & {"Adam Other", f"'{FORMULA}"}
    assert "Hidden Person" not in named(file_lines(sign_in(house.recruiter), address))


def test_mail_is_taken_as_it_is_filtered(house: House, sign_in: SignIn, eve: Application) -> None:
    client = sign_in(house.recruiter)
    mail = Message.objects.filter(to_name="Adam Other", about="assessments.invitation")
    mail.update(state=MessageState.FAILED, reason="550 no such person")

    page = client.get("/admin/mail/?state=failed&page=1").content.decode()
    failed, found = file_lines(client, f"{MAIL}?state=failed"), file_lines(client, f"{MAIL}?q=sum")
    waiting = client.get("/admin/needs-you/mail/").content.decode()

    assert 'href="/admin/mail.csv?state=failed"' in page
    assert 'href="/admin/mail.csv?state=needs_you"' in waiting
    assert [(row["To"], row["State"], row["Reason"]) for row in failed] == [
        ("Adam Other", "Failed", "550 no such person")
    ]
    assert file_lines(client, f"{MAIL}?state=needs_you") == failed
    assert {row["To"] for row in found} == {f"'{FORMULA}"}
    assert "Text" not in found[0]
    assert [row["Written"] for row in file_lines(client, MAIL)] == sorted(
        (row["Written"] for row in file_lines(client, MAIL)), reverse=True
    )


def test_invitations_are_taken_as_they_are_filtered_and_sorted(
    house: House, sign_in: SignIn, eve: Application
) -> None:
    client = sign_in(house.manager)
    now = timezone.now()
    late = move(make_application(house.job, full_name="Zoe Zealous", now=now), "Test", now=now)
    invitation = invite(late, house.assessment, now=now)
    invitation.extra_seconds, invitation.extra_reason = 1800, "Eyesight"
    invitation.save()

    expired = file_lines(client, f"{INVITATIONS}?state=expired&o=1")
    everybody = file_lines(client, INVITATIONS)
    shown = file_lines(sign_in(house.administrator), f"{INVITATIONS}?q=zoe")[0]

    assert [row["Name"] for row in expired] == [f"'{FORMULA}", "Adam Other"]
    assert {row["State"] for row in expired} == {"Expired"}
    assert (everybody[0]["Name"], everybody[0]["Job"]) == ("Zoe Zealous", "Backend engineer")
    # Often somebody's health: for administrators, and the reason for no file at all.
    assert "Extra time in minutes" not in everybody[0]
    assert shown["Extra time in minutes"] == "30"
    assert "Eyesight" not in str(shown)


def test_history_is_taken_as_it_is_filtered_and_forgets_whoever_is_erased(
    house: House, sign_in: SignIn, eve: Application
) -> None:
    client = sign_in(house.administrator)
    erase_person(candidate=eve.candidate, by=SYSTEM, now=timezone.now())

    moves = file_lines(client, f"{HISTORY}?group=decisions&who=system")
    everything = file_lines(client, HISTORY)
    of_job = file_lines(sign_in(house.recruiter), f"{JOB_HISTORY}?group=decisions")

    assert {"Moved to another stage", "Applied or was added"} <= {row["What"] for row in moves}
    assert "Job made" not in {row["What"] for row in moves}
    assert len(everything) > len(moves)
    assert FORMULA not in str(everything)
    assert "Adam Other" in named(moves)
    assert {"Hidden Person"} & named(of_job) == set()
    assert "Hidden Person" in named(everything)
    taken = Event.objects.filter(kind="export.made").order_by("pk").last()
    assert (taken.about, taken.about_id, taken.data["filters"]) == ("hiring.job", house.job.pk, ["group"])


def test_answers_are_taken_as_they_are_shown(house: House, sign_in: SignIn, eve: Application) -> None:
    client = sign_in(house.recruiter)
    seen_to = InboundMessage.objects.get(from_name="Adam Other")
    seen_to.read_at, seen_to.read_by = timezone.now(), house.manager
    seen_to.save()

    unread, every = file_lines(client, ANSWERS), file_lines(client, f"{ANSWERS}?show=all")

    assert [row["Name"] for row in unread] == [f"'{FORMULA}"]
    assert [(row["Name"], row["Seen to by"]) for row in every] == [
        (f"'{FORMULA}", ""),
        ("Adam Other", str(house.manager)),
    ]
    assert (every[1]["Subject"], every[1]["Beginning of the text"]) == ("On Monday", "I come.")
    assert every[1]["From another address than was written to"] == "false"


def test_interviewers_are_offered_no_file_of_whom_they_interview(house: House, sign_in: SignIn) -> None:
    interview = ask_for_interview(application=house.application, title="Team", by=SYSTEM, now=timezone.now())
    set_interviewers(
        interview=interview, users=[house.interviewer, house.recruiter], by=SYSTEM, now=timezone.now()
    )

    theirs, mine = (
        sign_in(user).get("/admin/interviews/").content.decode()
        for user in (house.interviewer, house.recruiter)
    )

    assert "Nora Known" in theirs
    assert "interviews.csv" not in theirs
    assert file_lines(sign_in(house.interviewer), INTERVIEWS) == []
    assert "interviews.csv" in mine
    [row] = [row for row in file_lines(sign_in(house.recruiter), INTERVIEWS) if row["Name"] == "Nora Known"]
    assert (row["Name"], row["Interview"], row["State"]) == ("Nora Known", "Team", "Asked for")


@pytest.mark.parametrize("address", LISTED)
def test_file_costs_the_same_queries_for_two_and_for_four(
    house: House,
    sign_in: SignIn,
    eve: Application,
    django_assert_num_queries: Callable[[int], Any],
    address: str,
) -> None:
    client = sign_in(reader(house, address))

    with CaptureQueriesContext(connection) as asked:
        before = file_lines(client, address)
    somebody(house, "Fred Further")
    somebody(house, "Gina Further")
    with django_assert_num_queries(len(asked)):
        after = file_lines(client, address)

    assert len(after) >= len(before) + 2
