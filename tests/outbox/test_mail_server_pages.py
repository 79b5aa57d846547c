"""The pages of the mail server: what they show, and what they never do."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.enums import MailSecurity
from accounts.models import Organisation
from accounts.queries import organisation
from outbox import operations
from outbox.enums import MessageState
from outbox.models import Message
from outbox.queries import mail_notices
from tests.factories.accounts import NOW, actor, make_administrator, make_organisation, make_recruiter
from tests.factories.outbox import make_link, make_message

pytestmark = pytest.mark.django_db
SECRET = "a mail password nobody sees 9"
FORM = {"host": "smtp.example.com", "port": "587", "security": "starttls", "user": "ada", "password": SECRET}
STAYS_HERE = "Mail stays on this machine: nobody outside gets it."


@pytest.fixture
def ada(client: Client, settings):
    settings.EMAIL_URL = ""
    settings.SITE_ADDRESS = "https://hiring.example.com"
    make_organisation()
    user = make_administrator(email="ada@example.org")
    client.force_login(user)
    return actor(user)


def url(name, *args):
    return reverse(f"outbox:{name}", args=args)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def set_up(ada, **fields):
    server = FORM | {"port": 587, "security": MailSecurity.STARTTLS} | fields
    operations.set_mail_server(**server, by=ada, now=NOW)


def test_saving_with_a_test_leads_to_the_page_that_follows_it(client, ada):
    answer = client.post(url("mail-server"), FORM | {"test": "yes"})

    test = Message.objects.get()
    assert answer["Location"] == url("test-mail", test.public_id)
    assert (test.to_address, test.state) == ("ada@example.org", MessageState.QUEUED)
    page = text(client.get(answer["Location"]))
    assert 'hx-trigger="every 1s"' in page
    part = text(client.get(answer["Location"], headers={"HX-Request": "true"}))
    assert "<html" not in part


def test_password_is_shown_nowhere(client, ada):
    set_up(ada)
    sealed = Organisation.objects.get().mail_password

    for address in (url("mail-server"), "/admin/accounts/organisation/1/change/", "/admin/history/"):
        page = text(client.get(address))
        assert SECRET not in page
        assert sealed not in page
    assert "One is stored" in text(client.get(url("mail-server")))


def test_refused_form_keeps_what_was_typed_but_the_password(client, ada, settings):
    settings.SITE_ADDRESS = "http://127.0.0.1:8000"

    page = text(client.post(url("mail-server"), FORM))

    assert "no other machine can open" in page
    assert 'value="smtp.example.com"' in page
    assert SECRET not in page
    assert Organisation.objects.get().mail_is_local


def test_environment_is_shown_without_its_password_and_takes_no_form(client, ada, settings):
    settings.EMAIL_URL = "smtp+tls://robot:s3cr3t-of-the-environment@mail.example.com:587"
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = 587, True

    page = text(client.get(url("mail-server")))
    client.post(url("mail-server"), FORM)

    assert "Set by the environment" in page
    assert "mail.example.com" in page
    assert "robot" in page
    assert "s3cr3t" not in page
    assert 'name="host"' not in page
    assert Organisation.objects.get().mail_host == ""


def test_sample_company_says_why_it_mails_nobody(client, ada):
    Organisation.objects.update(is_sample=True)

    page = text(client.get(url("mail-server")))
    client.post(url("mail-server"), FORM)

    assert "Everybody here is made up" in page
    assert 'name="host"' not in page
    assert Organisation.objects.get().mail_host == ""


def test_failed_test_mail_is_explained(client, ada, smtp_server):
    set_up(ada, host="127.0.0.1", port=smtp_server.port, security=MailSecurity.NONE, user="", password="")
    smtp_server.script("550 5.7.1 <no-reply@127.0.0.1>: Sender address rejected")
    test = operations.send_test_mail(by=ada, now=NOW)
    operations.deliver_due(now=NOW)

    page = text(client.get(url("test-mail", test.public_id)))

    assert "550 5.7.1 &lt;no-reply@127.0.0.1&gt;: Sender address rejected" in page
    assert "The mail server refused the mail." in page
    assert "Often the sender is the reason" in page
    assert 'hx-trigger="every 1s"' not in page
    assert "Sender address rejected" in text(client.get(url("mail-server")))


def test_test_mail_without_a_worker_says_so(client, ada):
    set_up(ada)
    test = operations.send_test_mail(by=ada, now=NOW)

    assert "No worker has taken it up yet" in text(client.get(url("test-mail", test.public_id)))


@pytest.mark.parametrize("count", [1, 3])
def test_kept_mail_is_listed_with_its_links_state_and_costs_the_same(
    client, ada, greeting, count: int, django_assert_num_queries: DjangoAssertNumQueries
):
    for _number in range(count):
        make_message(link=make_link(expires_at=None))
    make_message()
    operations.deliver_due(now=NOW)
    set_up(ada)

    # Session, user, roles, organisation, kept mail, signs.
    with django_assert_num_queries(6):
        page = text(client.get(url("kept-mail")))

    assert len(re.findall(r'name="codes"[^>]*checked', page)) == count
    assert page.count('name="codes"') == count + 1
    assert "What is not sent here stays kept." in page


def test_kept_mail_goes_out_when_it_is_chosen(client, ada, greeting):
    message = make_message(link=make_link(expires_at=None))
    operations.deliver_due(now=NOW)
    set_up(ada)
    assert "1 message was kept here" in text(client.get(url("mail-server")))

    assert "Choose at least one message" in text(client.post(url("kept-mail"), {}))
    client.post(url("kept-mail"), {"codes": [message.public_id, "abcdefghjkmnpqrs"]})
    message.refresh_from_db()
    assert message.state == MessageState.KEPT_HERE

    client.post(url("kept-mail"), {"codes": [message.public_id]})
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


def test_mail_stays_here_again_by_one_button(client, ada):
    set_up(ada)

    client.post(url("keep-mail-here"))

    assert Organisation.objects.get().mail_is_local


def test_page_of_the_mail_server_query_count(client, ada, django_assert_num_queries):
    client.get(url("mail-server"))

    # Session, user, roles, organisation, the last test mail, signs.
    with django_assert_num_queries(6):
        client.get(url("mail-server"))


@pytest.mark.parametrize(
    ("who", "fields", "shown", "way_on"),
    [
        (make_administrator, {}, [STAYS_HERE], ["/admin/mail-server/"]),
        (make_recruiter, {}, [STAYS_HERE], [""]),
        (make_administrator, {"is_sample": True}, [], []),
        (make_administrator, {"mail_goes_out": True, "mail_host": "smtp.example.com"}, [], []),
    ],
)
def test_every_staff_page_says_that_mail_stays_here(
    settings, who, fields, shown, way_on, django_assert_num_queries
):
    settings.EMAIL_URL, settings.SITE_ADDRESS = "", "https://hiring.example.com"
    make_organisation(**fields)
    home, by = organisation(), actor(who())
    by.has_role()

    with django_assert_num_queries(0):
        notices = mail_notices(by, home, NOW)

    assert [notice.text for notice in notices] == shown
    assert [notice.url for notice in notices] == way_on


def test_administrators_are_told_that_a_new_address_takes_a_start(settings):
    settings.SITE_ADDRESS, settings.SITE_ADDRESS_FROM = "http://127.0.0.1:8000", "screen"
    settings.EMAIL_URL = "smtp://mail.example.com"
    home = make_organisation(site_address="https://hiring.example.com")

    (notice,) = mail_notices(actor(make_administrator()), home, NOW)

    assert "https://hiring.example.com from the next start on" in notice.text
    assert mail_notices(actor(make_recruiter()), home, NOW) == []
