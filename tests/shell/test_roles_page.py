from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import RoleRule
from outbox.models import Event
from tests.factories.accounts import make_administrator
from tests.factories.hiring import make_application, make_job, make_manager

pytestmark = pytest.mark.django_db
ROLES = "/admin/roles/"


def ticked(client: Client) -> set[str]:
    boxes = re.findall(
        r'<input type="checkbox" name="([^"]+)"( checked)?', client.get(ROLES).content.decode()
    )
    return {name for name, checked in boxes if checked}


def save(client: Client, wanted: set[str], *, shown: set[str]) -> Any:
    """Send the page with these boxes ticked; those in `shown` were when it was made."""
    return client.post(ROLES, dict.fromkeys(wanted, "on") | {"shown": " ".join(shown)}, follow=True)


def test_a_change_counts_from_the_next_page_on_in_a_session_that_is_open(client: Client) -> None:
    application = make_application(make_job())
    manager = Client()
    manager.force_login(make_manager(application.job))
    page = f"/admin/applications/{application.public_id}/"
    client.force_login(make_administrator())
    before = ticked(client)

    assert {"recruiter:people.decide", "hiring_manager:people.comment"} <= before
    assert "hiring_manager:people.decide" not in before
    assert b"Write a note" in manager.get(page).content
    assert b"Reject" not in manager.get(page).content

    wanted = before - {"hiring_manager:people.comment"} | {"hiring_manager:people.decide"}
    response = save(client, wanted, shown=before)

    assert "2 changes are saved. They count from now on." in response.content.decode()
    assert response.content.decode().count(">changed<") == 2
    assert ticked(client) == wanted
    assert b"Write a note" not in manager.get(page).content
    assert b"Reject" in manager.get(page).content
    assert manager.post(f"{page}note/", {"body": "Good", "audience": "team"}).status_code == 404
    held = manager.post(f"{page}status/", {"status": "on_hold", "version": application.version})
    application.refresh_from_db()
    assert (held.status_code, application.status) == (302, "on_hold")
    assert Event.objects.filter(kind="role.changed").count() == 2

    save(client, before, shown=wanted)

    assert not RoleRule.objects.exists()
    assert b"Write a note" in manager.get(page).content


def test_what_is_fixed_has_no_box_says_why_and_is_not_changed_by_a_forged_one(client: Client) -> None:
    client.force_login(make_administrator())
    usual = ticked(client)

    save(client, usual | {"hiring_manager:job.change", "interviewer:people.scores"}, shown=usual)

    assert (
        "Whoever says who is on a job could give themselves everything else."
        in client.get(ROLES).content.decode()
    )
    assert not RoleRule.objects.exists()


def test_two_administrators_change_different_boxes_and_both_count(client: Client) -> None:
    client.force_login(make_administrator())
    shown = ticked(client)

    save(client, shown | {"hiring_manager:people.mail"}, shown=shown)
    save(client, shown | {"hiring_manager:job.salary"}, shown=shown)

    assert ticked(client) == shown | {"hiring_manager:people.mail", "hiring_manager:job.salary"}
