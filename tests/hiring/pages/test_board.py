"""The board of a job: what it shows, what it is narrowed down by, and moving a card."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidates.operations import set_tags
from hiring.enums import ApplicationStatus, Source
from hiring.models import Application, ApplicationTransition
from tests.factories.hiring import SYSTEM, make_application, move, set_status, stages
from tests.hiring.pages.house import House, SignIn, with_result
from tests.hiring.queries.test_pages import fill

BOARD = "/admin/jobs/backend/board/"
HTMX = {"HX-Request": "true"}
UNDO = re.compile(r'action="([^"]+)" data-undo.*?name="number" value="(\d+)"')


def shown(page: str) -> list[str]:
    return re.findall(r'<h3 class="board-card-name"><a [^>]*>([^<]*)</a>', page)


def move_card(
    client: Client, application: Application, stage: str, *, version: int | None = None, **options: object
) -> tuple[int, str]:
    response = client.post(
        f"{BOARD}move/{application.public_id}/",
        {
            "stage": stages(application.job)[stage].pk,
            "version": application.version if version is None else version,
        },
        **options,
    )
    return response.status_code, response.content.decode()


def test_board_shows_days_score_with_error_next_step_and_tags(house: House, sign_in: SignIn) -> None:
    late = make_application(house.job, full_name="Lara Late", now=timezone.now() - timedelta(days=9))
    with_result(house, right=1, name="Bea Below")
    set_tags(candidate=late.candidate, names=["Remote"], by=SYSTEM, now=timezone.now())
    Application.objects.filter(pk=late.pk).update(is_flagged=True)

    page = sign_in(house.recruiter).get(BOARD).content.decode()

    assert set(shown(page)) == {"Nora Known", "Lara Late", "Bea Below"}
    assert "9 days, over target" in page
    assert "10 % <small" in page
    assert "Decide about the result" in page
    assert "Remote" in page
    assert "Look twice" in page


def test_board_is_narrowed_down_as_the_table_is(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    now = timezone.now()
    with_result(house, right=1, name="Bea Below")
    flagged = make_application(house.job, full_name="Fay Flagged", source=Source.REFERRAL, now=now)
    Application.objects.filter(pk=flagged.pk).update(is_flagged=True)
    make_application(house.job, full_name="Lara Late", now=now - timedelta(days=9))
    set_status(make_application(house.job, full_name="Hal Held", now=now), ApplicationStatus.ON_HOLD)
    set_tags(candidate=flagged.candidate, names=["Remote", "R&D"], by=SYSTEM, now=now)
    wanted = {
        "": {"Nora Known", "Bea Below", "Fay Flagged", "Lara Late", "Hal Held"},
        "?q=fay": {"Fay Flagged"},
        "?q=nora@example": {"Nora Known"},
        "?result=below": {"Bea Below"},
        "?status=on_hold": {"Hal Held"},
        "?source=referral": {"Fay Flagged"},
        "?tag=R%26D": {"Fay Flagged"},
        "?flagged=on": {"Fay Flagged"},
        "?late=on&result=none": {"Lara Late"},
        "?result=none&source=added": {"Nora Known", "Lara Late", "Hal Held"},
        "?q=zzz": set(),
        "?tag=nothing&source=nothing&late=": {
            "Nora Known",
            "Bea Below",
            "Fay Flagged",
            "Lara Late",
            "Hal Held",
        },
    }

    on_board = {query: set(shown(client.get(BOARD + query).content.decode())) for query in wanted}
    in_table = {query: _in_table(client, query, wanted[""]) for query in wanted}

    assert on_board == in_table == wanted


def _in_table(client: Client, query: str, names: set[str]) -> set[str]:
    page = client.get(f"/admin/jobs/backend/{query}").content.decode()
    return {name for name in names if f">{name}</a>" in page}


def test_board_leaves_out_whoever_is_out_whatever_the_address_says(house: House, sign_in: SignIn) -> None:
    set_status(make_application(house.job, full_name="Rita Rejected"), ApplicationStatus.REJECTED)

    page = sign_in(house.recruiter).get(f"{BOARD}?status=rejected").content.decode()

    assert shown(page) == ["Nora Known"]


def test_board_of_a_manager_has_cards_and_no_menus(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get(BOARD).content.decode()

    assert shown(page) == ["Nora Known"]
    assert "Move to…" not in page


def test_more_cards_come_by_themselves_with_the_filter(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    for number in range(23):
        make_application(house.job, full_name=f"Many {number}")

    page = client.get(f"{BOARD}?q=many").content.decode()
    (address,) = re.findall(r'hx-get="(/admin/jobs/[^"]+)"', page)
    part = client.get(address.replace("&amp;", "&"), headers=HTMX).content.decode()

    assert len(shown(page)) == 20
    assert len(set(shown(page)) | set(shown(part))) == 23
    assert "hx-get" not in part
    assert "<html" not in part


@pytest.mark.parametrize("after", ["x", "20260101000000000000-nobody", "%27--", "9" * 40])
def test_more_cards_after_something_made_up_are_not_found(house: House, sign_in: SignIn, after: str) -> None:
    address = f"{BOARD}{house.application.stage_id}/?after={after}"

    assert sign_in(house.recruiter).get(address).status_code == 404


def test_cards_of_another_job_s_stage_are_not_found(house: House, sign_in: SignIn) -> None:
    address = f"{BOARD}{house.other_application.stage_id}/"

    assert sign_in(house.recruiter).get(address).status_code == 404


# --- Moving ---


def test_card_moved_without_scripts_leads_back_to_the_same_board(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    version = house.application.version

    response = client.post(
        f"{BOARD}move/{house.application.public_id}/?q=nora&late=",
        {"stage": stages(house.job)["Interview"].pk, "version": version},
        follow=True,
    )

    house.application.refresh_from_db()
    assert house.application.stage.name == "Interview"
    assert response.redirect_chain == [(f"{BOARD}?q=nora&moved={house.application.public_id}", 302)]
    page = response.content.decode()
    assert "Nora Known is at “Interview” now." in page
    address, number = UNDO.search(page).groups()
    back = client.post(address, {"number": number}, follow=True)
    assert "Nora Known is at “Applied” now." in back.content.decode()
    assert not UNDO.search(back.content.decode())
    assert stage_of(house.application) == "Applied"


def test_card_that_is_put_back_is_said_to_stand_behind_whoever_stands_there_as_long(
    house: House, sign_in: SignIn, freeze: Any
) -> None:
    client, now = sign_in(house.recruiter), timezone.now()
    freeze(now)
    # Imported together: of those who came at one moment the first one stands first.
    first, second, third = (
        make_application(house.job, full_name=name, now=now - timedelta(days=2)) for name in ("A", "B", "C")
    )
    earlier = make_application(house.job, full_name="Rita Rejected", now=now - timedelta(days=2))
    set_status(earlier, ApplicationStatus.REJECTED)

    def put_back(application: Application, query: str = "") -> str:
        application.refresh_from_db()
        _status, part = move_card(client, application, "Interview", headers=HTMX)
        address, number = UNDO.search(part).groups()
        back = client.post(f"{address}{query}", {"number": number}, headers=HTMX)
        return re.search(r'data-ahead="([^"]*)"', back.content.decode())[1]

    behind = [put_back(each) for each in (first, second, third, house.application)]
    # Whom the filter leaves away is not on this board.
    alone = put_back(third, "?q=nora")

    codes = [f"{each.public_id}" for each in (first, second, third)]
    assert (behind, alone) == (["", *codes], "")


def test_card_is_put_back_on_an_open_board_for_ten_seconds_by_who_moved_it(
    house: House, sign_in: SignIn, freeze: Any
) -> None:
    client, clock = sign_in(house.recruiter), freeze(timezone.now())
    _status, part = move_card(client, house.application, "Interview", headers=HTMX)
    address, number = UNDO.search(part).groups()
    other = sign_in(house.administrator).post(address, {"number": number}, headers=HTMX)

    back = client.post(address, {"number": number}, headers=HTMX)
    twice = client.post(address, {"number": number}, headers=HTMX)

    assert (other.status_code, back.status_code, twice.status_code) == (409, 200, 409)
    assert "That cannot be undone." in other.content.decode()
    assert f'data-stage="{stages(house.job)["Applied"].pk}"' in back.content.decode()
    # In the first place of its column; one that was moved stands where whoever moved it looks for it.
    assert 'data-ahead=""' in back.content.decode()
    assert "data-ahead" not in part + other.content.decode()
    assert not UNDO.search(back.content.decode())
    house.application.refresh_from_db()
    _status, part = move_card(client, house.application, "Interview", headers=HTMX)
    clock.shift(13)
    late = client.post(UNDO.search(part)[1], {"number": UNDO.search(part)[2]}, headers=HTMX)
    assert (late.status_code, stage_of(house.application)) == (409, "Interview")
    assert "That can be undone for ten seconds only." in late.content.decode()
    assert client.post(address, {"number": "x"}).status_code == 404


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage.name


def test_card_moved_on_an_open_board_comes_back_with_the_numbers(house: House, sign_in: SignIn) -> None:
    make_application(house.job)

    status, part = move_card(sign_in(house.recruiter), house.application, "Interview", headers=HTMX)

    counts = re.findall(r'id="title-(\d+)">[^<]*<span class="board-count">(\d+)<', part)
    placed = stages(house.job)
    assert status == 200
    assert {int(pk): int(count) for pk, count in counts} == {
        placed["Applied"].pk: 1,
        placed["Interview"].pk: 1,
    }
    assert f'data-stage="{placed["Interview"].pk}"' in part
    assert f'name="version" value="{house.application.version + 1}"' in part


def test_case_80_parallel_move_of_one_card_one_wins_and_the_other_is_told(
    house: House, sign_in: SignIn
) -> None:
    first, second = sign_in(house.recruiter), sign_in(house.administrator)

    won, _part = move_card(first, house.application, "Test", headers=HTMX)
    lost, part = move_card(second, house.application, "Interview", headers=HTMX)

    house.application.refresh_from_db()
    assert (won, lost) == (200, 409)
    assert house.application.stage.name == "Test"
    assert "Nora Known was moved to “Test” by Rosa Recruiter" in part
    assert "Nothing was changed" in part
    # The card as it is now, so that the next move is no blind one.
    assert f'data-stage="{house.application.stage_id}"' in part
    assert f'name="version" value="{house.application.version}"' in part
    assert ApplicationTransition.objects.filter(application=house.application).count() == 2


def test_card_of_somebody_rejected_meanwhile_is_gone_and_said_why(house: House, sign_in: SignIn) -> None:
    version = house.application.version
    set_status(house.application, ApplicationStatus.REJECTED)

    status, part = move_card(
        sign_in(house.recruiter), house.application, "Interview", version=version, headers=HTMX
    )

    assert status == 409
    assert "was set to “Rejected”" in part
    assert shown(part) == []


def test_case_69_mass_assign_card_is_moved_to_no_other_job_s_stage(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    for stage in (house.other_application.stage_id, "", "x", "9" * 30, "-1"):
        response = client.post(
            f"{BOARD}move/{house.application.public_id}/",
            {
                "stage": stage,
                "version": house.application.version,
                "status": "hired",
                "job": house.other_job.pk,
            },
            headers=HTMX,
        )
        assert response.status_code == 409
        assert "Choose a stage of this job that is in use." in response.content.decode()

    house.application.refresh_from_db()
    assert (house.application.stage.name, house.application.status) == ("Applied", "active")
    assert house.application.job == house.job


def test_case_82_forged_card_of_another_job_is_not_found(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    answers = [
        client.post(
            f"/admin/jobs/{slug}/board/move/{house.other_application.public_id}/",
            {"stage": stages(house.job)["Interview"].pk, "version": 1},
            headers=HTMX,
        ).status_code
        for slug in ("backend", "secret")
    ]

    house.other_application.refresh_from_db()
    assert answers == [404, 404]
    assert house.other_application.stage.name == "Applied"


def test_card_on_hold_can_be_moved_and_stays_on_hold(house: House, sign_in: SignIn) -> None:
    held = set_status(house.application, ApplicationStatus.ON_HOLD)

    status, _part = move_card(sign_in(house.recruiter), held, "Interview", headers=HTMX)

    held.refresh_from_db()
    assert (status, held.stage.name, held.status) == (200, "Interview", "on_hold")


# --- Statements ---

# Session, user and roles; job, may manage; the board's four; tests, invitations and mail; tags, actions, interviews,
# approvals; tags to filter by, kept filters; organisation, signs.
QUERIES_OF_BOARD = 20


def test_board_or_table_is_remembered_where_links_lead_to_the_people(house: House, sign_in: SignIn) -> None:
    change = reverse("admin:hiring_job_change", args=[house.job.pk])
    clients = [sign_in(user) for user in (house.recruiter, house.interviewer)]

    before = clients[0].get(change)["Location"]
    chosen = [
        client.post("/admin/columns/people/", {"columns": "board", "next": f"{BOARD}?late=on"})
        for client in clients
    ]
    after = [client.get(change)["Location"] for client in clients]
    start = clients[0].get("/admin/").content.decode()
    clients[0].post("/admin/columns/people/", {"columns": "table", "next": before})

    assert before == "/admin/jobs/backend/"
    assert {answer["Location"] for answer in chosen} == {f"{BOARD}?late=on"}
    # Who only interviews has no board to be led to.
    assert after == [BOARD, before]
    assert f'<a class="inline-link" href="{BOARD}">' in start
    assert clients[0].get(change)["Location"] == before


def test_columns_of_the_table_are_those_that_somebody_chose(house: House, sign_in: SignIn) -> None:
    set_tags(
        candidate=house.application.candidate, names=["Remote", "Night shift"], by=SYSTEM, now=timezone.now()
    )
    client, job = sign_in(house.recruiter), "/admin/jobs/backend/"

    usual = client.get(job).content.decode()
    client.post(
        "/admin/columns/people-table/", {"columns": ["stage", "next", "tags", "nonsense"], "next": job}
    )
    chosen = client.get(job).content.decode()
    client.post("/admin/columns/people-table/", {"usual": "1", "next": job})

    heads = re.compile(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([A-Z][a-z ]*)')
    assert heads.findall(usual) == ["Name", "Stage", "Here for", "Test", "Applied"]
    assert heads.findall(chosen) == ["Name", "Stage", "What comes next", "Tags"]
    next_step = (
        '<td data-label="What comes next">Decide<br><small class="quiet">Waiting for a recruiter</small></td>'
    )
    assert next_step in chosen
    assert '<td data-label="Tags">Night shift, Remote</td>' in chosen
    assert heads.findall(client.get(job).content.decode()) == heads.findall(usual)


def test_table_with_tags_and_what_comes_next_costs_the_same_for_many(
    house: House, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client, job = sign_in(house.recruiter), "/admin/jobs/backend/"
    client.post("/admin/columns/people-table/", {"columns": ["next", "tags"], "next": job})
    with CaptureQueriesContext(connection) as one:
        client.get(job)
    for _more in range(2):
        make_application(house.job)

    with django_assert_num_queries(len(one)):
        client.get(job)


@pytest.mark.parametrize("page", [BOARD, "/admin/jobs/backend/"])
def test_filters_say_how_many_are_set_where_they_are_folded(house: House, sign_in: SignIn, page: str) -> None:
    client = sign_in(house.recruiter)

    none = client.get(page).content.decode()
    three = client.get(f"{page}?late=on&source=agency&q=nora").content.decode()

    fold = re.compile(
        r'<details class="filter-fold"><summary class="btn">Filters(?: <span class="quiet">(\d) set)?'
    )
    assert fold.findall(none) == [""]
    assert fold.findall(three) == ["3"]


def test_board_query_count(house: House, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.recruiter)
    with_result(house, right=10)

    with django_assert_num_queries(QUERIES_OF_BOARD):
        client.get(BOARD)
    with_result(house, right=1)
    make_application(house.job)
    with django_assert_num_queries(QUERIES_OF_BOARD):
        client.get(BOARD)


def test_board_of_a_thousand_takes_no_more_statements(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    client = sign_in(house.recruiter)
    move(house.application, "Interview")
    fill(house.job, house.assessment, 1000)

    with django_assert_num_queries(QUERIES_OF_BOARD):
        page = client.get(BOARD).content.decode()
    address = re.findall(r'hx-get="(/admin/jobs/[^"]+)"', page)[0].replace("&amp;", "&")
    # Session, user and roles; job, may manage; the stage, stages, where it goes on, the cards; tests, invitations and
    # mail; tags, actions, interviews, approvals.
    with django_assert_num_queries(16):
        client.get(address, headers=HTMX)

    assert len(shown(page)) == 60
