"""What lists of people are searched for is found where one may read it, and a hidden word tells nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Actor, User
from candidates.enums import NoteAudience
from candidates.models import Note
from tests.factories.candidates import make_note
from tests.factories.hiring import make_application
from tests.hiring.pages.house import House, SignIn

PLACES = {
    "people": "/admin/candidates/candidate/?q={}",
    "applications": "/admin/hiring/application/?q={}",
    "box": "/admin/search/?s={}",
    "job": "/admin/jobs/backend/?q={}",
    "board": "/admin/jobs/backend/board/?q={}",
    "file": "/admin/jobs/backend/people.csv?q={}",
}


def pages(house: House, sign_in: SignIn, user: User, text: str) -> dict[str, str]:
    client = sign_in(user)
    answers = {name: client.get(address.format(text)) for name, address in PLACES.items()}
    return {
        name: (b"".join(answer) if answer.streaming else answer.content).decode()
        for name, answer in answers.items()
    }


def test_lists_and_the_search_box_find_by_words_of_notes_and_say_so(house: House, sign_in: SignIn) -> None:
    make_note(house.application.candidate, "Built a <b>watermill</b> in Java.")

    for name, page in pages(house, sign_in, house.recruiter, "watermill").items():
        assert "Nora Known" in page, name
        if name not in ("board", "file"):
            assert "Note: Built a &lt;b&gt;watermill&lt;/b&gt; in Java." in page, name
    assert "Nora Known" not in pages(house, sign_in, house.recruiter, "windmill")["job"]


def test_a_hidden_note_is_no_oracle(house: House, sign_in: SignIn) -> None:
    """Its words neither match nor change a count or an order: the pages are the same as without it."""
    other = make_application(house.job, full_name="Other Person", now=timezone.now())
    make_note(other.candidate, "Speaks of flood and watermill.")
    note = make_note(
        house.application.candidate,
        "Spoke of flood and xylophone.",
        audience=NoteAudience.RECRUITERS,
        by=Actor.of_user(house.recruiter),
    )
    asked = ("xylophone", "flood", "nora xylophone", "xyl")

    def seen() -> list[list[str]]:
        return [
            [line for line in page.splitlines() if "csrf" not in line and "nonce" not in line]
            for text in asked
            for page in pages(house, sign_in, house.manager, text).values()
        ]

    assert "Nora Known" in pages(house, sign_in, house.recruiter, "xylophone")["job"]
    with_it = seen()
    Note.objects.filter(pk=note.pk).delete()
    house.application.candidate.search_entries.filter(ref=note.pk).delete()

    assert seen() == with_it
    assert not any("Nora Known" in line for line in with_it[3])


@pytest.mark.parametrize("name", ["recruiter", "manager", "interviewer", "author", "nobody"])
def test_case_71_autocomplete_leak_people_of_other_jobs_are_in_no_search(
    house: House, sign_in: SignIn, name: str
) -> None:
    make_note(house.other_application.candidate, "Built a watermill.")
    user = getattr(house, name)

    for text in ("hidden", "watermill"):
        for place, page in pages(house, sign_in, user, text).items():
            assert "Hidden Person" not in page, (text, place)
    autocomplete = sign_in(user).get(
        "/admin/autocomplete/",
        {"app_label": "hiring", "model_name": "application", "field_name": "candidate", "term": "hidden"},
    )
    assert "Hidden" not in autocomplete.content.decode()


def test_a_search_for_a_single_letter_says_why_it_finds_nothing(house: House, sign_in: SignIn) -> None:
    said = "Type at least two letters"

    letter = pages(house, sign_in, house.recruiter, "n")
    word = pages(house, sign_in, house.recruiter, "nobodyhasit")

    assert {name: said in page for name, page in letter.items() if name not in ("box", "file")} == {
        "people": True,
        "applications": True,
        "job": True,
        "board": True,
    }
    assert not any(said in page for page in word.values())


def test_one_sign_of_a_script_that_writes_names_with_it_is_looked_for(house: House, sign_in: SignIn) -> None:
    assert "Type at least two letters" not in pages(house, sign_in, house.recruiter, "李")["job"]
