from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts import registries
from accounts.enums import Role
from outbox import operations
from outbox.enums import MessageState, WorkState
from outbox.models import Event, Message, Work
from outbox.rules import link_token
from tests.factories.accounts import NOW, actor, make_administrator, make_user
from tests.factories.outbox import make_link, make_message, make_work

pytestmark = pytest.mark.django_db
WRONG_ROLES = [Role.QUESTION_AUTHOR, Role.ANALYST]


@pytest.fixture
def administrator(client):
    user = make_administrator()
    client.force_login(user)
    return user


def get(client, name, *args, **query):
    return client.get(reverse(f"outbox:{name}", args=args), query)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


# --- Who may see what ---


def pages(greeting, register_work):
    register_work("add", lambda work, actor, report: {})
    message, work = make_message(to_name="Ada Secret"), make_work("add")
    return [
        ("get", reverse("outbox:message", args=[message.public_id])),
        ("post", reverse("outbox:message_resend", args=[message.public_id])),
        ("post", reverse("outbox:message_cancel", args=[message.public_id])),
        ("get", reverse("outbox:work", args=[work.public_id])),
    ]


def test_case_64_bola_matrix_outsider_is_asked_to_sign_in(client, greeting, register_work):
    for method, url in [*pages(greeting, register_work), ("get", reverse("outbox:mail"))]:
        response = getattr(client, method)(url)

        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", WRONG_ROLES)
def test_case_64_bola_matrix_wrong_role_finds_nothing(client, greeting, register_work, role):
    client.force_login(make_user(role))

    for method, url in pages(greeting, register_work):
        assert getattr(client, method)(url).status_code == 404, url
    listing = text(get(client, "mail"))
    assert "Ada Secret" not in listing
    assert "No mail yet" in listing
    assert Message.objects.get().state == MessageState.QUEUED


def test_case_72_revoked_now_inactive_colleague_is_out(client, greeting):
    user = make_administrator()
    client.force_login(user)
    user.is_active = False
    user.save(update_fields=["is_active"])

    assert get(client, "mail").status_code == 302


def test_whoever_wrote_a_message_sees_it_and_may_take_it_back(client, greeting):
    user = make_user(Role.ANALYST)
    client.force_login(user)
    message = make_message(by=actor(user))
    make_message(to_name="Somebody Else")

    listing = text(get(client, "mail"))
    assert message.subject in listing
    assert "Somebody Else" not in listing
    assert client.post(reverse("outbox:message_cancel", args=[message.public_id])).status_code == 302
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


def test_case_69_seeing_a_message_is_not_enough_to_send_it_again(client, greeting, monkeypatch):
    grants = {**registries._grants["outbox.message"], "test": lambda actor: registries.EVERYTHING}
    monkeypatch.setitem(registries._grants, "outbox.message", grants)
    client.force_login(make_user(Role.ANALYST))
    message = make_message()

    page = text(get(client, "message", message.public_id))
    assert "Cancel message" not in page
    assert client.post(reverse("outbox:message_cancel", args=[message.public_id])).status_code == 403


@pytest.mark.parametrize("name", ["message_resend", "message_cancel"])
def test_actions_answer_to_post_alone(client, administrator, greeting, name):
    assert client.get(reverse(f"outbox:{name}", args=[make_message().public_id])).status_code == 405


def test_case_73_csrf_all_actions_need_a_token(greeting):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_administrator())
    message = make_message()

    assert client.post(reverse("outbox:message_cancel", args=[message.public_id])).status_code == 403
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


# --- The list ---


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_mail_costs_the_same_queries(
    client, administrator, greeting, django_assert_num_queries, count
):
    for _ in range(count):
        make_message(link=make_link())

    # Session, user, roles, organisation, signs; how many, the rows; whether mail is held.
    with django_assert_num_queries(8):
        page = text(get(client, "mail"))

    assert page.count("<tr>") == count + 1


def test_list_shows_the_state_with_its_reason(client, administrator, greeting):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, reason="550 5.1.1 no such person")

    page = text(get(client, "mail"))

    assert '<span class="pill pill-bad">Failed</span>' in page
    assert "550 5.1.1 no such person" in page
    # And its own page once, above everything else.
    page = text(client.get(f"/admin/mail/{message.public_id}/"))
    assert page.index("It did not arrive") < page.index("550 5.1.1 no such person") < page.index("Facts</h2>")
    assert page.count("550 5.1.1 no such person") == 1


def test_list_is_narrowed_by_state_and_words_and_keeps_them_when_paging(client, administrator, greeting):
    for number in range(51):
        make_message(context={"candidate_name": f"Quux{number}", "contact": "hr"})
    make_message(to_name="Nobody", context={"candidate_name": "Nobody", "contact": "hr"})

    page = text(get(client, "mail", q="quux", state="queued"))

    assert page.count("<tr>") == 51
    assert "?q=quux&amp;state=queued&amp;page=2" in page
    assert "51 messages, page 1 of 2" in page
    assert text(get(client, "mail", q="quux", state="queued", page="2")).count("<tr>") == 2
    assert "No message matches" in text(get(client, "mail", q="quux", state="sent"))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a" * 50_000},
        {"q": "%_'\"<script>alert(1)</script>"},
        {"state": "nonsense"},
        {"q": "\ud7ff\u202e"},
    ],
)
def test_case_21_nul_bytes_and_other_nonsense_never_break_the_list(client, administrator, greeting, query):
    make_message()

    assert "<script>alert" not in text(get(client, "mail", **query))


@pytest.mark.parametrize("query", [{"q": "\x00"}, {"state": "\x00"}])
def test_case_21_nul_bytes_in_the_address_are_refused_in_words(client, administrator, greeting, query):
    refused = get(client, "mail", **query)

    assert refused.status_code == 400
    assert "html" in refused["Content-Type"]


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "x"])
def test_case_84_page_size_pages_that_are_not_there_are_404(client, administrator, greeting, page):
    make_message()

    assert get(client, "mail", page=page).status_code == 404


def test_list_says_where_mail_stays(client, administrator, local_mail):
    assert "Mail stays on this machine" in text(get(client, "mail"))


def test_list_says_nothing_of_this_machine_when_mail_goes_out(client, administrator, real_mail):
    assert "stays on this machine" not in text(get(client, "mail"))


# --- One message ---


def test_local_mail_box_has_the_link_to_click(client, administrator, greeting, local_mail):
    link = make_link(expires_at=None)
    message = make_message(link=link)
    operations.deliver_due(now=NOW)

    page = text(get(client, "message", message.public_id))

    assert f"/t/{link_token(link)}/" in page
    assert "Nobody has received it" in page
    assert "Kept here" in page
    assert ">Sent<" not in page


def test_case_42_token_is_on_no_page_when_mail_goes_out(client, administrator, greeting, real_mail):
    link = make_link(expires_at=None)
    message = make_message(link=link)
    operations.deliver_due(now=NOW)

    page = text(get(client, "message", message.public_id))

    assert link_token(link).partition(".")[2] not in page
    assert "The link is in the mail alone" in page


def test_case_43_closed_link_is_not_on_the_page(client, administrator, greeting, local_mail):
    link = make_link(expires_at=None)
    message = make_message(link=link)
    operations.revoke_link(link=link, by=actor(administrator), now=NOW)

    page = text(get(client, "message", message.public_id))

    assert link_token(link).partition(".")[2] not in page
    assert "This link is not open any more." in page


def test_case_1_xss_name_is_text_on_every_page(client, administrator, greeting):
    hostile = '<img src=x onerror=alert(1)>"><svg onload=alert(2)>'
    message = make_message(to_name=hostile, context={"candidate_name": hostile, "contact": hostile})

    for page in (text(get(client, "mail")), text(get(client, "message", message.public_id))):
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert "&lt;img src=x" in page


def test_message_page_tells_what_happened(client, administrator, greeting, real_mail):
    message = make_message()
    real_mail.script("550 5.1.1 no such person")
    operations.deliver_due(now=NOW)

    client.post(reverse("outbox:message_resend", args=[message.public_id]))
    operations.deliver_due(now=NOW + timedelta(days=3650))

    page = text(get(client, "message", message.public_id))
    assert (
        page.index("Failed (550)")
        < page.index("To be sent again, " + administrator.full_name)
        < page.rindex("Sent ")
    )
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.parametrize("events", [1, 3])
def test_message_page_costs_the_same_queries(
    client, administrator, greeting, django_assert_num_queries, events
):
    message = make_message(link=make_link(expires_at=None), by=actor(administrator))
    for _ in range(events):
        Message.objects.update(state=MessageState.FAILED)
        operations.resend(message=message, by=actor(administrator), now=NOW)

    # Session, user, the message, its files, roles, what happened, what came back; signs; the organisation once for the
    # page and once for the link.
    with django_assert_num_queries(10):
        text(get(client, "message", message.public_id))


def test_resend_that_came_too_late_says_so(client, administrator, greeting):
    message = make_message()

    response = client.post(reverse("outbox:message_resend", args=[message.public_id]), follow=True)

    assert "can not be sent again" in text(response)
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


def test_erased_message_still_has_a_page(client, administrator, greeting):
    message = make_message(person_ref="zzzzzzzzzzzzzzzz", link=make_link())
    operations.redact_person(person_ref="zzzzzzzzzzzzzzzz", now=NOW)

    assert "Message without a subject" in text(get(client, "message", message.public_id))
    assert "Message without a subject" in text(get(client, "mail"))


# --- Long work ---


def test_work_page_shows_progress_and_asks_again_by_itself(client, administrator, register_work):
    register_work("add", lambda work, actor, report: {}, "Invite to a test")
    work = make_work("add", total=10)
    Work.objects.update(state=WorkState.RUNNING, done=4)

    page = text(get(client, "work", work.public_id))

    assert "Invite to a test" in page
    assert 'value="4" max="10"' in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_work_page_answers_its_own_question_with_the_part_that_changes(client, administrator, register_work):
    register_work("add", lambda work, actor, report: {})
    work = make_work("add")

    response = client.get(reverse("outbox:work", args=[work.public_id]), headers={"HX-Request": "true"})

    assert text(response).lstrip().startswith('<div class="stack" id="work-state"')


def test_work_page_shows_the_result_and_stops_asking(client, administrator, register_work):
    register_work(
        "add",
        lambda work, actor, report: {
            "summary": "12 people were added.",
            "counts": [["Added", 12], ["Linked", 3]],
            "problems": [{"row": 73, "column": "email", "text": "<b>ada</b> is no address. Correct it."}],
            "next": {"url": "/admin/mail/", "label": "See the mail"},
        },
    )
    work = make_work("add", arguments={"back": {"url": "/admin/", "label": "Start page"}})
    operations.run_due_work(now=NOW)

    page = text(get(client, "work", work.public_id))

    assert "every 2s" not in page
    assert 'http-equiv="refresh"' not in page
    for words in ("12 people were added.", "Linked", "1 row needs you", "73", "See the mail", "Start page"):
        assert words in page
    assert "&lt;b&gt;ada&lt;/b&gt;" in page


def test_work_page_says_why_it_failed(client, administrator, register_work):
    register_work("add", lambda work, actor, report: {})
    work = make_work("add")
    Work.objects.update(state=WorkState.FAILED, reason="The job is closed. Open it first.")

    assert "The job is closed. Open it first." in text(get(client, "work", work.public_id))


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_case_75_open_redirect_result_links_stay_on_this_site(client, administrator, register_work, url):
    register_work("add", lambda work, actor, report: {"next": {"url": url, "label": "Go on"}})
    work = make_work("add")
    operations.run_due_work(now=NOW)

    assert "Go on" not in text(get(client, "work", work.public_id))


@pytest.mark.parametrize("count", [1, 3])
def test_work_page_costs_the_same_queries(
    client, administrator, register_work, django_assert_num_queries, count
):
    problems = [{"row": number, "column": "email", "text": "Correct it."} for number in range(count)]
    register_work("add", lambda work, actor, report: {"problems": problems})
    work = make_work("add")
    operations.run_due_work(now=NOW)

    # Session, user, roles, the work, organisation, signs.
    with django_assert_num_queries(6):
        text(get(client, "work", work.public_id))


def test_case_25_upload_guess_url_uploaded_files_have_no_address(client, administrator, register_work):
    register_work("add", lambda work, actor, report: {})
    work = make_work("add", file=ContentFile(b"email\n", name="people.csv"))

    assert client.get(f"/{work.file.name}").status_code == 404
    work.file.delete(save=False)


def test_case_25_unknown_codes_are_404(client, administrator):
    assert get(client, "work", "nobodyknowsthis2").status_code == 404
    assert get(client, "message", "nobodyknowsthis2").status_code == 404


def test_mail_is_held_by_hand_and_released(client, administrator, greeting):
    message = make_message()
    assert "Hold all mail" in text(get(client, "mail"))

    held = client.post(reverse("outbox:hold-mail"), follow=True)
    again = client.post(reverse("outbox:hold-mail"), follow=True)
    assert "Hold all mail" not in text(get(client, "mail"))
    assert operations.deliver_due(now=NOW) == 0
    client.post(reverse("outbox:release-mail"))

    assert "Mail is held. Nothing goes out until you release it." in text(held)
    assert "Mail is held. Nothing goes out until you release it." not in text(again)
    assert Event.objects.filter(kind="mail.held").count() == 1
    assert operations.deliver_due(now=NOW) == 1
    message.refresh_from_db()
    assert message.state == MessageState.KEPT_HERE
