from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Actor
from candidates import operations, queries
from candidates.models import Candidate
from candidates.operations import EraseRefused
from outbox.enums import MessageState, WorkState
from outbox.models import AccessLink, Event, Message, Work
from tests.candidates.test_merging import make_full_candidate
from tests.dumps import files_with, tables_with
from tests.factories.accounts import NOW, make_administrator, make_recruiter

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
# Markers that nothing else in a database holds, one of them beyond ASCII.
NAMES = ("Zebulon Quarkmeister", "Zébulon Q")
ADDRESSES = ("zebulon@quarkmeister.example", "zq@home.example")
PHONE = "+49 30 5550199"


@pytest.fixture
def zebulon() -> Candidate:
    """A person with two rows that were merged, and traces of them wherever there may be some."""
    kept = make_full_candidate(full_name=NAMES[0], emails=[ADDRESSES[0]], phone=PHONE)
    merged = make_full_candidate(full_name=NAMES[1], emails=[ADDRESSES[1]])
    operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)
    Work.objects.create(
        kind="hiring.import",
        intent="import:1",
        arguments={"rows": [{"name": NAMES[1], "email": ADDRESSES[1].upper()}]},
        result={"skipped": [f"{NAMES[0]}: applied already"]},
        reason=f"{ADDRESSES[0]} was refused",
        created_at=NOW,
        due_at=NOW,
        state=WorkState.DONE,
    )
    return kept


def test_case_89_erase_complete_no_table_names_the_person(zebulon: Candidate) -> None:
    bystander = make_full_candidate(full_name="Someone Else")
    counts = {model: model.objects.count() for model in (Candidate, Message, AccessLink, Work)}
    markers = (*NAMES, *ADDRESSES, PHONE)
    assert {hit for hits in tables_with(*markers).values() for hit in hits} == set(markers)

    operations.erase_person(candidate=zebulon, by=SYSTEM, now=NOW)

    # A tag with the name of a person is a word of the organisation, which erasing one person cannot judge.
    found = tables_with(*markers)
    assert set(found) <= {"candidates_tag"}
    assert files_with(*markers) == []
    assert {model: model.objects.count() for model in counts} == counts
    assert bystander.notes.count() == 1
    assert Message.objects.get(person_ref=bystander.public_id).subject == "Hello Someone Else"


def test_erase_revokes_links_and_cancels_waiting_mail(zebulon: Candidate) -> None:
    operations.erase_person(candidate=zebulon, by=SYSTEM, now=NOW)

    links = AccessLink.objects.filter(person_ref=zebulon.public_id)
    assert set(links.values_list("revoked_at", flat=True)) == {NOW}
    states = Message.objects.filter(person_ref=zebulon.public_id).values_list("state", flat=True)
    assert set(states) == {MessageState.CANCELLED}


def test_erase_twice_is_once_and_leaves_an_event_without_a_name(zebulon: Candidate) -> None:
    for _twice in range(2):
        operations.erase_person(candidate=zebulon, by=SYSTEM, now=NOW)

    refs = set(Event.objects.filter(kind="candidate.erased").values_list("person_ref", flat=True))
    assert refs == set(Candidate.objects.values_list("public_id", flat=True))
    assert Event.objects.filter(kind="candidate.erased").count() == 2


def test_erased_person_can_apply_again_as_somebody_new(zebulon: Candidate) -> None:
    operations.erase_person(candidate=zebulon, by=SYSTEM, now=NOW)

    again, is_new = operations.find_or_add_candidate(
        full_name=NAMES[0], email=ADDRESSES[0], by=SYSTEM, now=NOW
    )

    assert is_new
    assert again != zebulon


def test_erase_of_the_merged_row_names_the_other(zebulon: Candidate) -> None:
    merged = Candidate.objects.get(merged_into=zebulon)

    with pytest.raises(EraseRefused):
        operations.erase_person(candidate=merged, by=SYSTEM, now=NOW)


def test_export_holds_what_both_rows_had(zebulon: Candidate) -> None:
    data = operations.export_person(candidate=zebulon, by=SYSTEM, now=NOW)

    text = json.dumps(data, ensure_ascii=False)
    for expected in (*NAMES, *ADDRESSES, PHONE, f"About {NAMES[1]}", "I agree that my answers"):
        assert expected in text
    assert Event.objects.filter(kind="candidate.exported", person_ref=zebulon.public_id).count() == 1


def test_export_and_erase_are_for_administrators(zebulon: Candidate) -> None:
    by = Actor.of_user(make_recruiter())

    with pytest.raises(PermissionDenied):
        operations.export_person(candidate=zebulon, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        operations.erase_person(candidate=zebulon, by=by, now=NOW)

    zebulon.refresh_from_db()
    assert zebulon.full_name == NAMES[0]


def test_timeline_is_newest_first_and_complete(zebulon: Candidate) -> None:
    entries = queries.timeline(zebulon, Actor.of_user(make_administrator()))

    assert {"candidates.added", "candidates.note", "candidates.consent", "outbox.message"} <= {
        e.kind for e in entries
    }
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
