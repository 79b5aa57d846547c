from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import Settings

from accounts import operations as accounts
from accounts.models import Actor, User
from outbox import operations
from outbox.enums import LinkPurpose, MessageState
from outbox.models import AccessLink, Event, Message
from outbox.operations.colleagues import open_colleague_link
from outbox.queries import find_link, mailbox_url
from outbox.rules import link_token
from tests.factories.accounts import NOW, make_administrator, make_organisation, make_recruiter

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
NEW = "a long enough sentence"


@pytest.fixture
def ada() -> User:
    """Somebody who was added and has chosen no password yet."""
    return make_recruiter(email="ada@example.org", full_name="Ada Lovelace", password=None)


def invite(user: User, by: Actor = SYSTEM, now=NOW) -> AccessLink:
    accounts.invite_user(user=user, by=by, now=now)
    return AccessLink.objects.select_related("user").get(user=user, purpose=LinkPurpose.JOIN)


def opens(token: str, *, purpose: LinkPurpose = LinkPurpose.JOIN, now=NOW) -> bool:
    link = find_link(token, purpose=purpose, now=now)
    return link is not None and link.is_open(now=now)


def test_an_invitation_says_who_invited_and_holds_a_link_for_seven_days(
    ada: User, settings: Settings
) -> None:
    settings.SITE_ADDRESS = "https://hiring.larkfield.example"
    make_organisation(name="Larkfield")

    link = invite(ada, Actor.of_user(make_administrator(full_name="Grace Hopper")))

    mail = Message.objects.get()
    assert (mail.to_address, mail.link, mail.link_label) == ("ada@example.org", link, "Choose a password")
    assert "Grace Hopper invited you" in mail.body
    assert "7 days" in mail.body
    assert "hiring.larkfield.example" in mail.body
    assert link_token(link) not in mail.body
    assert link.expires_at == NOW + timedelta(days=7)


def test_the_mail_is_written_with_the_colleague_or_not_at_all(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ada.refresh_from_db()

    with pytest.raises(ValidationError):
        accounts.invite_user(user=ada, by=SYSTEM, now=NOW)

    assert Message.objects.count() == AccessLink.objects.count() == 0


def test_sending_it_again_keeps_the_link_and_a_double_click_is_one_mail(ada: User) -> None:
    token = link_token(invite(ada))
    invite(ada, now=NOW + timedelta(seconds=5))
    assert Message.objects.count() == 1

    link = invite(ada, now=NOW + timedelta(days=2))

    assert Message.objects.count() == 2
    assert (link_token(link), link.expires_at) == (token, NOW + timedelta(days=9))


def test_case_43_token_reuse_after_choosing_a_password_the_link_is_dead(ada: User) -> None:
    link = invite(ada)
    token = link_token(link)

    operations.choose_password(link=link, password=NEW, now=NOW)

    assert User.objects.get(pk=ada.pk).check_password(NEW)
    assert not opens(token)
    with pytest.raises(operations.LinkRefused):
        operations.choose_password(link=link, password="another long sentence", now=NOW)
    assert User.objects.get(pk=ada.pk).check_password(NEW)


def test_case_43_token_reuse_after_it_expired_the_next_link_is_another(ada: User) -> None:
    token = link_token(invite(ada))
    later = NOW + timedelta(days=8)
    assert not opens(token, now=later)

    fresh = link_token(invite(ada, now=later))

    assert opens(fresh, now=later)
    assert find_link(token, purpose=LinkPurpose.JOIN, now=later) is None


def test_a_link_of_one_purpose_opens_no_other_door(ada: User) -> None:
    token = link_token(invite(ada))

    assert find_link(token, purpose=LinkPurpose.RESET, now=NOW) is None
    assert find_link(token, purpose=LinkPurpose.TEST, now=NOW) is None


@pytest.mark.parametrize("password", ["short", "password123", "ada@example.org"])
def test_a_weak_password_is_refused_and_uses_nothing_up(ada: User, password: str) -> None:
    link = invite(ada)

    with pytest.raises(ValidationError) as refusal:
        operations.choose_password(link=link, password=password, now=NOW)

    assert list(refusal.value.error_dict) == ["password"]
    assert opens(link_token(link))


@pytest.mark.parametrize("what", ["deactivated", "address", "another link"])
def test_whatever_ends_the_older_way_in_closes_the_links(ada: User, what: str) -> None:
    token = link_token(invite(ada))
    if what == "deactivated":
        accounts.deactivate_user(user=ada, by=SYSTEM, now=NOW)
        accounts.activate_user(user=ada, by=SYSTEM, now=NOW)
    elif what == "address":
        accounts.update_user(
            user=ada, email="ada@new.example", full_name="Ada", time_zone="", language="", by=SYSTEM, now=NOW
        )
    else:
        reset = open_colleague_link(user=ada, purpose=LinkPurpose.RESET, by=SYSTEM, now=NOW)
        operations.choose_password(link=reset, password=NEW, now=NOW)

    assert not opens(token)


def test_mail_to_an_older_address_never_goes_out_with_a_newer_link(ada: User, settings) -> None:
    settings.EMAIL_URL = ""
    invite(ada)
    accounts.update_user(
        user=ada, email="ada@new.example", full_name="Ada", time_zone="", language="", by=SYSTEM, now=NOW
    )
    invite(ada, now=NOW + timedelta(minutes=2))

    operations.deliver_due(now=NOW + timedelta(minutes=3))

    states = dict(Message.objects.values_list("to_address", "state"))
    assert states == {"ada@example.org": MessageState.CANCELLED, "ada@new.example": MessageState.KEPT_HERE}


def test_a_new_password_is_mailed_to_known_addresses_alone() -> None:
    make_recruiter(email="known@example.org")
    make_recruiter(email="gone@example.org")
    accounts.deactivate_user(user=User.objects.get(email="gone@example.org"), by=SYSTEM, now=NOW)

    for address in ("KNOWN@example.org", "unknown@example.org", "gone@example.org"):
        operations.ask_for_new_password(address=address, now=NOW)

    mail = Message.objects.get()
    assert (mail.kind, mail.to_address, mail.created_by) == ("new_password", "known@example.org", None)
    assert "6 hours" in mail.body


@pytest.mark.parametrize("recipient", [False, True], ids=["inviter", "recipient"])
def test_nobody_but_administrators_reads_mail_that_opens_an_account(settings, recipient: bool) -> None:
    settings.EMAIL_URL = ""
    administrator, once = make_administrator(), make_administrator()
    user = make_recruiter()
    accounts.invite_user(user=user, by=Actor.of_user(once), now=NOW)
    accounts.set_roles(user=once, roles=[], by=SYSTEM, now=NOW)
    reader = user if recipient else User.objects.get(pk=once.pk)

    assert not Message.objects.all().visible_to(Actor.of_user(reader)).exists()
    seen = Message.objects.all().visible_to(Actor.of_user(administrator)).get()
    assert "/new-password/" in mailbox_url(seen, now=NOW)


def test_only_administrators_change_the_words_of_mail_that_opens_accounts() -> None:
    words = {"subject": "Hi", "body": "Go\n\n{{ link }}", "button": "Go", "language": "en"}

    with pytest.raises(PermissionDenied):
        operations.save_template(
            template=None, kind="new_password", by=Actor.of_user(make_recruiter()), now=NOW, **words
        )


def test_only_administrators_get_a_link_to_hand_over(ada: User) -> None:
    with pytest.raises(PermissionDenied):
        operations.hand_over_link(user=ada, by=Actor.of_user(make_recruiter()), now=NOW)

    mailed = link_token(invite(ada))
    handed = operations.hand_over_link(user=ada, by=Actor.of_user(make_administrator()), now=NOW)

    assert link_token(handed) == mailed
    assert Event.objects.filter(kind="accounts.link_handed_over", about_id=ada.pk).count() == 1


def test_no_event_of_a_link_holds_its_token(ada: User) -> None:
    link = invite(ada)
    operations.choose_password(link=link, password=NEW, now=NOW)

    kept = " ".join(str(data) for data in Event.objects.values_list("data", flat=True))
    assert link_token(link)[:16] not in kept
    assert NEW not in kept
