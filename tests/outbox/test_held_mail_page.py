from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Actor
from outbox import operations, queries
from outbox.enums import MessageState
from outbox.models import Message
from tests.factories.accounts import NOW, make_administrator, make_recruiter
from tests.factories.outbox import make_message

pytestmark = pytest.mark.django_db
PAGE = "/admin/mail/held/"


@pytest.fixture
def administrator(client):
    user = make_administrator()
    client.force_login(user)
    return user


@pytest.fixture
def held(greeting):
    operations.hold_mail(by=Actor.system(), now=NOW, cut_at=NOW - timedelta(hours=1))


def text(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["held-mail", "release-mail", "cancel-held-mail"])
def test_outsider_and_wrong_role_do_not_get_to_held_mail(client, held, name):
    make_message(now=NOW - timedelta(days=1))
    url = reverse(f"outbox:{name}")
    method = "get" if name == "held-mail" else "post"

    assert getattr(client, method)(url).status_code == 302
    client.force_login(make_recruiter())
    assert getattr(client, method)(url, {"before": "2026-06-16T00:00:00"}).status_code == 403

    assert queries.mail_hold() is not None
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_held_mail_costs_the_same_queries(
    client, administrator, held, django_assert_num_queries, count
):
    for _ in range(count):
        make_message()

    # Session, user, roles, organisation, signs; the hold, all that wait, the old ones, how many, the rows.
    with django_assert_num_queries(10):
        page = text(client.get(PAGE))

    assert page.count("<tr>") == count + 1
    assert f"Release {count} message" in page


def test_page_shows_what_would_go_out_and_what_is_older_than_the_backup(client, administrator, held):
    make_message(to_name="Old One", now=NOW - timedelta(hours=2))
    make_message(to_name="New One", now=NOW)

    everything = text(client.get(PAGE))
    older = text(client.get(PAGE, {"before": "2026-06-16T08:30:01"}))

    assert "Some of this may have reached people already" in everything
    assert 'href="?before=2026-06-16T08:30:01"' in everything
    assert "Show the 1 message from before the backup" in everything
    assert "Old One" in everything
    assert "New One" in everything
    assert "Old One" in older
    assert "New One" not in older
    assert "Cancel this 1 message" in older


def test_cancel_takes_what_the_page_showed_and_release_lets_the_rest_go(client, administrator, held):
    old, young = make_message(now=NOW - timedelta(hours=2)), make_message(now=NOW)

    page = client.post(reverse("outbox:cancel-held-mail"), {"before": "2026-06-16T08:30:01"}, follow=True)

    assert "1 message is cancelled." in text(page)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (MessageState.CANCELLED, MessageState.QUEUED)

    page = client.post(reverse("outbox:release-mail"), follow=True)

    assert "Mail goes out again." in text(page)
    assert queries.mail_hold() is None
    assert "Mail is not held" in text(client.get(PAGE))


@pytest.mark.parametrize("before", ["", "soon", "\x1b[0m"])
def test_cancel_without_a_moment_cancels_nothing(client, administrator, held, before):
    make_message(now=NOW - timedelta(hours=2))

    page = client.post(reverse("outbox:cancel-held-mail"), {"before": before}, follow=True)

    assert "Say first up to when" in text(page)
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 1


def test_a_look_at_the_page_changes_nothing(client, administrator, held):
    make_message()

    client.get(PAGE)
    client.get(reverse("outbox:release-mail"))
    client.get(reverse("outbox:cancel-held-mail"), {"before": "2030-01-01T00:00:00"})

    assert queries.mail_hold() is not None
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 1


def test_notice_leads_administrators_alone_to_the_page(client, held):
    client.force_login(make_recruiter())
    assert PAGE not in text(client.get(reverse("outbox:mail")))

    client.force_login(make_administrator())
    assert f'<a href="{PAGE}">Look and release</a>' in text(client.get(reverse("outbox:mail")))
