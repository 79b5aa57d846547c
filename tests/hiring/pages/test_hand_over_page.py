from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from hiring.models import JobMember
from tests.factories.accounts import make_administrator, make_recruiter
from tests.factories.hiring import make_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def kay(client: Client) -> User:
    client.force_login(make_administrator())
    return make_recruiter(full_name="Kay McNulty", email="kay@example.org")


def test_the_page_shows_what_moves_and_moves_it(client: Client, kay: User) -> None:
    ada = make_recruiter(full_name="Ada Lovelace")
    make_job(title="Welder", recruiter=kay)
    page = reverse("hiring:hand-over", args=[kay.pk])

    shown = client.get(page).content.decode()
    done = client.post(page, {"to": ada.pk}, follow=True)

    assert "Welder" in shown
    assert "Hand over 1 thing" in shown
    assert JobMember.objects.get().user == ada
    assert "1 thing is the work of Ada Lovelace now." in done.content.decode()
    assert "There is nothing to hand over" in client.get(page).content.decode()


def test_a_person_who_left_is_no_choice(client: Client, kay: User) -> None:
    gone = make_recruiter()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_job(recruiter=kay)

    response = client.post(reverse("hiring:hand-over", args=[kay.pk]), {"to": gone.pk})

    assert list(response.context["form"].errors) == ["to"]
    assert JobMember.objects.get().user == kay


@pytest.mark.parametrize("has_work", [True, False])
def test_shutting_somebody_out_offers_to_hand_over_what_is_theirs(
    client: Client, kay: User, has_work: bool
) -> None:
    if has_work:
        make_job(recruiter=kay)
    form = {"full_name": "Kay", "email": "kay@example.org", "time_zone": "", "language": ""}

    response = client.post(reverse("admin:accounts_user_change", args=[kay.pk]), form)

    page = reverse("hiring:hand-over", args=[kay.pk])
    assert (response["Location"] == page) == has_work


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    client: Client, kay: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        make_job(recruiter=kay)
    page = reverse("hiring:hand-over", args=[kay.pk])
    client.get(page)

    # Session, user, roles, the colleague, tests, jobs with roles, who may take over, organisation, signs.
    with django_assert_num_queries(9):
        client.get(page)
