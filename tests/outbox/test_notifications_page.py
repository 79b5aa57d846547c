"""The bell, the list behind it, and when colleagues are mailed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from hiring.enums import JobRole
from hiring.models import JobMember
from outbox.models import Notification, NotificationChoice
from outbox.rules import BELL_COUNTS
from tests.factories.accounts import NOW, make_organisation, make_user
from tests.factories.hiring import make_application, make_job

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/"
PROFILE = "/admin/profile/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(manager: User, number: int) -> list[Notification]:
    """That many people apply for a job of the manager."""
    job = make_job(title="Backend engineer")
    JobMember.objects.create(job=job, user=manager, role=JobRole.HIRING_MANAGER)
    for count in range(number):
        make_application(job, full_name=f"Nora {count}")
    return list(Notification.objects.filter(user=manager).order_by("pk"))


def bell(page: str) -> str:
    """What is read out of the bell of a page."""
    found = re.search(r'<a class="bell".*?</a>', page, re.DOTALL)
    assert found
    words = re.sub(r'<span aria-hidden="true">.*?</span>', "", found.group())
    return " ".join(re.sub(r"<[^>]+>", " ", words).replace(" notifications ", " ").split())


def test_bell_says_how_much_is_unread_on_every_page_of_a_colleague() -> None:
    manager = make_user()
    client = signed_in(manager)

    before = bell(client.get(PROFILE).content.decode())
    told(manager, 2)
    after = [bell(client.get(address).content.decode()) for address in (PROFILE, "/admin/", LIST)]

    assert before.endswith("Notifications")
    assert [words.endswith("Notifications , 2 unread") for words in after] == [True] * 3


def test_bell_counts_to_ninety_nine() -> None:
    manager = make_user()
    [row] = told(manager, 1)
    Notification.objects.bulk_create(
        Notification(
            user=manager,
            kind=row.kind,
            intent=f"more:{n}",
            about=row.about,
            about_id=row.about_id,
            scope=row.scope,
            created_at=NOW,
        )
        for n in range(BELL_COUNTS)
    )

    assert "99+ unread" in bell(signed_in(manager).get(PROFILE).content.decode())


def test_nobody_who_is_not_signed_in_is_asked_for_a_bell(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_organisation()

    # The organisation.
    with django_assert_num_queries(1):
        page = Client().get("/accounts/login/").content.decode()

    assert "bell" not in page


def test_list_is_read_one_by_one_and_leads_to_the_thing() -> None:
    manager = make_user()
    first, second = told(manager, 2)
    client = signed_in(manager)

    page = client.get(LIST).content.decode()
    opened = client.post(f"{LIST}{first.pk}/read/", {"open": ""})
    marked = client.post(f"{LIST}{second.pk}/read/")

    assert page.index("Nora 1 applied for “Backend engineer”.") < page.index("Nora 0 applied")
    assert opened["Location"].startswith("/admin/applications/")
    assert marked["Location"] == LIST
    assert not Notification.objects.filter(read_at=None, user=manager).exists()
    assert "Mark" not in client.get(LIST).content.decode().split("<main")[1]


def test_reading_all_leaves_what_came_after_the_page() -> None:
    manager = make_user()
    first, second = told(manager, 2)
    client = signed_in(manager)

    client.post(f"{LIST}read/", {"until": first.pk}, follow=True)
    forged = [client.post(f"{LIST}read/", {"until": value}).status_code for value in ("", "x", "9" * 30, "٣")]

    unread = Notification.objects.filter(user=manager, read_at=None)
    assert list(unread) == [second]
    assert forged == [302] * 4


def test_looking_changes_nothing_and_others_are_not_there() -> None:
    manager, other = make_user(), make_user()
    [row] = told(manager, 1)

    signed_in(manager).get(LIST)
    gone = signed_in(other).post(f"{LIST}{row.pk}/read/")
    page = signed_in(other).get(LIST).content.decode()

    row.refresh_from_db()
    assert (row.read_at, gone.status_code) == (None, 404)
    assert "Nora" not in page
    assert "Nothing has happened yet" in page


def test_list_query_count(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_organisation()
    manager = make_user()
    client = signed_in(manager)
    told(manager, 1)

    for _rows in (1, 3):
        # Session, the person, roles, how many and the rows, their applications, organisation, signs
        # with what is unread.
        with django_assert_num_queries(QUERIES):
            client.get(LIST)
        told(manager, 2)


QUERIES = 8


def test_profile_says_and_changes_when_one_is_mailed() -> None:
    user = make_user()
    client = signed_in(user)
    page = client.get(PROFILE).content.decode()
    kinds = re.findall(r'name="mail-(\w+)"', page)

    choices = {f"mail-{kind}": "daily" for kind in kinds} | {"mail-mention": "off"}
    saved = client.post(f"{LIST}choices/", choices, follow=True).content.decode()
    refused = client.post(
        f"{LIST}choices/", {**choices, "mail-mention": "hourly"}, follow=True
    ).content.decode()

    stored = dict(NotificationChoice.objects.filter(user=user).values_list("kind", "how"))
    assert {"application_new", "test_finished", "mention", "assigned", "mail_failed"} <= set(kinds)
    assert stored["mention"] == "off"
    # What is usual needs no row until somebody chose otherwise.
    assert "application_new" not in stored
    assert "Your choice of notifications is saved." in saved
    assert "Choose one of the times offered" in refused
    assert re.search(r'<select name="mail-mention".*?<option value="off" selected>', saved, re.DOTALL)
