"""Where somebody comes from: said when they are added, and corrected."""

from __future__ import annotations

from candidates.models import Note
from hiring.enums import Source
from hiring.models import Application
from tests.factories.accounts import make_user
from tests.factories.documents import make_draft
from tests.hiring.pages.house import House, SignIn

ADD = "/admin/jobs/backend/add/"
ADA = {"full_name": "Ada Lovelace", "email": "ada@example.org", "phone": ""}


def test_who_adds_somebody_says_by_whom_they_came(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    friend = make_user(full_name="Fred Friend")

    wrong = client.post(ADD, {**ADA, "source": "referral"}).content.decode()
    client.post(ADD, {**ADA, "source": "referral", "referred_by": friend.pk, "agency": "Typed before"})
    draft = make_draft(house.job, full_name="Bob Byte", email="bob@example.org")
    client.post(
        f"/admin/jobs/backend/drafts/{draft.public_id}/",
        {"full_name": "Bob Byte", "email": "bob@example.org", "source": "agency", "agency": "Fair & Co"},
    )

    assert "Choose the colleague who has the credit." in wrong
    assert 'value="ada@example.org"' in wrong
    credited = Application.objects.filter(job=house.job).order_by("pk")
    assert list(credited.values_list("source", "referred_by", "agency"))[1:] == [
        ("referral", friend.pk, ""),
        ("agency", None, "Fair & Co"),
    ]
    page = client.get(f"/admin/applications/{credited[1].public_id}/").content.decode()
    assert "<dd>Fred Friend</dd>" in page


def test_source_is_corrected_on_a_page_of_its_own(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    address = f"/admin/applications/{house.application.public_id}/"

    wrong = client.post(f"{address}source/", {"source": "agency", "agency": "Fair & Co"}).content.decode()
    done = client.post(
        f"{address}source/", {"source": "agency", "agency": "Fair & Co", "reason": "Their bill"}, follow=True
    )

    assert "This field is required." in wrong
    assert 'value="Fair &amp; Co"' in wrong
    assert done.redirect_chain[-1][0] == address
    assert "<dd>Fair &amp; Co</dd>" in done.content.decode()
    assert f"{address}source/" in done.content.decode()
    house.application.refresh_from_db()
    assert house.application.source == Source.AGENCY
    assert "Their bill" in Note.objects.get().body
    # Whoever may not add people is not offered it.
    assert f"{address}source/" not in sign_in(house.manager).get(address).content.decode()


def test_case_66_self_approve_whoever_referred_somebody_is_told_to_ask_a_colleague(
    house: House, sign_in: SignIn
) -> None:
    Application.objects.filter(pk=house.application.pk).update(
        source=Source.REFERRAL, referred_by=house.recruiter
    )

    page = sign_in(house.recruiter).post(
        f"/admin/applications/{house.application.public_id}/source/", {"source": "added", "reason": "So"}
    )

    assert "You referred this person. Ask a colleague" in page.content.decode()
    house.application.refresh_from_db()
    assert house.application.referred_by == house.recruiter
