"""Approvals on pages: asked for where a move is refused, decided from the start page, the list and the application."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.models import Actor
from hiring.enums import JobRole, Verdict
from hiring.models import Application, Approval, Stage
from hiring.operations import recommend
from hiring.operations.bulk_moves import do_bulk_move
from outbox.models import Work
from tests.factories.hiring import ask, make_application, make_member, move, stages
from tests.hiring.pages.house import House, SignIn

LIST = "/admin/approvals/"
DECIDE = "/admin/approvals/decide/"
UNDO = "/admin/approvals/undo/"


@pytest.fixture
def gated(house: House) -> Stage:
    """The stage "Interview" of the house's job, which takes people with an approval only."""
    Stage.objects.filter(job=house.job, name="Interview").update(needs_approval=True)
    return stages(house.job)["Interview"]


def address(application: Application, more: str = "") -> str:
    return f"/admin/applications/{application.public_id}/{more}"


def asked(house: House, name: str = "Wanda Waiting", **fields: object) -> Approval:
    application = make_application(house.job, full_name=name, now=timezone.now())
    return ask(application, by=house.recruiter, now=timezone.now(), **fields)


def at(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage.name


def test_a_recruiter_asks_where_the_move_is_refused(house: House, gated: Stage, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    application = make_application(house.job, full_name="Wanda Waiting")

    sent = client.post(address(application, "move/"), {"stage": gated.pk, "version": 1}, follow=True)
    page = client.post(
        sent.redirect_chain[-1][0],
        {"stage": gated.pk, "version": 1, "note": "She is the one"},
        follow=True,
    ).content.decode()

    assert "takes people with an approval only" in sent.content.decode()
    assert str(house.manager) in sent.content.decode()
    assert at(application) == "Applied"
    assert Approval.objects.get(application=application).note == "She is the one"
    assert f"Waiting for the approval of {house.manager}" in page
    assert "Approval for “Interview” asked for" in page
    assert "Take the question back" in page
    assert ">Decline<" not in page


def test_what_was_typed_stays_where_asking_is_refused(house: House, gated: Stage, sign_in: SignIn) -> None:
    application = move(make_application(house.job), "Test")

    page = sign_in(house.recruiter).post(
        address(application, "approval/"), {"stage": gated.pk, "version": 1, "note": "Typed with care"}
    )

    assert "Nothing was changed: look again." in page.content.decode()
    assert "Typed with care" in page.content.decode()
    assert not Approval.objects.exists()


def test_the_manager_decides_on_the_page_of_the_application(
    house: House, gated: Stage, sign_in: SignIn
) -> None:
    approval = asked(house, note="She is the one")
    code = approval.application.public_id
    client = sign_in(house.manager)

    page = client.get(address(approval.application)).content.decode()
    without_reason = client.post(DECIDE, {"approval": approval.pk, "do": "decline", "from": code})
    approved = client.post(DECIDE, {"approval": approval.pk, "do": "approve", "from": code}, follow=True)

    assert "Waiting for your approval" in page
    assert "She is the one" in page
    assert "Say why, so that whoever asked knows what to do next." in without_reason.content.decode()
    assert "Approved: Wanda Waiting is at “Interview” now." in approved.content.decode()
    assert at(approval.application) == "Interview"
    # The manager moves nobody, and takes this back all the same.
    assert 'value="2"' in approved.content.decode()
    client.post(address(approval.application, "undo/"), {"number": 2})
    assert at(approval.application) == "Applied"


def test_the_start_page_and_the_list_show_what_waits_to_those_who_decide(
    house: House, gated: Stage, sign_in: SignIn
) -> None:
    approval = asked(house, note="She is the one")
    recommend(
        application=approval.application,
        verdict=Verdict.YES,
        by=Actor.of_user(house.manager),
        now=timezone.now(),
    )

    start = sign_in(house.manager).get("/admin/").content.decode()
    listed = sign_in(house.manager).get(LIST).content.decode()

    assert "Waiting for your approval" in start
    assert f'href="{LIST}"' in start
    for words in ("Wanda Waiting", "Backend engineer", "Interview", "She is the one", "Rosa Recruiter"):
        assert words in listed
    assert "1 for, 0 against" in listed
    for other in (house.recruiter, house.other_recruiter, house.interviewer, house.analyst, house.nobody):
        assert "Wanda Waiting" not in sign_in(other).get(LIST).content.decode()
        assert f'href="{LIST}"' not in sign_in(other).get("/admin/").content.decode()
    assert "Wanda Waiting" in sign_in(house.administrator).get(LIST).content.decode()


def test_several_are_decided_at_once_and_nothing_typed_is_lost(
    house: House, gated: Stage, sign_in: SignIn
) -> None:
    first, second, third = (asked(house, f"Person {number}") for number in range(3))
    client = sign_in(house.manager)

    nobody = client.post(DECIDE, {"do": "decline", "comment": "Not now"}).content.decode()
    no_reason = client.post(DECIDE, {"do": "decline", "approval": [first.pk]}).content.decode()
    one = client.post(DECIDE, {"approve_one": second.pk, "approval": [first.pk]}, follow=True)
    both = client.post(
        DECIDE, {"do": "decline", "approval": [first.pk, third.pk], "comment": "Not now"}, follow=True
    )

    assert "Choose at least one person." in nobody
    assert "Not now" in nobody
    assert f'value="{first.pk}" aria-label="Choose Person 0" checked' in no_reason
    assert "Approved: Person 1 is at “Interview” now." in one.content.decode()
    assert "Declined for 2 people, who stay where they are." in both.content.decode()
    assert [at(row.application) for row in (first, second, third)] == ["Applied", "Interview", "Applied"]


@pytest.mark.parametrize(
    "who", ["recruiter", "other_recruiter", "interviewer", "author", "analyst", "nobody"]
)
def test_nobody_else_decides_or_takes_back(house: House, gated: Stage, sign_in: SignIn, who: str) -> None:
    approval = asked(house)
    client = sign_in(getattr(house, who))

    client.post(DECIDE, {"do": "approve", "approval": [approval.pk]})
    taken_back = client.post(address(approval.application, f"approval/{approval.pk}/withdraw/"))

    approval.refresh_from_db()
    if who == "recruiter":
        assert (approval.state, taken_back.status_code) == ("withdrawn", 302)
    else:
        assert (approval.state, taken_back.status_code) == ("waiting", 404)
    assert at(approval.application) == "Applied"


def test_who_decides_of_another_job_finds_nothing_here(house: House, gated: Stage, sign_in: SignIn) -> None:
    approval = asked(house)
    elsewhere = make_member(house.other_job, JobRole.HIRING_MANAGER)
    page = sign_in(elsewhere).post(DECIDE, {"do": "approve", "approval": [approval.pk]}).content.decode()

    assert "Nobody of those waits for your approval any more." in page
    assert at(approval.application) == "Applied"


def test_on_the_board_the_refusal_leads_to_the_question(house: House, gated: Stage, sign_in: SignIn) -> None:
    application = make_application(house.job)
    client = sign_in(house.recruiter)
    move_card = f"/admin/jobs/backend/board/move/{application.public_id}/"
    data = {"stage": gated.pk, "version": 1}

    part = client.post(move_card, data, headers={"HX-Request": "true"})
    plain = client.post(move_card, data)

    ask_there = f"/admin/applications/{application.public_id}/approval/?stage={gated.pk}"
    assert part.status_code == 409
    assert ask_there in part.content.decode()
    assert "Ask for approval" in part.content.decode()
    assert plain["Location"].startswith(ask_there)
    assert at(application) == "Applied"


def test_who_is_asked_and_who_asked_read_of_it(house: House, gated: Stage, sign_in: SignIn) -> None:
    approval, other = asked(house), asked(house, "Nils Not")
    manager, recruiter = sign_in(house.manager), sign_in(house.recruiter)

    told = manager.get("/admin/notifications/").content.decode()
    manager.post(DECIDE, {"do": "approve", "approval": [approval.pk]})
    manager.post(DECIDE, {"do": "decline", "approval": [other.pk], "comment": "Not now"})
    answered = recruiter.get("/admin/notifications/").content.decode()
    story = recruiter.get(address(other.application)).content.decode()

    assert "Wanda Waiting waits for your approval for “Backend engineer”." in told
    assert "Wanda Waiting is approved for “Backend engineer”." in answered
    assert "Nils Not is not approved for “Backend engineer”. The reason stands there." in answered
    assert "Not now" in story


def test_a_card_says_whose_word_is_waited_for(house: House, gated: Stage, sign_in: SignIn) -> None:
    asked(house)

    page = sign_in(house.recruiter).get("/admin/jobs/backend/board/").content.decode()

    assert "Approval for “Interview”" in page
    assert f"Waiting for the approval of {house.manager}" in page


def test_the_preview_of_many_says_for_how_many_it_is_asked(
    house: House, gated: Stage, sign_in: SignIn
) -> None:
    people = [make_application(house.job) for _ in range(2)]
    ids = {"ids": [row.public_id for row in people]}

    asks = sign_in(house.recruiter).post("/admin/jobs/backend/move/", ids).content.decode()
    moves = sign_in(house.administrator).post("/admin/jobs/backend/move/", ids).content.decode()

    assert "“Interview” takes people with an approval only: for 2 people it is asked for" in asks
    assert "takes people with an approval only" not in moves
    assert ("Note for those who approve" in asks, "Note for those who approve" in moves) == (True, False)


def test_a_note_goes_along_when_many_are_asked_for(house: House, gated: Stage, sign_in: SignIn) -> None:
    people = [make_application(house.job) for _ in range(2)]
    client, address = sign_in(house.recruiter), "/admin/jobs/backend/move/"
    preview = client.post(address, {"ids": [row.public_id for row in people]}).content.decode()
    frozen = {name: re.findall(rf'name="{name}" value="([^"]+)"', preview) for name in ("ids", "token")}
    data = {**frozen, "stage": gated.pk, "confirm": "1"}

    too_long = client.post(address, {**data, "note": "x" * 1001}).content.decode()
    client.post(address, {**data, "note": " The two best of the shortlist "})

    assert "x" * 1001 in too_long
    work = Work.objects.get()
    do_bulk_move(work, Actor.of_user(house.recruiter), lambda *_: None, now=timezone.now())
    asked = Approval.objects.values_list("note", "asked_by", "state")
    assert list(asked) == [("The two best of the shortlist", house.recruiter.pk, "waiting")] * 2


def test_what_was_approved_on_the_list_is_undone_there_for_ten_seconds(
    house: House, gated: Stage, sign_in: SignIn, freeze
) -> None:
    first, second, third = (asked(house, f"Person {number}") for number in range(3))
    client = sign_in(house.manager)
    clock = freeze(timezone.now())
    both = {"approval": [first.pk, second.pk]}

    page = client.post(DECIDE, {"do": "approve", **both}, follow=True).content.decode()
    other = sign_in(house.administrator).get(LIST).content.decode()
    client.post(UNDO, {"approval": [first.pk]})
    again = client.get(LIST).content.decode()
    clock.shift(13)
    later = client.get(LIST).content.decode()
    too_late = client.post(UNDO, both, follow=True).content.decode()

    assert "2 people go back and wait again" in page
    assert UNDO not in other
    assert [at(row.application) for row in (first, second, third)] == ["Applied", "Interview", "Applied"]
    assert "Undone: 1 person waits for your approval again." in again
    assert "1 person goes back and waits again" in again
    assert (f'href="{address(first.application)}"' in again, UNDO in later) == (True, False)
    assert "That can be undone for ten seconds only." in too_late
    assert "Something else happened to the application of Person 0 since." in too_late


def test_nobody_undoes_what_a_colleague_approved(house: House, gated: Stage, sign_in: SignIn) -> None:
    approval = asked(house)
    sign_in(house.manager).post(DECIDE, {"do": "approve", "approval": [approval.pk]})

    for who in (house.administrator, house.recruiter, house.nobody):
        sign_in(who).post(UNDO, {"approval": [approval.pk]})

    assert at(approval.application) == "Interview"


def test_list_query_count(house: House, gated: Stage, sign_in: SignIn, django_assert_num_queries) -> None:
    client = sign_in(house.manager)
    asked(house)

    with django_assert_num_queries(QUERIES):
        client.get(LIST)
    for number in range(2):
        asked(house, f"Person {number}")
    with django_assert_num_queries(QUERIES):
        client.get(LIST)


QUERIES = 10
