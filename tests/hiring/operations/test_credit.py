"""Who has the credit for an application: written once, corrected with a reason."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from candidates.enums import NoteAudience
from candidates.models import Note
from hiring.enums import ApplicationStatus, Source
from hiring.models import Application
from hiring.operations import Credit, MoveRefused, StaleMove, apply, correct_source, create_tracking_link
from hiring.operations import credit as credit_module
from outbox.models import Event
from tests.factories.accounts import NOW, actor, make_recruiter, make_user
from tests.factories.hiring import SYSTEM, make_application, make_job, make_manager, set_status

pytestmark = pytest.mark.django_db
AGENCY = Credit(source=Source.AGENCY, agency="Fair & Co")


def credit_of(application: Application) -> tuple[str, object, str]:
    application.refresh_from_db()
    return application.source, application.referred_by, application.agency


def test_credit_is_written_with_the_application_and_not_by_adding_them_again() -> None:
    job, friend = make_job(), make_user()
    referral = {"source": Source.REFERRAL, "referred_by": friend}

    first = make_application(job, email="ada@example.org", **referral)
    again, is_new = apply(
        job=job,
        full_name="Ada",
        email="ada@example.org",
        source=Source.AGENCY,
        agency="Fair & Co",
        by=SYSTEM,
        now=NOW,
    )
    set_status(first, ApplicationStatus.WITHDRAWN)
    later = make_application(job, email="ada@example.org", again_reason="They called")

    assert (again, is_new) == (first, False)
    assert credit_of(first) == (Source.REFERRAL, friend, "")
    assert credit_of(later) == (Source.ADDED, None, "")
    assert later.previous == first


@pytest.mark.parametrize(
    ("credit", "field"),
    [
        (Credit(source=Source.AGENCY, agency="  "), "agency"),
        (Credit(source=Source.AGENCY, agency="a" * 121), "agency"),
        (Credit(source=Source.REFERRAL), "referred_by"),
    ],
)
def test_agency_has_a_name_and_a_referral_a_colleague(credit: Credit, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        credit.cleaned()

    assert set(refused.value.message_dict) == {field}


def test_credit_keeps_what_belongs_to_its_source_alone() -> None:
    friend = make_user()

    added = Credit(source=Source.ADDED, referred_by=friend, agency="Fair & Co").cleaned()
    agency = Credit(source=Source.AGENCY, referred_by=friend, agency=" Fair  & Co ").cleaned()

    assert (added.referred_by, added.agency) == (None, "")
    assert (agency.referred_by, agency.agency) == (None, "Fair & Co")


def test_correcting_says_why_and_the_history_says_what_it_was() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    link = create_tracking_link(job=job, name="Fair", by=SYSTEM, now=NOW)
    application = make_application(job, source=Source.LINK)
    Application.objects.filter(pk=application.pk).update(tracking_link=link)

    corrected = correct_source(
        application=application,
        credit=AGENCY,
        reason="They sent <us> a bill",
        by=actor(recruiter),
        now=NOW,
    )

    assert credit_of(corrected) == (Source.AGENCY, None, "Fair & Co")
    assert corrected.tracking_link is None
    note = Note.objects.get()
    assert "from “Tracking link” to “Agency”: They sent <us> a bill" in note.body
    assert (note.audience, note.author) == (NoteAudience.RECRUITERS, recruiter)
    event = Event.objects.get(kind="application.source_corrected")
    assert (event.about_id, event.actor_user_id) == (application.pk, recruiter.pk)
    assert event.data == {
        "from": "link",
        "to": "agency",
        "from_colleague": None,
        "to_colleague": None,
        "from_link": link.pk,
        "note": note.pk,
    }
    # The same again is no correction.
    correct_source(application=application, credit=AGENCY, reason="Again", by=actor(recruiter), now=NOW)
    assert Event.objects.filter(kind="application.source_corrected").count() == 1


def test_correcting_needs_a_reason_and_the_right_to_add_people() -> None:
    application = make_application()
    manager, elsewhere = make_manager(application.job), make_recruiter()

    for reason in ("", " \n", "a" * 301):
        with pytest.raises(ValidationError) as refused:
            correct_source(application=application, credit=AGENCY, reason=reason, by=SYSTEM, now=NOW)
        assert set(refused.value.message_dict) == {"reason"}
    for user in (manager, elsewhere):
        with pytest.raises(PermissionDenied):
            correct_source(application=application, credit=AGENCY, reason="So", by=actor(user), now=NOW)

    assert credit_of(application) == (Source.ADDED, None, "")
    assert not Note.objects.exists()


def test_case_66_self_approve_whoever_referred_somebody_does_not_hand_the_credit_on_to_hire_them() -> None:
    recruiter = make_recruiter()
    job = make_job(recruiter=recruiter)
    application = make_application(job, source=Source.REFERRAL, referred_by=recruiter)

    with pytest.raises(PermissionDenied, match="Ask a colleague"):
        correct_source(application=application, credit=AGENCY, reason="So", by=actor(recruiter), now=NOW)
    with pytest.raises((PermissionDenied, MoveRefused)):
        set_status(application, ApplicationStatus.HIRED, by=actor(recruiter))

    assert credit_of(application) == (Source.REFERRAL, recruiter, "")


def test_second_of_two_corrections_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    application = make_application()
    stale = credit_module.load(application)
    correct_source(application=application, credit=AGENCY, reason="So", by=SYSTEM, now=NOW)
    monkeypatch.setattr(credit_module, "load", lambda _application: stale)

    with pytest.raises(StaleMove):
        correct_source(
            application=application, credit=Credit(source=Source.CAREERS), reason="No", by=SYSTEM, now=NOW
        )

    assert credit_of(application) == (Source.AGENCY, None, "Fair & Co")
