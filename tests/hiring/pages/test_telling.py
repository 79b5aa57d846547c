"""Following from the pages of a job and a person, and calling colleagues in a note."""

from __future__ import annotations

from candidates.models import Note
from hiring.models import Follow
from outbox.models import Notification
from tests.factories.accounts import make_recruiter
from tests.hiring.pages.house import House, SignIn


def test_job_and_person_are_followed_and_no_more(house: House, sign_in: SignIn) -> None:
    client, person = sign_in(house.administrator), house.application.candidate
    addresses = (f"/admin/jobs/{house.job.slug}/", f"/admin/people/{person.public_id}/")

    before = [client.get(address).content.decode() for address in addresses]
    followed = [client.post(f"{address}follow/", {"follow": "on"}, follow=True) for address in addresses]
    rows = Follow.objects.filter(user=house.administrator).count()
    ended = [client.post(f"{address}follow/", {"follow": "off"}, follow=True) for address in addresses]

    assert all('value="on"' in page for page in before)
    assert all("You follow" in answer.content.decode() for answer in followed)
    assert all('value="off"' in answer.content.decode() for answer in followed)
    assert rows == 2
    assert all("any more." in answer.content.decode() for answer in ended)
    assert not Follow.objects.exists()


def test_note_tells_the_colleagues_who_are_chosen_and_says_whom(house: House, sign_in: SignIn) -> None:
    address = f"/admin/applications/{house.application.public_id}/"
    client = sign_in(house.recruiter)

    page = client.get(address).content.decode()
    client.post(
        f"{address}note/", {"body": "Good answers", "audience": "team", "mentions": [house.manager.pk]}
    )
    after = client.get(address).content.decode()

    # Oneself is not offered, and nobody who does not see the person.
    offered = [user.pk for user in (house.manager, house.administrator)]
    assert all(f'name="mentions" value="{pk}"' in page for pk in offered)
    for user in (house.recruiter, house.other_recruiter, house.interviewer, house.analyst):
        assert f'name="mentions" value="{user.pk}"' not in page
    assert f"Told: {house.manager}" in " ".join(after.split())
    assert list(Notification.objects.filter(kind="mention").values_list("user", flat=True)) == [
        house.manager.pk
    ]


def test_note_that_tells_somebody_who_may_not_read_it_is_refused_in_words(
    house: House, sign_in: SignIn
) -> None:
    address = f"/admin/applications/{house.application.public_id}/note/"
    client = sign_in(house.recruiter)

    forged = client.post(
        address, {"body": "Good answers", "audience": "team", "mentions": [make_recruiter().pk]}
    ).content.decode()
    narrow = client.post(
        address, {"body": "Good answers", "audience": "recruiters", "mentions": [house.manager.pk]}
    ).content.decode()

    assert "may not see this person. Choose among those listed." in forged
    assert f"{house.manager} may not read notes for recruiters only." in narrow
    assert all("Good answers</textarea>" in page for page in (forged, narrow))
    assert not Note.objects.exists()
    assert not Notification.objects.filter(kind="mention").exists()
