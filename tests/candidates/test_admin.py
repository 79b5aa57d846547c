from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Actor
from candidates import queries
from candidates.models import Candidate, CandidateLink, Tag
from candidates.operations import set_tags
from outbox.models import Event
from tests.factories.accounts import NOW, make_administrator, make_recruiter, make_user
from tests.factories.candidates import make_candidate

pytestmark = pytest.mark.django_db
LIST = "/admin/candidates/candidate/"
FORM = {
    "full_name": "Ada Lovelace",
    "emails": "ada@example.org",
    "phone": "",
    "time_zone": "",
    "language": "",
}


@pytest.fixture
def administrator(client: Client) -> Actor:
    user = make_administrator()
    client.force_login(user)
    return Actor.of_user(user)


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(
    client: Client, administrator: Actor, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        set_tags(candidate=make_candidate(), names=["Remote", "Python"], by=Actor.system(), now=NOW)
    client.get(LIST)

    # Session, user, roles, tags of the filter, count, people with their address, their tags, organisation, signs.
    with django_assert_num_queries(9):
        response = client.get(LIST)

    assert len(response.context["cl"].result_list) == count


def test_people_are_called_so_in_their_list_and_form(client: Client, administrator: Actor) -> None:
    make_candidate()
    make_candidate()

    page = client.get(LIST).content.decode()
    form = client.get(f"{LIST}add/").content.decode()

    assert "2 people" in page
    assert "Add person" in form
    words = re.sub(r"<[^>]*>", " ", page + form)
    assert re.search(r"\bcandidates?\b", words, re.IGNORECASE) is None


def test_add_writes_a_person_through_the_operation(client: Client, administrator: Actor) -> None:
    tag = Tag.objects.create(name="Remote")

    response = client.post(
        f"{LIST}add/", {**FORM, "emails": "ada@example.org\r\nada@home.example", "tags": [tag.pk]}
    )

    assert response.status_code == 302
    ada = Candidate.objects.get()
    assert queries.addresses_of(ada) == ["ada@example.org", "ada@home.example"]
    assert (ada.created_by, list(ada.tags.all())) == (administrator.user, [tag])
    assert Event.objects.filter(kind="candidate.added", person_ref=ada.public_id).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "a\x00b"),
        ("full_name", "a\u202eb"),
        ("full_name", ""),
        ("emails", "broken"),
        ("emails", "ada@example.org, bob@example.org"),
        ("emails", "ada@example.org\x00"),
        ("emails", "taken@example.org"),
        ("phone", "call me"),
        ("time_zone", "Mars"),
    ],
)
def test_case_21_nul_bytes_and_other_bad_input_names_the_field_and_keeps_what_was_typed(
    client: Client, administrator: Actor, field: str, value: str
) -> None:
    make_candidate(email="taken@example.org")
    typed = {**FORM, "phone": "030 55", field: value}

    response = client.post(f"{LIST}add/", typed)

    assert response.status_code == 200
    form = response.context["adminform"].form
    assert list(form.errors) == [field]
    assert form["phone"].value() == typed["phone"]
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("known", "typed", "sign"),
    [
        ({"full_name": "Lovelace, Ada"}, {}, "the same name"),
        ({"phone": "+44 20 7946 0000"}, {"phone": "020 7946 0000"}, "the same phone number"),
        ({"email": "ada+jobs@example.org"}, {}, "the same mail box"),
        ({}, {"links": "www.example.org/ada/"}, "the same profile"),
    ],
)
def test_somebody_who_may_be_known_is_shown_before_they_are_added(
    client: Client, administrator: Actor, known: dict[str, str], typed: dict[str, str], sign: str
) -> None:
    twin = make_candidate(**known)
    CandidateLink.objects.create(candidate=twin, url="https://example.org/ada", key="example.org/ada")
    typed = {**FORM, "time_zone": "Europe/Berlin", **typed}

    asked = client.post(f"{LIST}add/", {**typed, "_save": "Save"})
    page = asked.content.decode()
    before = Candidate.objects.count()
    other = make_candidate(full_name="Ada Lovelace")
    again = client.post(f"{LIST}add/", {**typed, "_as_new": f"{twin.public_id},"})
    added = client.post(f"{LIST}add/", {**typed, "_as_new": f"{twin.public_id},{other.public_id},"})

    assert (asked.status_code, before) == (200, 1)
    assert "Perhaps you know this person already. Nobody was added yet." in page
    assert f"In common: {sign}." in page
    assert f"/admin/people/{twin.public_id}/" in page
    assert 'value="Europe/Berlin" selected' in page
    assert f'name="_as_new" value="{twin.public_id},"' in page
    # Whoever came meanwhile was not looked at yet.
    assert f"/admin/people/{other.public_id}/" in again.content.decode()
    assert added.status_code == 302
    assert Candidate.objects.filter(full_name="Ada Lovelace").count() == 2


def test_known_address_shows_whose_it_is_and_cannot_be_saved_as_another(
    client: Client, administrator: Actor
) -> None:
    known = make_candidate(full_name="Ada King", email="ada@example.org")

    for post in ({"_save": "Save"}, {"_as_new": known.public_id}):
        page = client.post(f"{LIST}add/", {**FORM, **post}).content.decode()
        assert "A person with this address is here already." in page
        assert f"/admin/people/{known.public_id}/" in page
        assert "_as_new" not in page

    assert Candidate.objects.count() == 1


def test_nobody_whom_one_does_not_see_is_shown_before_somebody_is_added(client: Client) -> None:
    from tests.factories.hiring import make_application, make_job

    hidden = make_application(make_job(), full_name="Ada Lovelace", email="a@example.org").candidate
    client.force_login(make_recruiter())

    response = client.post(f"{LIST}add/", {**FORM, "_save": "Save"})

    assert response.status_code == 302
    assert Candidate.objects.exclude(pk=hidden.pk).get().full_name == "Ada Lovelace"


@pytest.mark.parametrize(
    "term", ["\x00", "a\x00b", "%", "_", "'", "\u202e", "\U0001f642", "a" * 5000, "é", "e\u0301"]
)
def test_case_21_nul_bytes_in_the_search_find_nothing_and_break_nothing(
    client: Client, administrator: Actor, term: str
) -> None:
    make_candidate(full_name="Ada")

    for path, parameter in ((LIST, "q"), ("/admin/search/", "s"), ("/admin/autocomplete/", "term")):
        extra = {"app_label": "candidates", "model_name": "candidate", "field_name": "tags"}
        response = client.get(path, {parameter: term, **(extra if parameter == "term" else {})}, follow=True)
        assert response.status_code in (200, 400), path


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"created_by__password__startswith": "a"}, 400),
        ({"created_by__email": "a"}, 400),
        ({"emails__address__startswith": "a"}, 400),
        ({"phone__startswith": "+49"}, 400),
        # What is no field of the row leads back to the whole list.
        ({"candidate__user__password__startswith": "a"}, 302),
        ({"_connector": "OR"}, 302),
        # What no filter can read is left out.
        ({"tags__id__exact": "x"}, 200),
        ({"o": "99.-99.x"}, 200),
        ({"p": "-1"}, 200),
        ({"full_name__startswith": "Quark"}, 200),
    ],
)
def test_case_70_admin_lookup_through_relations_is_refused(
    client: Client, administrator: Actor, parameters: dict[str, str], status: int
) -> None:
    make_candidate(full_name="Quark Mine")

    response = client.get(LIST, parameters)

    assert response.status_code == status
    if status == 302:
        assert response["Location"].endswith("?e=1")
    if status == 200:
        assert len(response.context["cl"].result_list) == 1


def test_case_71_autocomplete_leak_of_people_one_does_not_see(client: Client) -> None:
    other = make_user()
    mine = make_candidate(full_name="Quark Mine", by=Actor.of_user(other))
    theirs = make_candidate(full_name="Quark Theirs", by=Actor.system())
    client.force_login(other)

    found = client.get("/admin/search/", {"s": "quark"}).content.decode()

    assert mine.full_name in found
    assert theirs.full_name not in found
    assert list(client.get(LIST, {"q": "quark"}).context["cl"].result_list) == [mine]


def test_list_and_form_show_only_visible_people(client: Client) -> None:
    from hiring.models import Application
    from tests.factories.hiring import make_application

    recruiter = make_recruiter()
    hidden = make_application(full_name="Quark Hidden").candidate
    client.force_login(recruiter)

    assert Application.objects.visible_to(Actor.of_user(recruiter)).count() == 0
    assert "Quark Hidden" not in client.get(LIST, {"q": "Quark"}).content.decode()
    for path in ("change/", "history/", "delete/", "erase/"):
        response = client.get(f"{LIST}{hidden.pk}/{path}")
        assert response.status_code in (302, 403, 404)
        assert "Quark" not in response.content.decode()


def test_nothing_is_deleted_from_the_admin(client: Client, administrator: Actor) -> None:
    candidate = make_candidate()

    assert client.post(f"{LIST}{candidate.pk}/delete/", {"post": "yes"}).status_code == 403
    forged = {
        "action": "delete_selected",
        "_selected_action": [candidate.pk],
        "post": "yes",
        "select_across": "1",
    }
    client.post(LIST, forged)

    assert Candidate.objects.filter(pk=candidate.pk).exists()


def test_erase_asks_first_and_is_for_administrators(client: Client) -> None:
    candidate = make_candidate(full_name="Ada", by=Actor.system())
    path = reverse("admin:candidates_candidate_erase", args=[candidate.pk])
    client.force_login(make_recruiter())
    assert client.post(path).status_code == 403

    client.force_login(make_administrator())
    page = client.get(path)
    candidate.refresh_from_db()
    assert (page.status_code, candidate.full_name) == (200, "Ada")

    client.post(path)
    candidate.refresh_from_db()
    assert (candidate.full_name, candidate.erased_at is not None) == ("", True)


def test_merged_and_erased_people_are_in_no_list(client: Client, administrator: Actor) -> None:
    from candidates.operations import erase_person, merge_people

    kept, merged, gone = (
        make_candidate(full_name="Kept"),
        make_candidate(full_name="Merged"),
        make_candidate(),
    )
    merge_people(kept=kept, merged=merged, by=administrator, now=NOW)
    erase_person(candidate=gone, by=administrator, now=NOW)

    assert list(client.get(LIST).context["cl"].result_list) == [kept]
