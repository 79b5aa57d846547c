"""Changing the tags of people who were chosen in a list of the admin."""

from __future__ import annotations

from django.utils import timezone

from candidates.operations import set_tags
from tests.factories.hiring import SYSTEM
from tests.hiring.pages.house import House, SignIn

PAGE = "/admin/people-tags/"


def test_tags_are_changed_from_both_lists_after_a_look(house: House, sign_in: SignIn) -> None:
    nora = house.application.candidate
    set_tags(candidate=nora, names=["Remote"], by=SYSTEM, now=timezone.now())
    client = sign_in(house.recruiter)
    chosen = {"action": "change_tags", "_selected_action": nora.pk}

    from_people = client.post("/admin/candidates/candidate/", chosen)
    of_application = {**chosen, "_selected_action": house.application.pk}
    from_applications = client.post("/admin/hiring/application/", of_application)
    preview = client.get(from_people["Location"]).content.decode()
    empty = client.post(PAGE, {"ids": nora.public_id, "add": "", "take": ""}).content.decode()
    done = client.post(
        PAGE, {"ids": nora.public_id, "add": "Python, Night shift", "take": "remote"}, follow=True
    ).content.decode()

    assert from_people["Location"] == from_applications["Location"] == f"{PAGE}?ids={nora.public_id}"
    assert "The tags of 1 person change" in preview
    assert "Remote (1)" in preview
    assert "Write a tag in one of the two fields." in empty
    assert "Tags given: 2. Tags taken: 1." in done
    assert sorted(tag.name for tag in nora.tags.all()) == ["Night shift", "Python"]


def test_case_69_admin_action_forge_people_who_are_not_seen_are_left_out(
    house: House, sign_in: SignIn
) -> None:
    nora, hidden = house.application.candidate, house.other_application.candidate
    client = sign_in(house.recruiter)
    ids = f"{nora.public_id},{hidden.public_id},nobody,{'x' * 40}"

    preview = client.get(PAGE, {"ids": ids}).content.decode()
    client.post(PAGE, {"ids": ids, "add": "Python", "take": ""})
    nobody = client.post(PAGE, {"ids": hidden.public_id, "add": "Python", "take": ""}, follow=True)

    assert "Nora Known" in preview
    assert "Hidden Person" not in preview
    assert [nora.tags.count(), hidden.tags.count()] == [1, 0]
    assert "Choose people in the list first." in nobody.content.decode()
    for user in (house.manager, house.interviewer, house.nobody):
        assert sign_in(user).get(PAGE, {"ids": nora.public_id}).status_code == 404


def test_page_costs_the_same_for_one_and_two(
    house: House, sign_in: SignIn, django_assert_num_queries
) -> None:
    client = sign_in(house.administrator)
    one, two = house.application.candidate.public_id, house.other_application.candidate.public_id
    client.get(PAGE, {"ids": one})

    for ids in (one, f"{one},{two}"):
        # Session, user, roles, people with their address, their tags, organisation, signs.
        with django_assert_num_queries(QUERIES):
            client.get(PAGE, {"ids": ids})


QUERIES = 7
