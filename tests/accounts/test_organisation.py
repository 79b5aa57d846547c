import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import operations
from accounts.models import Actor, Logo, Organisation
from accounts.rules import is_loopback
from accounts.validators import clean_site_address
from tests.factories.accounts import NOW, actor, make_organisation, make_recruiter

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def set_organisation(**fields):
    return operations.set_organisation(by=SYSTEM, now=NOW, **fields)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Hiring.Example.com/", "https://hiring.example.com"),
        ("hiring.example.com", "https://hiring.example.com"),
        (" http://hiring:8000 ", "http://hiring:8000"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
        ("", ""),
    ],
)
def test_site_address_is_kept_as_scheme_name_and_port(typed, kept):
    assert set_organisation(site_address=typed).site_address == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://hiring.example.com",
        "https://hiring.example.com/path",
        "https://hiring.example.com?x=1",
        "https://ada:secret@hiring.example.com",
        "https://hiring example.com",
        "https://hiring.example.com:0",
        "https://hiring.example.com:99999",
        "https://-hiring.example.com",
        "https://",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_site_address_is_refused(typed):
    with pytest.raises(ValidationError) as refusal:
        clean_site_address(typed)

    assert list(refusal.value.message_dict) == ["site_address"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", True),
        ("192.168.1.20", False),
        ("hiring.example.com", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("sender", ["Larkfield", "jobs@example.com", "Larkfield Hiring <jobs@example.com>"])
def test_sender_may_be_a_name_an_address_or_both(sender):
    assert set_organisation(sender=sender).sender == sender


@pytest.mark.parametrize(
    "sender", ["Larkfield <jobs@>", "jobs@example.com, eve@example.com", "a@b\r\nBcc: x"]
)
def test_case_12_header_injection_sender_that_is_none_is_refused(sender):
    with pytest.raises(ValidationError) as refusal:
        set_organisation(sender=sender)

    assert list(refusal.value.message_dict) == ["sender"]


def test_two_forms_of_the_row_do_not_write_over_each_other():
    make_organisation()
    Organisation.objects.update(mail_host="smtp.example.com", mail_goes_out=True)

    set_organisation(name="Other")

    kept = Organisation.objects.get()
    assert (kept.name, kept.mail_host, kept.mail_goes_out) == ("Other", "smtp.example.com", True)


def test_logo_replaces_the_earlier_one_and_goes_away_again():
    for content in (b"first", b"second"):
        operations.set_logo(
            content=content, media_type="image/png", digest=content.decode(), by=SYSTEM, now=NOW
        )

    assert Organisation.objects.get().logo_digest == "second"
    assert bytes(Logo.objects.get().content) == b"second"

    operations.remove_logo(by=SYSTEM, now=NOW)
    operations.remove_logo(by=SYSTEM, now=NOW)

    assert Organisation.objects.get().logo_digest == ""
    assert Logo.objects.count() == 0


def test_steps_are_set_aside_and_taken_up_again():
    for code in ("mail", "mail", "address"):
        operations.set_step_aside(code=code, aside=True, by=SYSTEM, now=NOW)
    assert Organisation.objects.get().set_aside == ["address", "mail"]

    operations.set_step_aside(code="mail", aside=False, by=SYSTEM, now=NOW)

    assert Organisation.objects.get().set_aside == ["address"]


def test_only_administrators_change_any_of_it():
    by = actor(make_recruiter())
    attempts = [
        lambda: operations.set_organisation(name="Mine", by=by, now=NOW),
        lambda: operations.set_logo(content=b"x", media_type="image/png", digest="x", by=by, now=NOW),
        lambda: operations.remove_logo(by=by, now=NOW),
        lambda: operations.set_step_aside(code="mail", aside=True, by=by, now=NOW),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()

    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "email_url", "address", "local"),
    [
        ({}, "", "https://hiring.example.com", True),
        ({"mail_goes_out": True, "mail_host": "smtp.example.com"}, "", "https://hiring.example.com", False),
        ({"mail_goes_out": True, "mail_host": "smtp.example.com"}, "", "http://127.0.0.1:8000", True),
        ({}, "smtp://mail.example.com", "http://localhost:8000", False),
        ({"is_sample": True}, "smtp://mail.example.com", "https://hiring.example.com", True),
    ],
    ids=["nothing", "page", "page under an address of this machine", "environment", "made-up people"],
)
def test_whether_mail_stays_here(settings, fields, email_url, address, local):
    settings.EMAIL_URL, settings.SITE_ADDRESS = email_url, address

    assert make_organisation(**fields).mail_is_local is local
