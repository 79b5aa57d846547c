from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations, queries
from assessments.enums import SubmittedBy
from assessments.models import AssessmentVersion, Invitation, OpenLink, SignUp
from assessments.operations import CannotInvite, NotInvitedAgain, OpenLinkRefused
from candidates.models import Candidate, Consent
from candidates.operations import erase_person, export_person
from outbox.models import AccessLink, Event, Message
from tests.factories.accounts import make_organisation, make_user
from tests.factories.assessments import make_assessment, make_draft, make_finished, make_person
from tests.factories.questions import NOW
from tests.servers.parallel import run_all

SYSTEM = Actor.system()
DAY = timedelta(days=1)


def make_link(**fields: Any) -> OpenLink:
    return operations.create_open_link(
        **{"assessment": fields.pop("assessment", None) or make_assessment(), "title": "Autumn", **fields},
        by=SYSTEM,
        now=NOW,
    )


def ask(link: OpenLink, email: str = "Ada@Example.com", name: str = "Ada Lovelace", **fields: Any) -> SignUp:
    operations.sign_up(link=link, full_name=name, email=email, now=fields.pop("now", NOW), **fields)
    return SignUp.objects.order_by("-pk").first()  # type: ignore[return-value]


def confirm(asked: SignUp, **fields: Any) -> Invitation:
    return operations.confirm_sign_up(asked=asked, now=fields.pop("now", NOW))


@pytest.mark.django_db
def test_confirming_makes_a_person_with_an_invitation_and_blanks_what_was_typed() -> None:
    make_organisation(name="Larkfield")
    link = make_link()

    asked = ask(link)
    assert not Candidate.objects.exists()
    invitation = confirm(asked)

    person = Candidate.objects.get()
    assert (person.full_name, person.emails.get().address) == ("Ada Lovelace", "Ada@Example.com")
    assert invitation.candidate == person
    asked.refresh_from_db()
    assert (asked.full_name, asked.address, asked.normalised, asked.invitation) == ("", "", "", invitation)
    link.refresh_from_db()
    assert link.taken == 1
    mails = {mail.kind: mail for mail in Message.objects.all()}
    assert set(mails) == {"sign_up", "test_invitation"}
    assert mails["sign_up"].person_ref == person.public_id
    assert Consent.objects.get().text.purpose == "sign_up"
    assert not any("Ada" in str(event.data) for event in Event.objects.all())


@pytest.mark.django_db
def test_confirming_twice_is_once() -> None:
    asked = ask(make_link())

    assert confirm(asked) == confirm(asked)
    assert (Invitation.objects.count(), OpenLink.objects.get().taken) == (1, 1)


@pytest.mark.django_db
def test_same_address_is_mailed_the_same_link_a_few_times_and_no_more() -> None:
    link = make_link()

    for minute in range(9):
        ask(link, "ada@example.com" if minute % 2 else "ADA@example.com", now=NOW + timedelta(minutes=minute))

    assert SignUp.objects.count() == 1
    assert Message.objects.filter(kind="sign_up").count() == 5
    assert AccessLink.objects.filter(purpose="confirm").count() == 1


@pytest.mark.django_db
def test_person_who_is_known_is_linked_not_doubled() -> None:
    person = make_person("Grace Hopper")
    address = person.emails.get().address

    invitation = confirm(ask(make_link(), address.upper(), "Somebody Else"))

    assert invitation.candidate == person
    person.refresh_from_db()
    assert person.full_name == "Grace Hopper"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "later", "reason"),
    [
        ({"opens_at": NOW + DAY}, NOW, "not_yet"),
        ({"closes_at": NOW + DAY}, NOW + DAY, "over"),
        ({"most_people": 1}, NOW, "full"),
    ],
)
def test_nobody_new_comes_in(fields: dict[str, Any], later: Any, reason: str) -> None:
    link = make_link(**fields)
    if reason == "full":
        confirm(ask(link, "first@example.com"))
        link.refresh_from_db()

    with pytest.raises(OpenLinkRefused) as refusal:
        ask(link, now=later)

    assert refusal.value.reason == reason


@pytest.mark.django_db
def test_link_that_closed_since_the_mail_takes_nobody_and_makes_nobody() -> None:
    link = make_link()
    asked = ask(link)
    operations.close_open_link(link=link, by=SYSTEM, now=NOW)
    operations.close_open_link(link=link, by=SYSTEM, now=NOW + DAY)

    with pytest.raises(OpenLinkRefused):
        confirm(asked)

    assert OpenLink.objects.get().closed_at == NOW
    assert not Candidate.objects.exists()
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_whoever_came_comes_back_to_the_same_invitation_though_the_link_is_full() -> None:
    link = make_link(most_people=1)
    first = confirm(ask(link))
    SignUp.objects.create(
        open_link=link,
        link=AccessLink.objects.create(purpose="confirm", person_ref="x" * 16, created_at=NOW),
        full_name="Ada",
        address="ada@example.com",
        normalised="ada@example.com",
        agreed_to=SignUp.objects.get().agreed_to,
        asked_at=NOW,
    )

    assert confirm(SignUp.objects.get(confirmed_at=None)) == first
    assert OpenLink.objects.get().taken == 1


@pytest.mark.django_db
def test_retake_rule_holds_and_what_was_withdrawn_stays_withdrawn() -> None:
    assessment, person = make_assessment(), make_person()
    make_finished(assessment, person=person)
    link = make_link(assessment=assessment)

    with pytest.raises(NotInvitedAgain):
        confirm(ask(link, person.emails.get().address))
    assert OpenLink.objects.get().taken == 0

    first = confirm(ask(link))
    operations.revoke_invitation(invitation=first, by=SYSTEM, now=NOW)
    assert confirm(ask(link)) == first


@pytest.mark.django_db
def test_person_whose_invitation_ran_out_gets_another_and_counts_once() -> None:
    link = make_link()
    first = confirm(ask(link))

    second = confirm(ask(link, now=NOW + 20 * DAY), now=NOW + 20 * DAY)

    assert second != first
    assert OpenLink.objects.get().taken == 1


@pytest.mark.django_db
def test_limit_of_an_open_link_holds_however_many_come_at_once(
    transactional_db: None, race_rounds: int
) -> None:
    assessment = make_assessment()
    AssessmentVersion.objects.filter(assessment=assessment).update(most_attempts=20)
    for _ in range(max(1, race_rounds // 5)):
        link = make_link(assessment=assessment, most_people=2)
        asked = [ask(link, f"person{number}@example.com") for number in range(5)]

        outcomes = run_all([partial(confirm, each) for each in asked])

        invited = [each for each in outcomes if isinstance(each, Invitation)]
        assert len(invited) == 2, outcomes
        assert all(isinstance(each, Invitation | OpenLinkRefused) for each in outcomes), outcomes
        link.refresh_from_db()
        assert link.taken == 2


@pytest.mark.django_db
def test_two_presses_of_confirm_at_once_make_one_person(transactional_db: None, race_rounds: int) -> None:
    for number in range(max(1, race_rounds // 5)):
        asked = ask(make_link(), f"twice{number}@example.com")

        outcomes = run_all([partial(confirm, asked)] * 3)

        assert {each.pk for each in outcomes} == {Invitation.objects.latest("pk").pk}, outcomes
        assert Candidate.objects.count() == number + 1


@pytest.mark.django_db
def test_whoever_does_not_confirm_is_forgotten_with_their_mail() -> None:
    link = make_link()
    ask(link)
    confirmed = confirm(ask(link, "stays@example.com"))

    assert operations.forget_sign_ups(now=NOW + 7 * DAY) == 0
    assert operations.forget_sign_ups(now=NOW + 7 * DAY + timedelta(seconds=1)) == 1

    assert SignUp.objects.get().invitation == confirmed
    assert not Message.objects.filter(to_address__icontains="ada@").exists()


@pytest.mark.django_db
def test_erasing_a_person_erases_what_they_typed_and_never_confirmed() -> None:
    admin = Actor.of_user(make_user(Role.ADMINISTRATOR))
    link, other = make_link(), make_link()
    invitation = confirm(ask(link))
    ask(other)
    told = export_person(candidate=invitation.candidate, by=admin, now=NOW)

    erase_person(candidate=invitation.candidate, by=admin, now=NOW)

    assert "Autumn" in str(told)
    assert SignUp.objects.filter(confirmed_at=None).count() == 0
    assert not Message.objects.exclude(to_address="").exists()
    assert not AccessLink.objects.filter(revoked_at=None).exists()


@pytest.mark.django_db
def test_links_say_how_many_came_started_and_finished() -> None:
    link = make_link()
    ask(link, "waits@example.com")
    for number in range(3):
        invitation = confirm(ask(link, f"p{number}@example.com"))
        if number:
            attempt = operations.start_attempt(invitation=invitation, consented=True, now=NOW)
        if number == 2:
            operations.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    [line] = queries.open_link_lines(queries.open_link_rows(OpenLink.objects.all()), now=NOW)

    shown = (line.link.taken, line.link.asked_total, line.link.started_total, line.link.finished_total)  # type: ignore[attr-defined]
    assert shown == (3, 1, 2, 1)
    assert line.url.endswith(f"/apply/{link.public_id}/")


@pytest.mark.django_db
def test_making_a_link_asks_for_a_published_test_and_dates_that_make_sense() -> None:
    with pytest.raises(CannotInvite):
        make_link(assessment=make_draft())
    for fields in (
        {"closes_at": NOW},
        {"opens_at": NOW + 2 * DAY, "closes_at": NOW + DAY},
        {"most_people": 0},
    ):
        with pytest.raises(ValidationError):
            make_link(**fields)
    assert not OpenLink.objects.exists()
