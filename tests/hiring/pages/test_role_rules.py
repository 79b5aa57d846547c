"""What administrators take from roles or give to them counts on every page, not only on the one that asks first."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Actor, User
from accounts.operations import set_role_rules
from hiring.enums import ApplicationStatus, Capability
from hiring.operations import change_status, move_to_stage
from outbox.enums import MessageState
from outbox.models import Message
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, invite, make_reason, stages
from tests.hiring.pages.house import House, SignIn, with_result

pytestmark = pytest.mark.django_db


def rule(role: str, code: Capability, *, allowed: bool) -> None:
    set_role_rules(allowed={(role, code): allowed}, by=SYSTEM, now=NOW)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_whoever_may_take_nobody_along_finds_no_file_with_people(house: House, sign_in: SignIn) -> None:
    with_result(house, right=6, name="Rosalind Result")
    files = [
        "/admin/jobs/backend/people.csv",
        "/admin/jobs/backend/results.csv",
        f"/admin/tests/{house.assessment.slug}/results.csv",
        "/admin/waiting/active.csv",
        "/admin/applications.csv",
    ]
    client = sign_in(house.manager)
    before = [client.get(address) for address in files]
    assert all(b"Rosalind Result" in body(answer) for answer in before)

    rule("hiring_manager", Capability.EXPORT, allowed=False)

    for address in files:
        answer = client.get(address)
        assert answer.status_code == 404 or b"Rosalind Result" not in body(answer), address
    for page in ("/admin/jobs/backend/", "/admin/jobs/backend/results/", "/admin/jobs/backend/board/"):
        shown = client.get(page).content.decode()
        assert "Rosalind Result" in shown
        assert ".csv" not in shown
    assert b"Rosalind Result" in body(sign_in(house.recruiter).get(files[0]))


def test_analysts_take_numbers_along_only_as_long_as_they_may(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.analyst)
    assert client.get("/admin/jobs/backend/people.csv").status_code == 200

    rule("analyst", Capability.EXPORT_NUMBERS, allowed=False)

    assert client.get("/admin/jobs/backend/people.csv").status_code == 404
    assert ".csv" not in client.get("/admin/jobs/backend/").content.decode()


def test_managers_who_may_decide_move_reject_and_undo_and_still_do_not_change_the_job(
    house: House, sign_in: SignIn
) -> None:
    rule("hiring_manager", Capability.MOVE, allowed=True)
    rule("hiring_manager", Capability.DECIDE, allowed=True)
    client = sign_in(house.manager)
    page = f"/admin/applications/{house.application.public_id}/"

    moved = client.post(f"{page}move/", {"stage": stages(house.job)["Interview"].pk, "version": 1})
    house.application.refresh_from_db()
    assert (moved.status_code, house.application.stage.name) == (302, "Interview")
    assert "Undo" in client.get(moved["Location"]).content.decode()
    client.post(f"{page}undo/", {"number": house.application.version})
    house.application.refresh_from_db()
    assert house.application.stage.name == "Applied"
    assert "Reject…" in client.get("/admin/jobs/backend/").content.decode()
    for forbidden in ("settings/", "stages/", "import/", "add/"):
        assert client.get(f"/admin/jobs/backend/{forbidden}").status_code == 404


def test_recruiters_who_may_not_decide_see_no_button_and_are_refused_by_the_operation(
    house: House, sign_in: SignIn
) -> None:
    rule("recruiter", Capability.DECIDE, allowed=False)
    application = house.application
    by = Actor.of_user(User.objects.get(pk=house.recruiter.pk))

    shown = sign_in(house.recruiter).get(f"/admin/applications/{application.public_id}/").content.decode()

    assert "Reject…" not in shown
    with pytest.raises(PermissionDenied, match="Reject, hold, withdraw, restore and hire"):
        change_status(
            application=application,
            to_status=ApplicationStatus.REJECTED,
            reason=make_reason(),
            seen_version=None,
            by=by,
            now=NOW,
        )
    moved = move_to_stage(
        application=application, to_stage=stages(house.job)["Test"], seen_version=None, by=by, now=NOW
    )
    assert moved.stage.name == "Test"


def test_whoever_writes_to_people_of_a_job_sends_its_mail_again(house: House, sign_in: SignIn) -> None:
    invitation = invite(house.application, house.assessment, now=timezone.now())
    mail = Message.objects.get(about="assessments.invitation", about_id=invitation.pk)
    page, cancel = f"/admin/mail/{mail.public_id}/", f"/admin/mail/{mail.public_id}/cancel/"

    before = [sign_in(user).get(page).content.decode() for user in (house.recruiter, house.manager)]
    refused = sign_in(house.manager).post(cancel).status_code
    rule("hiring_manager", Capability.MAIL, allowed=True)
    rule("recruiter", Capability.MAIL, allowed=False)
    after = [sign_in(user).get(page).content.decode() for user in (house.recruiter, house.manager)]
    taken = sign_in(house.recruiter).post(cancel).status_code
    sign_in(house.manager).post(cancel)

    assert ["Cancel message" in shown for shown in before] == [True, False]
    assert ["Cancel message" in shown for shown in after] == [False, True]
    assert (refused, taken) == (403, 403)
    mail.refresh_from_db()
    assert mail.state == MessageState.CANCELLED
