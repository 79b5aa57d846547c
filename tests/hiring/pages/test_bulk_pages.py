"""Inviting, moving and rejecting many: the preview, the frozen choice, the work."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Invitation
from candidates.operations import set_tags
from hiring.enums import ApplicationStatus
from hiring.models import RejectionReason, Stage
from hiring.registries import LETTER
from outbox.models import Message, MessageTemplate, Work
from outbox.operations import run_due_work
from tests.factories.hiring import SYSTEM, invite, make_application, move, set_status, sit, stages
from tests.hiring.pages.house import House, SignIn

INVITE, MOVE, REJECT, TAGS, HIRE = (
    f"/admin/jobs/backend/{verb}/" for verb in ("invite", "move", "reject", "tags", "hire")
)


def _confirm(client: Client, address: str, preview: str, **fields: object) -> object:
    """Press the button of a preview: send the hidden fields that its page holds."""
    hidden = dict(re.findall(r'<input type="hidden" name="(ids|token)" value="([^"]*)"', preview))
    return client.post(address, {**hidden, "confirm": "1", **fields})


def _run() -> Work:
    run_due_work(now=timezone.now() + timedelta(seconds=1))
    return Work.objects.get()


def test_invite_preview_says_who_is_skipped_and_what_is_mailed(house: House, sign_in: SignIn) -> None:
    held = set_status(make_application(house.job, full_name="Hal Held"), ApplicationStatus.ON_HOLD)
    invited = make_application(house.job, full_name="Ina Invited")
    invite(invited, house.assessment, now=timezone.now())
    ids = [house.application.public_id, held.public_id, invited.public_id]

    page = sign_in(house.recruiter).post(INVITE, {"ids": ids}).content.decode()

    assert "1 person gets a mail" in page
    assert "2 people are skipped" in page
    assert "The application is not active" in page
    assert "Has an open invitation to this test" in page
    assert "Hello Nora Known" in page
    assert "1 of them has not reached the stage “Test” and is moved there." in page
    assert "Send 1 invitation" in page
    assert Work.objects.count() == 0


def test_invite_confirmed_is_work_with_frozen_people(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(INVITE, {"ids": [house.application.public_id]}).content.decode()
    make_application(house.job)

    response = _confirm(client, INVITE, preview, assessment=house.assessment.pk)

    work = Work.objects.get()
    assert response["Location"] == f"/admin/work/{work.public_id}/"
    assert _run().result["created"] == 1
    assert Invitation.objects.get().candidate == house.application.candidate
    assert Message.objects.get().to_address == "nora@example.com"


def test_invite_says_when_it_is_open_and_keeps_why_somebody_has_more_time_out_of_the_work(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    first = client.post(INVITE, {"ids": [house.application.public_id]}).content.decode()
    terms = {
        "assessment": house.assessment.pk,
        "not_before": (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "expires_at": (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
        "extra_minutes": 10,
        "extra_reason": "words about health",
    }

    preview = _confirm(client, INVITE, first, **{**terms, "expires_at": "2020-01-01T09:00"})
    assert "Choose a moment in the future." in preview.content.decode()
    _confirm(client, INVITE, first, **terms)
    work = _run()

    invitation = Invitation.objects.get()
    assert (invitation.expires_at - invitation.not_before).days == 4
    assert (invitation.extra_seconds, invitation.extra_reason) == (600, "words about health")
    assert "health" not in str([work.arguments, work.result])


def test_invite_again_is_left_to_the_rule_unless_somebody_says_why(house: House, sign_in: SignIn) -> None:
    sit(invite(house.application, house.assessment, now=timezone.now()), right=3)
    client = sign_in(house.recruiter)

    preview = client.post(INVITE, {"ids": [house.application.public_id]}).content.decode()
    assert "Has taken this test as often as it may be taken" in preview
    assert "1 person has taken this test before" in preview
    allowed = {"assessment": house.assessment.pk, "again_reason": "The network broke"}
    hidden = dict(re.findall(r'<input type="hidden" name="(ids|token)" value="([^"]*)"', preview))
    assert "Send 1 invitation" in client.post(INVITE, {**hidden, **allowed}).content.decode()
    _confirm(client, INVITE, preview, **allowed)

    assert _run().result["created"] == 1
    assert list(Invitation.objects.order_by("pk").values_list("again_reason", flat=True)) == [
        "",
        "The network broke",
    ]


def test_invite_confirmed_twice_is_one_work(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(INVITE, {"ids": [house.application.public_id]}).content.decode()

    first = _confirm(client, INVITE, preview, assessment=house.assessment.pk)
    second = _confirm(client, INVITE, preview, assessment=house.assessment.pk)

    assert first["Location"] == second["Location"]
    assert Work.objects.count() == 1


def test_invite_everybody_of_the_filtered_list(house: House, sign_in: SignIn) -> None:
    for _ in range(3):
        move(make_application(house.job), "Test")

    page = sign_in(house.recruiter).post(
        INVITE, {"everyone": "1", "query": f"stage={stages(house.job)['Test'].pk}", "ids": []}
    )

    assert "3 people get a mail" in page.content.decode()
    assert "Nora Known" not in page.content.decode()


def test_invite_nobody_chosen_says_so(house: House, sign_in: SignIn) -> None:
    response = sign_in(house.recruiter).post(INVITE, {}, follow=True)

    assert response.redirect_chain == [("/admin/jobs/backend/", 302)]
    assert "Choose people in the list first." in response.content.decode()


def test_case_69_admin_action_forge_ids_of_another_job(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    theirs, mine = house.other_application, house.application

    preview = client.post(INVITE, {"ids": [theirs.public_id, mine.public_id]}).content.decode()
    forged = {"ids": f"{theirs.public_id}:1,{mine.public_id}:1", "token": str(uuid4()), "confirm": "1"}
    reason = RejectionReason.objects.order_by("pk").first()
    client.post(REJECT, {**forged, "reason": reason.pk, "tell": "never"})

    assert "Hidden Person" not in preview
    assert Work.objects.get().arguments["applications"] == [[mine.pk, 1]]
    _run()
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.status, mine.status) == ("active", "rejected")


def test_reject_without_reason_keeps_what_was_typed(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(REJECT, {"ids": [house.application.public_id]}).content.decode()

    page = _confirm(client, REJECT, preview, comment="Too far away").content.decode()

    assert "Too far away" in page
    assert "This field is required" in page
    assert 'href="#id_reason"' in page
    assert Work.objects.count() == 0


def test_reject_confirmed_rejects_and_mails(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(REJECT, {"ids": [house.application.public_id]}).content.decode()
    reason = RejectionReason.objects.order_by("pk").first()

    _confirm(client, REJECT, preview, reason=reason.pk, tell="now")
    _run()

    house.application.refresh_from_db()
    assert house.application.status == ApplicationStatus.REJECTED
    assert Message.objects.get().to_address == "nora@example.com"


def test_reject_leaves_alone_whoever_moved_since_the_preview(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(REJECT, {"ids": [house.application.public_id]}).content.decode()
    move(house.application, "Interview")
    reason = RejectionReason.objects.order_by("pk").first()

    _confirm(client, REJECT, preview, reason=reason.pk, tell="never")
    work = _run()

    house.application.refresh_from_db()
    assert house.application.status == ApplicationStatus.ACTIVE
    assert [skip["code"] for skip in work.result["skipped"]] == ["changed"]


def test_move_confirmed_moves_those_who_are_as_they_were_seen(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    moved = make_application(house.job, full_name="Moved Meanwhile")
    rejected = set_status(make_application(house.job), ApplicationStatus.REJECTED)
    ids = [house.application.public_id, moved.public_id, rejected.public_id]
    preview = client.post(MOVE, {"ids": ids}).content.decode()
    move(moved, "Interview")

    _confirm(client, MOVE, preview, stage=stages(house.job)["Test"].pk)
    work = _run()

    assert "2 people will be moved" in preview
    assert work.result["moved"] == 1
    assert sorted(skip["code"] for skip in work.result["skipped"]) == ["changed", "not_active"]
    house.application.refresh_from_db()
    assert house.application.stage.name == "Test"


def test_move_preview_says_what_stages_do_with_whoever_enters_and_offers_the_next(
    house: House, sign_in: SignIn
) -> None:
    client, ids = sign_in(house.recruiter), {"ids": [house.application.public_id]}
    quiet = client.post(MOVE, ids).content.decode()
    letter = MessageTemplate.objects.create(kind=LETTER, name="Welcome", subject="Hello", body="Hello")
    Stage.objects.filter(job=house.job, name="Test").update(
        sends_test=True, entry_mail=letter, entry_mail_days=2, entry_interviews=["Talk"]
    )
    test = stages(house.job)["Test"]

    page = client.post(MOVE, ids).content.decode()

    assert "No stage of this job sends anything to whoever enters." in quiet
    assert "No stage of this job sends anything" not in page
    assert (
        f"Whoever enters “Test”: the test “{test.assessment.name}” is sent; "
        "the letter “Welcome” is sent after 2 days; the interview “Talk” is asked for."
    ) in page
    assert f'<option value="{test.pk}" selected>' in page


def test_tags_preview_says_what_they_have_and_confirmed_changes_them(house: House, sign_in: SignIn) -> None:
    set_tags(candidate=house.application.candidate, names=["Remote"], by=SYSTEM, now=timezone.now())
    client = sign_in(house.recruiter)

    preview = client.post(TAGS, {"ids": [house.application.public_id]}).content.decode()
    empty = _confirm(client, TAGS, preview, add=" , ", take="").content.decode()
    long = _confirm(client, TAGS, preview, add=f"Good, {'x' * 51}").content.decode()
    _confirm(client, TAGS, preview, add="Night shift, Python", take="remote")

    assert "Remote (1)" in preview
    assert "Write a tag in one of the two fields." in empty
    assert "A tag has at most 50 characters." in long
    assert _run().result["changed"] == 1
    assert set(house.application.candidate.tags.values_list("name", flat=True)) == {"Night shift", "Python"}


def test_move_run_twice_moves_once(house: House, sign_in: SignIn) -> None:
    from accounts.models import Actor
    from hiring.operations.bulk_moves import do_bulk_move

    client = sign_in(house.recruiter)
    preview = client.post(MOVE, {"ids": [house.application.public_id]}).content.decode()
    _confirm(client, MOVE, preview, stage=stages(house.job)["Test"].pk)
    work = Work.objects.get()
    actor = Actor.of_user(house.recruiter)

    results = [do_bulk_move(work, actor, lambda done, total: None, now=timezone.now()) for _again in range(2)]

    assert [result["moved"] for result in results] == [1, 1]
    assert house.application.transitions.count() == 2


def test_move_to_a_stage_of_another_job_is_refused(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    preview = client.post(MOVE, {"ids": [house.application.public_id]}).content.decode()

    page = _confirm(client, MOVE, preview, stage=stages(house.other_job)["Offer"].pk).content.decode()

    assert "Select a valid choice" in page
    assert Work.objects.count() == 0


@pytest.mark.parametrize("address", [INVITE, MOVE, REJECT])
def test_case_17_eval_input_code_for_ids_chooses_nobody(
    house: House, sign_in: SignIn, code_as_text: list[str], address: str
) -> None:
    client = sign_in(house.recruiter)

    for text in code_as_text:
        forms: list[dict[str, object]] = [
            {"ids": [text]},
            {"ids": text, "token": str(uuid4()), "confirm": "1"},
            {"ids": f"{text}:{text}", "token": text, "confirm": "1"},
        ]
        for form in forms:
            page = client.post(address, form, follow=True)
            assert page.redirect_chain == [("/admin/jobs/backend/", 302)]
            assert "Choose people in the list first." in page.content.decode()

    assert Work.objects.count() == 0


def test_case_17_eval_input_code_for_a_version_test_stage_or_reason_is_refused(
    house: House, sign_in: SignIn, code_as_text: list[str]
) -> None:
    client = sign_in(house.recruiter)
    fields = {INVITE: "assessment", MOVE: "stage", REJECT: "reason"}

    for address, field in fields.items():
        for text in code_as_text:
            person = house.application.public_id
            form = {"ids": f"{person}:{text}", "token": str(uuid4()), field: text}
            assert client.post(address, form).status_code == 200
    for text in code_as_text:
        form = {"ids": f"{house.application.public_id}:1", "token": str(uuid4()), "confirm": "1"}
        page = client.post(REJECT, form | {"reason": text}).content.decode()
        assert "Select a valid choice" in page

    assert Work.objects.count() == 0


def test_hire_preview_says_which_openings_are_filled_and_confirmed_fills_them(
    house: House, sign_in: SignIn
) -> None:
    client, openings = sign_in(house.recruiter), house.job.openings.count()
    rows = [move(row, "Interview") for row in (house.application, make_application(house.job))]
    ids = [row.public_id for row in rows]

    preview = client.post(HIRE, {"ids": ids}).content.decode()
    answer = _confirm(client, HIRE, preview, comment="")
    work = _run()

    assert "Fills openings 1, 2 of “Backend engineer”" in preview
    assert "Hire 2 people" in preview
    assert answer["Location"] == f"/admin/work/{work.public_id}/"
    assert work.result["hired"] == 2
    assert house.job.openings.exclude(filled_by=None).count() == 2 < openings


def test_hire_with_too_few_openings_is_no_button_and_the_last_asks_about_the_others(
    house: House, sign_in: SignIn
) -> None:
    client = sign_in(house.recruiter)
    other = move(make_application(house.job), "Interview")
    hired = move(house.application, "Interview")
    house.job.openings.filter(number__gt=1).update(closed_at=timezone.now(), close_reason="cancelled")

    few = client.post(HIRE, {"ids": [hired.public_id, other.public_id]}).content.decode()
    refused = _confirm(client, HIRE, few).content.decode()
    last = client.post(HIRE, {"ids": [hired.public_id]}).content.decode()
    _confirm(client, HIRE, last)
    work = _run()

    assert "There are fewer openings than people" in few
    assert 'name="confirm"' not in few
    assert ": 1; people to hire: 2." in refused
    assert "the job closes as filled" in last
    assert work.result["next"] == {"url": "/admin/jobs/backend/close/", "label": "What about the others?"}
    assert "/undo/" not in client.get(f"/admin/work/{work.public_id}/").content.decode()
