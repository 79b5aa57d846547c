"""The public page of an open link, and the page on which an address is confirmed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Actor, Organisation
from assessments.models import Invitation, OpenLink, SignUp
from assessments.operations import create_open_link
from candidates.models import Candidate
from outbox.models import Message
from outbox.rules import link_token
from tests.assessments.taking.places import make_assessment, make_candidate

ADA = {"full_name": "Ada Lovelace", "email": "ada@example.com", "consent": "on"}


@pytest.fixture
def link(db: None) -> OpenLink:
    return create_open_link(
        assessment=make_assessment(), title="Working student", by=Actor.system(), now=timezone.now()
    )


def page(link: OpenLink, rest: str = "") -> str:
    return f"/apply/{link.public_id}/{rest}"


def test_stranger_signs_up_confirms_by_mail_and_reaches_the_briefing(client: Client, link: OpenLink) -> None:
    shown = client.get(page(link))
    sent = client.post(page(link), ADA, follow=True)

    assert "Working student" in shown.content.decode()
    assert shown["X-Robots-Tag"].startswith("noindex")
    assert "Look into your mail" in sent.content.decode()
    token = link_token(SignUp.objects.get().link)
    entered = client.get(f"/confirm/{token}/")
    assert entered["Referrer-Policy"] == "no-referrer"
    confirming = client.get(entered["Location"])
    assert "Are you Ada Lovelace, with the address ada@example.com?" in confirming.content.decode()
    # Looking, however often, made nobody.
    assert not Candidate.objects.exists()
    briefing = client.post(entered["Location"], follow=True)
    assert "Nothing has started yet" in briefing.content.decode()
    assert Invitation.objects.get().candidate.full_name == "Ada Lovelace"
    again = client.post(entered["Location"], follow=True)
    assert "Nothing has started yet" in again.content.decode()
    assert Invitation.objects.count() == 1


def test_answer_is_the_same_whether_or_not_somebody_is_known(client: Client, link: OpenLink) -> None:
    known = make_candidate()
    address = known.emails.get().address

    answers = [
        client.post(page(link), {**ADA, "email": email}, follow=True)
        for email in (address, "nobody@example.com")
    ]

    assert [answer.redirect_chain for answer in answers] == [[(page(link, "sent/"), 302)]] * 2
    texts = [
        re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
        for answer in answers
    ]
    assert texts[0] == texts[1]
    assert Message.objects.filter(kind="sign_up").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"full_name": ""}, "Give your name."),
        ({"email": "no address"}, "no address"),
        ({"consent": ""}, "Tick the box to agree"),
    ],
)
def test_form_says_what_is_missing_and_keeps_the_rest(
    client: Client, link: OpenLink, fields: dict[str, Any], words: str
) -> None:
    response = client.post(page(link), {**ADA, **fields})

    text = response.content.decode()
    assert words in text
    assert 'value="Ada Lovelace"' in text or "full_name" in fields
    assert not SignUp.objects.exists()


def test_asking_very_often_for_one_address_is_held_up(client: Client, link: OpenLink) -> None:
    codes = [client.post(page(link), ADA).status_code for _ in range(4)]

    assert codes == [302, 302, 302, 429]
    assert Message.objects.count() == 3


def test_closed_full_and_unknown_links_say_so_and_take_nobody(client: Client, link: OpenLink) -> None:
    OpenLink.objects.update(closed_at=timezone.now())
    closed = client.post(page(link), ADA)
    OpenLink.objects.update(closed_at=None, most_people=1, taken=1)
    full = client.get(page(link))

    assert "This page is closed." in closed.content.decode()
    assert "As many people as there are places" in full.content.decode()
    assert client.get("/apply/abcdefghjkmnpqrs/").status_code == 404
    assert not SignUp.objects.exists()


def test_confirmation_without_its_cookie_or_with_another_s_opens_nothing(
    client: Client, link: OpenLink
) -> None:
    client.post(page(link), ADA)
    client.post(page(link), {**ADA, "email": "grace@example.com"})
    ada, grace = SignUp.objects.order_by("pk")

    assert Client().get(f"/confirmed/{ada.link.public_id}/").status_code == 404
    client.get(f"/confirm/{link_token(grace.link)}/")
    assert client.post(f"/confirmed/{ada.link.public_id}/").status_code == 404
    assert not Candidate.objects.exists()


def test_pages_without_a_mail_name_no_mail_that_could_be_answered(client: Client, link: OpenLink) -> None:
    client.post(page(link), ADA)
    answer = "answer the mail that brought you here"
    for address in ("people@example.com", ""):
        Organisation.objects.update_or_create(pk=1, defaults={"reply_to": address})
        pages = [
            client.get(page(link)),
            client.get(page(link, "sent/")),
            client.get("/apply/abcdefghjkmnpqrs/"),
        ]
        texts = [each.content.decode() for each in pages]

        assert not any(answer in text.lower() for text in texts)
        assert [f"mailto:{address}" in text for text in texts] == [bool(address)] * 3
    entered = client.get(f"/confirm/{link_token(SignUp.objects.get().link)}/", follow=True)
    assert answer in entered.content.decode().lower()


def spoken(response: Any) -> str:
    return str(re.search(r'<html lang="(\w+)"', response.content.decode())[1])  # type: ignore[index]


def test_language_is_chosen_on_the_page_and_holds_until_the_test(client: Client, link: OpenLink) -> None:
    before = client.get(page(link))

    typed = {"full_name": "Ada Lovelace", "email": "ada@", "consent": "on"}
    changed = client.post(page(link), {**typed, "language": "de"})

    assert (spoken(before), spoken(changed), spoken(client.get(page(link)))) == ("en", "de", "de")
    assert 'value="de" lang="de"' in before.content.decode()
    # What was typed is there, and nothing was sent or judged.
    text = changed.content.decode()
    assert 'value="Ada Lovelace"' in text
    assert 'value="ada@"' in text
    assert re.search(r'name="consent"[^>]* checked', text)
    assert 'id="errors"' not in text
    assert not SignUp.objects.exists()
    assert spoken(Client().get(page(link))) == "en"

    sent = client.post(page(link), ADA, follow=True)
    assert spoken(sent) == "de"
    assert Message.objects.get().language == "de"
    confirming = client.get(f"/confirm/{link_token(SignUp.objects.get().link)}/", follow=True)
    assert spoken(confirming) == "de"


def test_language_that_is_changed_while_confirming_is_that_of_the_test(
    client: Client, link: OpenLink
) -> None:
    client.post(page(link), ADA)
    entered = client.get(f"/confirm/{link_token(SignUp.objects.get().link)}/")["Location"]

    changed = client.post(entered, {"language": "de"})

    assert (changed.status_code, changed["Location"]) == (302, entered)
    assert not Candidate.objects.exists()
    assert spoken(client.get(entered)) == "de"
    briefing = client.post(entered, follow=True)
    assert spoken(briefing) == "de"
    invitation = Invitation.objects.get()
    assert invitation.language == "de"
    # Whoever chooses another one on the pages of the test keeps it.
    Invitation.objects.update(language="en")
    assert spoken(client.post(entered, follow=True)) == "en"


def test_every_public_page_has_the_way_to_another_language(client: Client, link: OpenLink) -> None:
    client.post(page(link), ADA)
    unknown = "/apply/abcdefghjkmnpqrs/"

    for address in (page(link), page(link, "sent/"), unknown):
        shown = client.get(address)
        changed = client.post(address, {"language": "de"}, follow=True)
        back = client.post(address, {"language": "en"}, follow=True)

        assert 'name="language" value="de"' in shown.content.decode(), address
        assert 'name="language" value="en"' in changed.content.decode(), address
        assert [spoken(each) for each in (shown, changed, back)] == ["en", "de", "en"]
    assert client.post(page(link, "sent/")).status_code == 405


@pytest.mark.parametrize("wanted", ["", "xx", "d" * 40, "../de"])
def test_language_that_no_page_speaks_changes_nothing(client: Client, link: OpenLink, wanted: str) -> None:
    german = {"Accept-Language": "de"}

    changed = client.post(page(link), {"language": wanted}, headers=german)

    assert spoken(changed) == "de"
    assert spoken(client.get(page(link), headers=german)) == "de"


def test_looking_at_a_public_page_keeps_no_language(client: Client, link: OpenLink) -> None:
    assert "shortlist_language" not in client.get(page(link)).cookies
