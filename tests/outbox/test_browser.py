"""Pages of outbox in a real browser."""

import pytest
from django.urls import reverse

from accounts.models import Actor
from outbox import operations
from outbox.enums import WorkState
from outbox.models import Work
from tests.factories.accounts import NOW, make_administrator
from tests.factories.outbox import make_link, make_message, make_work

pytestmark = pytest.mark.once


@pytest.fixture
def signed_in(page, live_server, client):
    """The page as an administrator sees it, and what opens addresses in it."""
    client.force_login(make_administrator())
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )

    def open_page(name, *args):
        page.goto(live_server.url + reverse(f"outbox:{name}", args=args))
        return page

    return open_page


@pytest.mark.django_db(transaction=True)
def test_work_page_follows_the_work_without_a_reload(signed_in, register_work):
    problems = [{"row": 3, "column": "email", "text": "This is no address. Correct it."}]
    register_work(
        "add",
        lambda work, actor, report: {
            "summary": "2 people were added.",
            "counts": [["Added", 2]],
            "problems": problems,
        },
        "Import of applicants",
    )
    work = make_work("add", total=10)
    Work.objects.update(state=WorkState.RUNNING, done=4)
    page = signed_in("work", work.public_id)
    page.get_by_text("4 of 10").wait_for()

    Work.objects.update(state=WorkState.QUEUED)
    operations.run_due_work(now=NOW)

    page.get_by_text("2 people were added.").wait_for()
    assert page.get_by_role("progressbar").count() == 0
    assert page.get_by_text("This is no address. Correct it.").is_visible()


@pytest.mark.django_db(transaction=True)
def test_message_is_found_read_and_cancelled(signed_in, greeting, local_mail):
    make_message(
        to_name="Ada Lovelace",
        context={"candidate_name": "Ada Lovelace", "contact": "jobs@example.org"},
        link=make_link(expires_at=None),
        by=Actor.system(),
    )
    page = signed_in("mail")

    page.get_by_label("Subject or name").fill("lovelace")
    page.get_by_role("button", name="Filter mail").click()
    page.get_by_role("link", name="Hello Ada Lovelace").click()
    assert "/t/" in page.get_by_role("link", name="Come in").get_attribute("href")
    page.get_by_role("button", name="Cancel message").click()

    page.get_by_text("The message is cancelled.").wait_for()
