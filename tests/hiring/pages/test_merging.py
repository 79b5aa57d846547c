"""The pages where two rows become one person, and what tells of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.models import Candidate, CandidateLink, CandidateMerge
from hiring.models import Application
from tests.factories.candidates import make_candidate, make_link
from tests.factories.hiring import make_application
from tests.hiring.pages.house import House, SignIn

ADD = "/admin/jobs/backend/add/"


def _person(candidate: Candidate) -> str:
    return f"/admin/people/{candidate.public_id}/"


def test_a_twin_is_shown_compared_merged_and_parted_again(house: House, sign_in: SignIn) -> None:
    kept = house.application.candidate
    other = make_application(house.job, full_name="Nora Known", email="nk@example.com").candidate
    client = sign_in(house.recruiter)

    pages = [client.get(_person(kept)), client.get(f"/admin/applications/{house.application.public_id}/")]
    preview = client.get(f"{_person(kept)}merge/", {"with": other.public_id}).content.decode()
    undecided = client.post(f"{_person(kept)}merge/", {"with": other.public_id})
    goes_on = house.application.public_id
    merged = client.post(
        f"{_person(kept)}merge/", {"with": other.public_id, f"goes_on_{goes_on}": goes_on}, follow=True
    )
    old = client.get(_person(other))
    parted = client.post(f"{_person(kept)}merges/{other.public_id}/undo/", follow=True)

    for page in pages:
        assert "Perhaps the same person" in page.content.decode()
        assert "In common: the same name." in page.content.decode()
    assert "Both are still in “Backend engineer”" in preview
    assert "Say for each job which of the two applications goes on." in undecided.content.decode()
    assert merged.redirect_chain == [(_person(kept), 302)]
    assert "Nora Known is one person with Nora Known now." in merged.content.decode()
    assert "Undo until" in merged.content.decode()
    assert (old.status_code, old.url) == (302, _person(kept))
    assert "are two people again" in parted.content.decode()
    assert Application.objects.filter(candidate=other).count() == 1


def test_undoing_a_merge_later_than_a_week_is_refused_in_words(house: House, sign_in: SignIn) -> None:
    kept, other = house.application.candidate, make_candidate()
    client = sign_in(house.recruiter)
    client.post(f"{_person(kept)}merge/", {"with": other.public_id})
    CandidateMerge.objects.update(at=timezone.now() - timedelta(days=8))

    page = client.get(_person(kept)).content.decode()
    refused = client.post(f"{_person(kept)}merges/{other.public_id}/undo/", follow=True).content.decode()

    assert "It cannot be undone any more" in page
    assert "Undo until" not in page
    assert "A merge can be undone for a week" in refused
    assert CandidateMerge.objects.get().undone_at is None


def test_the_old_address_leads_those_who_see_the_kept_person_and_nobody_else(
    house: House, sign_in: SignIn
) -> None:
    kept, other = house.application.candidate, make_candidate()
    sign_in(house.recruiter).post(f"{_person(kept)}merge/", {"with": other.public_id})

    answers = {
        name: sign_in(getattr(house, name)).get(_person(other)).status_code
        for name in ("recruiter", "manager", "other_recruiter", "nobody", "analyst")
    }

    assert answers == {
        "recruiter": 302,
        "manager": 302,
        "other_recruiter": 404,
        "nobody": 404,
        "analyst": 404,
    }


def test_merging_is_for_recruiters_who_see_both(house: House, sign_in: SignIn) -> None:
    kept, hidden = house.application.candidate, house.other_application.candidate
    addresses = {"with": hidden.public_id}

    for user in (house.recruiter, house.manager, house.other_recruiter):
        client = sign_in(user)
        assert client.get(f"{_person(kept)}merge/", addresses).status_code == 404
        assert client.post(f"{_person(kept)}merge/", addresses).status_code == 404

    assert not CandidateMerge.objects.exists()
    found = sign_in(house.recruiter).get(f"{_person(kept)}merge/", {"q": "Hidden"}).content.decode()
    assert "Nobody else whom you may see is found by this." in found


def test_who_is_added_is_compared_with_who_is_known_before(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)
    typed = {"full_name": "Known, Nora", "email": "second@example.com", "phone": ""}
    before = Candidate.objects.count()

    asked = client.post(ADD, typed).content.decode()
    assert "Perhaps you know this person already. Nobody was added yet." in asked
    assert 'value="Known, Nora"' in asked
    assert Candidate.objects.count() == before

    same = client.post(ADD, {**typed, "person": house.application.candidate.public_id}, follow=True)
    assert same.redirect_chain[-1][0] == f"/admin/applications/{house.application.public_id}/"
    assert Candidate.objects.count() == before

    client.post(ADD, {**typed, "other": "1"})
    assert Candidate.objects.count() == before + 1


def test_who_is_added_is_not_compared_with_people_who_are_not_seen(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.recruiter)

    client.post(ADD, {"full_name": "Hidden Person", "email": "h2@example.com", "phone": ""})
    forged = client.post(
        ADD,
        {
            "full_name": "X Y",
            "email": "xy@example.com",
            "phone": "",
            "person": house.other_application.candidate.public_id,
        },
    )

    assert Candidate.objects.filter(emails__normalised="h2@example.com").exists()
    assert forged.status_code == 404
    assert Application.objects.filter(candidate=house.other_application.candidate).count() == 1


@pytest.mark.parametrize("name", ['<img src=x onerror="alert(1)">', '"><svg onload=alert(1)>'])
def test_case_1_xss_name_is_text_where_people_are_compared(house: House, sign_in: SignIn, name: str) -> None:
    kept = house.application.candidate
    other = make_application(house.job, full_name=name, email="x@example.com").candidate
    Candidate.objects.filter(pk__in=[kept.pk, other.pk]).update(name_key="same", full_name=name)
    client = sign_in(house.recruiter)

    pages = [
        client.get(_person(kept)),
        client.get(f"{_person(kept)}merge/"),
        client.get(f"{_person(kept)}merge/", {"with": other.public_id}),
        client.post(ADD, {"full_name": "same", "email": "y@example.com", "phone": ""}),
    ]

    for page in pages:
        assert name not in page.content.decode()


def test_case_6_xss_url_scheme_of_an_old_row_is_text(house: House, sign_in: SignIn) -> None:
    make_link(house.application.candidate, "https://example.org/nora")
    client = sign_in(house.recruiter)

    for address in (
        _person(house.application.candidate),
        f"/admin/applications/{house.application.public_id}/",
    ):
        page = client.get(address).content.decode()
        assert 'href="https://example.org/nora" target="_blank" rel="noopener noreferrer nofollow"' in page

    assert not CandidateLink(url="javascript:alert(1)").is_of_the_web
