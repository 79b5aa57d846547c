from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Actor
from outbox import operations
from outbox.enums import Audience, MessageState
from outbox.models import Event, Message, MessageAttachment, MessageTemplate
from outbox.operations import delivery
from outbox.rules import MAIL_DELAYS, MAIL_LEASE, Attachment, link_token
from tests.factories.accounts import NOW, make_organisation, make_user
from tests.factories.outbox import make_link, make_message
from tests.servers.parallel import run_parallel


def deliver(now=NOW):
    return operations.deliver_due(now=now)


def kinds():
    return list(Event.objects.filter(about="outbox.message").order_by("pk").values_list("kind", flat=True))


@pytest.mark.django_db
def test_mail_that_stays_here_is_kept_and_never_sent(greeting, local_mail):
    message = make_message()

    assert deliver() == 1

    message.refresh_from_db()
    assert message.state == MessageState.KEPT_HERE
    assert message.get_state_display() == "Kept here"
    assert message.finished_at is not None
    assert kinds() == ["message.kept_here"]


@pytest.mark.django_db
def test_sent_mail_has_its_headers_both_parts_and_the_link(greeting, real_mail, settings):
    settings.SITE_ADDRESS = "https://jobs.example.org"
    make_organisation(name="Larkfield", reply_to="people@example.org")
    link = make_link()
    message = make_message(to_name="Zoë Müller-Łuc, PhD", to_address="zoe@example.com", link=link)

    deliver()

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.SENT, "")
    (mail,) = real_mail.to("zoe@example.com")
    assert mail["Message-ID"] == f"<{message.public_id}@jobs.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "people@example.org"
    assert mail["From"].addresses[0].display_name == "Larkfield"
    assert mail["To"].addresses[0].display_name == "Zoë Müller-Łuc, PhD"
    assert mail["To"].addresses[0].addr_spec == "zoe@example.com"
    assert mail["Subject"] == message.subject
    address = f"https://jobs.example.org/t/{link_token(link)}/"
    text = mail.get_body(["plain"]).get_content()
    assert address in text
    assert "You get this because you knocked." in text
    assert f'href="{address}"' in mail.get_body(["html"]).get_content()


@pytest.mark.django_db
def test_case_10_html_injection_mail_markup_in_a_name_is_text(greeting, real_mail):
    hostile = '<a href="https://evil.example">win</a><img src=x onerror=alert(1)>'
    make_message(
        to_name=hostile, to_address="ada@example.com", context={"candidate_name": hostile, "contact": "hr"}
    )

    deliver()

    html = real_mail.to("ada@example.com")[0].get_body(["html"]).get_content()
    assert "<img" not in html
    assert "evil.example" not in html
    assert "&lt;a href=" in html


@pytest.mark.django_db
def test_message_is_delivered_when_it_is_due_and_not_before(greeting, local_mail):
    make_message(due_at=NOW + timedelta(hours=1))

    assert deliver() == 0
    assert deliver(NOW + timedelta(hours=1)) == 1


@pytest.mark.django_db
def test_limit_is_kept_and_the_oldest_goes_first(greeting, local_mail):
    late = make_message(due_at=NOW - timedelta(minutes=1))
    early = make_message(due_at=NOW - timedelta(hours=1))

    assert operations.deliver_due(now=NOW, limit=1) == 1

    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.state, late.state) == (MessageState.KEPT_HERE, MessageState.QUEUED)


@pytest.mark.parametrize("trouble", ["451 4.3.0 try later", "421 4.7.0 too busy"])
@pytest.mark.django_db
def test_f11_temporary_refusal_is_tried_again_with_growing_delays_then_failed(greeting, real_mail, trouble):
    message = make_message()
    real_mail.script(*[trouble] * 6)
    now = NOW

    for number, delay in enumerate(MAIL_DELAYS, start=1):
        assert deliver(now) == 1
        message.refresh_from_db()
        assert (message.state, message.tries, message.reason) == (MessageState.QUEUED, number, trouble)
        assert timedelta() <= message.due_at - (now + delay) < timedelta(seconds=10)
        assert deliver(now) == 0
        now = message.due_at
    deliver(now)

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.FAILED, trouble)
    assert kinds() == [*["message.put_off"] * 5, "message.failed"]
    assert real_mail.delivered == []


@pytest.mark.django_db
def test_f11_final_refusal_fails_with_the_servers_words(greeting, real_mail):
    message = make_message()
    real_mail.script("550 5.1.1 no such person")

    deliver()

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.FAILED, "550 5.1.1 no such person")
    assert Event.objects.get(kind="message.failed").data == {
        "tries": 1,
        "code": 550,
        "trouble": "refused",
    }


@pytest.mark.parametrize(("line", "state"), [("550 5.1.1 gone", "failed"), ("450 4.2.1 full", "queued")])
@pytest.mark.django_db
def test_f11_refused_recipient_is_judged_by_its_code(greeting, real_mail, line, state):
    message = make_message(to_address="ada@example.com")
    real_mail.refuse_recipients["ada@example.com"] = line

    deliver()

    message.refresh_from_db()
    assert (message.state, message.reason) == (state, line)


@pytest.mark.parametrize("trouble", ["close", "hang", "lost reply"])
@pytest.mark.django_db
def test_f11_broken_in_mid_data_is_unknown_and_not_sent_again_by_itself(greeting, real_mail, trouble):
    message = make_message()
    real_mail.script(trouble)

    deliver()

    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN
    assert deliver(NOW + timedelta(days=2)) == 0
    assert real_mail.attempts == 1


@pytest.mark.django_db
def test_f8_resend_of_an_unknown_message_keeps_message_id_and_link(greeting, real_mail):
    message = make_message(to_address="ada@example.com", link=make_link())
    real_mail.script("lost reply")
    deliver()
    message.refresh_from_db()

    operations.resend(message=message, by=Actor.system(), now=NOW)
    deliver()

    first, second = real_mail.to("ada@example.com")
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body(["plain"]).get_content() == second.get_body(["plain"]).get_content()


@pytest.mark.django_db
def test_f11_unreachable_server_puts_off(greeting, real_mail, settings, fault_proxy):
    proxy = fault_proxy(("127.0.0.1", real_mail.port))
    settings.EMAIL_PORT = proxy.port
    proxy.refuse()
    message = make_message()

    deliver()

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.QUEUED, "Nobody answers at this server and port.")


@pytest.mark.django_db
def test_f11_server_that_hangs_before_data_puts_off(greeting, real_mail, settings, fault_proxy):
    proxy = fault_proxy(("127.0.0.1", real_mail.port))
    settings.EMAIL_PORT = proxy.port
    proxy.black_hole()
    message = make_message()

    deliver()

    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.QUEUED, "The mail server did not answer in time.")


@pytest.mark.django_db
def test_f11_starttls_that_is_not_offered_never_falls_to_clear_text(greeting, real_mail, settings):
    settings.EMAIL_USE_TLS = True
    message = make_message()

    deliver()

    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert message.reason == "The mail server does not offer what is set up."
    assert real_mail.attempts == 0


@pytest.mark.django_db
def test_f8_message_of_a_worker_that_died_while_sending_becomes_unknown(greeting, real_mail):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, tries=1, lease_until=NOW)

    assert deliver(NOW) == 0
    message.refresh_from_db()
    assert message.state == MessageState.SENDING

    assert deliver(NOW + timedelta(seconds=1)) == 0
    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN
    assert real_mail.attempts == 0


class SlowerThanItsLease(BaseEmailBackend):
    """Another worker decides about the message while this one is sending."""

    def send_messages(self, email_messages):
        delivery.mark_lost(now=NOW + MAIL_LEASE + timedelta(seconds=1))
        return len(email_messages)


@pytest.mark.django_db
def test_worker_that_lost_its_lease_does_not_overwrite_the_decision(greeting, settings):
    settings.EMAIL_URL = "smtp://mail.example.com"
    settings.EMAIL_BACKEND = f"{__name__}.SlowerThanItsLease"
    message = make_message()

    deliver()

    message.refresh_from_db()
    assert message.state == MessageState.UNKNOWN
    assert kinds() == ["message.unknown"]


@pytest.mark.parametrize("field", ["subject", "to_name", "to_address"])
@pytest.mark.django_db
def test_case_12_header_injection_is_refused_again_when_sent(greeting, real_mail, field):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(**{field: "ada@example.com\r\nBcc: eve@evil.example"})

    deliver()

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert real_mail.attempts == 0


@pytest.mark.django_db
def test_row_that_raises_is_pushed_ahead_and_holds_up_no_other(greeting, real_mail, caplog, settings):
    bad = make_message(link=make_link(), to_address="bad@example.com")
    good = make_message()
    # No mail can link to that, so putting the one with a link together raises.
    settings.SITE_ADDRESS = "nonsense"

    assert deliver() == 2

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.tries) == (MessageState.QUEUED, 1)
    assert bad.due_at > NOW
    assert good.state == MessageState.SENT
    assert "bad@example.com" not in caplog.text
    assert deliver() == 0


@pytest.mark.django_db
def test_message_whose_link_was_closed_meanwhile_is_cancelled(greeting, real_mail):
    message = make_message(link=make_link(expires_at=NOW - timedelta(seconds=1)))

    deliver()

    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert real_mail.attempts == 0


@pytest.mark.django_db(transaction=True)
def test_f24_two_workers_claim_one_message_and_one_mail_goes_out(greeting, real_mail, race_rounds):
    for number in range(race_rounds):
        address = f"race{number}@example.com"
        message = make_message(to_address=address)

        outcomes = run_parallel(deliver, 4)

        assert sorted(outcomes) == [0, 0, 0, 1], outcomes
        assert len(real_mail.to(address)) == 1
        message.refresh_from_db()
        assert (message.state, message.tries) == (MessageState.SENT, 1)


@pytest.mark.django_db
def test_one_message_costs_few_statements_and_none_while_sending(
    greeting, local_mail, django_assert_num_queries
):
    make_message()

    # Lost ones, due ones; the message, the claim; the organisation; savepoint, end, event, release.
    with django_assert_num_queries(9):
        deliver()


@pytest.mark.django_db
def test_an_answer_goes_where_the_message_says(greeting, real_mail):
    make_organisation(name="Larkfield", reply_to="people@example.org")
    make_message(to_address="ada@example.com", reply_to="parks@example.org")

    deliver()

    (mail,) = real_mail.to("ada@example.com")
    assert mail["Reply-To"] == "parks@example.org"


def draft_of(to_address, attachments, **fields):
    return operations.MessageDraft(
        intent=f"greet:{to_address}",
        kind="greeting",
        audience=Audience.CANDIDATE,
        to_name="Ada",
        to_address=to_address,
        context={"candidate_name": "Ada", "contact": "hr"},
        attachments=attachments,
        **fields,
    )


def stored(name="Plan.pdf", content=b"%PDF-1.7 plan"):
    file = default_storage.save(f"attachments/{name}", ContentFile(content))
    return Attachment(file=file, filename=name, media_type="application/pdf", size=len(content))


@pytest.mark.django_db
def test_files_go_with_the_mail_and_lie_there_once_for_many(greeting, real_mail):
    plan = stored()
    drafts = [draft_of(f"{name}@example.com", [plan], batch="abcdefghjkmnpqrs") for name in ("ada", "bo")]
    assert operations.queue_messages(drafts=drafts, by=Actor.system(), now=NOW) == 2
    assert operations.queue_messages(drafts=drafts, by=Actor.system(), now=NOW) == 0

    deliver()

    for name in ("ada", "bo"):
        [part] = real_mail.to(f"{name}@example.com")[0].iter_attachments()
        assert (part.get_filename(), part.get_content_type()) == ("Plan.pdf", "application/pdf")
        assert part.get_content() == b"%PDF-1.7 plan"
    assert MessageAttachment.objects.values("file").distinct().count() == 1


@pytest.mark.django_db
def test_mail_whose_file_is_gone_fails_with_words_and_is_not_sent_without_it(greeting, real_mail):
    plan = stored()
    message = operations.queue_draft(draft=draft_of("ada@example.com", [plan]), by=Actor.system(), now=NOW)
    default_storage.delete(plan.file)

    deliver()

    message.refresh_from_db()
    assert (message.state, "Plan.pdf" in message.reason) == (MessageState.FAILED, True)
    assert not real_mail.to("ada@example.com")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_many_got_stays_until_the_last_of_them_is_erased(greeting):
    plan = stored()
    for number, name in enumerate(("ada", "bo")):
        draft = draft_of(f"{name}@example.com", [plan], person_ref=f"person{number}")
        operations.queue_draft(draft=draft, by=Actor.system(), now=NOW)

    operations.redact_person(person_ref="person0", now=NOW)
    assert default_storage.exists(plan.file)
    assert MessageAttachment.objects.count() == 1
    operations.redact_person(person_ref="person1", now=NOW)

    assert not default_storage.exists(plan.file)
    assert not MessageAttachment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("is_by_hand", "header"), [(True, None), (False, "auto-generated")])
def test_only_letters_that_a_colleague_wrote_are_not_marked_as_automatic(real_mail, is_by_hand, header):
    by = Actor.of_user(make_user()) if is_by_hand else Actor.system()
    template = MessageTemplate(kind="letter", subject="Hi", body="Hello")
    make_message(kind="letter", template=template, context={}, to_address="ada@example.com", by=by)

    deliver()

    assert real_mail.to("ada@example.com")[0]["Auto-Submitted"] == header
