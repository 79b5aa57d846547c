from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Actor
from candidates import operations, queries
from candidates.models import Candidate, CandidateMerge
from candidates.operations import MergeRefused
from candidates.rules import UNMERGE_WITHIN
from outbox.enums import Audience, LinkPurpose
from outbox.models import Event, Message
from outbox.operations import create_link
from tests.dumps import dump_tables
from tests.factories.accounts import NOW, make_administrator, make_recruiter, make_user
from tests.factories.candidates import (
    make_candidate,
    make_consent,
    make_document,
    make_link,
    make_note,
)
from tests.servers.parallel import run_all

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
# Append-only, and the record of the merge itself.
HISTORY = frozenset({"outbox_event", "candidates_candidatemerge"})


def make_message(candidate: Candidate) -> Message:
    return Message.objects.create(
        intent=f"test:{candidate.pk}:{Message.objects.count()}",
        kind="test_invitation",
        audience=Audience.CANDIDATE,
        to_name=candidate.full_name,
        to_address=queries.main_address(candidate),
        subject=f"Hello {candidate.full_name}",
        body=f"Dear {candidate.full_name}",
        person_ref=candidate.public_id,
        created_at=NOW,
        due_at=NOW,
    )


def make_full_candidate(**fields: object) -> Candidate:
    candidate = make_candidate(**fields)
    make_note(candidate, f"About {candidate.full_name}")
    make_link(candidate, f"https://www.example.org/{candidate.public_id}")
    document = make_document(
        candidate, filename=f"{candidate.full_name}.pdf", text=f"I am {candidate.full_name}"
    )
    operations.index_document(document)
    make_consent(candidate)
    operations.set_tags(candidate=candidate, names=["Python", candidate.full_name], by=SYSTEM, now=NOW)
    create_link(
        purpose=LinkPurpose.TEST,
        person_ref=candidate.public_id,
        by=SYSTEM,
        now=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    make_message(candidate)
    return candidate


def test_merge_moves_everything() -> None:
    kept = make_full_candidate(full_name="Ada", emails=["ada@example.org"])
    merged = make_full_candidate(full_name="A. Lovelace", emails=["al@example.org", "al@home.example"])

    operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)

    merged.refresh_from_db()
    assert merged.merged_into == kept
    assert queries.addresses_of(kept) == ["ada@example.org", "al@example.org", "al@home.example"]
    assert set(kept.tags.values_list("name", flat=True)) == {"Python", "Ada", "A. Lovelace"}
    assert kept.notes.count() == 2
    assert Message.objects.filter(person_ref=kept.public_id).count() == 2
    assert [merged.emails.count(), merged.notes.count(), merged.consents.count()] == [0, 0, 1]
    found, is_new = operations.find_or_add_candidate(
        full_name="x", email="al@example.org", by=SYSTEM, now=NOW
    )
    assert (found, is_new) == (kept, False)
    assert list(Candidate.objects.present()) == [kept]


def test_unmerge_puts_back_exactly() -> None:
    kept = make_full_candidate(full_name="Ada", emails=["ada@example.org"])
    merged = make_full_candidate(full_name="A. Lovelace", emails=["al@example.org", "al@home.example"])
    before = dump_tables(without=HISTORY)
    merge = operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)
    assert dump_tables(without=HISTORY) != before

    for _twice in range(2):
        operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW)

    assert dump_tables(without=HISTORY) == before


def test_unmerge_leaves_what_came_since_with_the_kept() -> None:
    kept, merged = make_full_candidate(), make_full_candidate()
    merge = operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)
    note = make_note(kept, "Written after the merge")

    operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW)

    note.refresh_from_db()
    assert note.candidate == kept


def test_merges_are_undone_in_turn() -> None:
    ada, second, third = make_full_candidate(), make_full_candidate(), make_full_candidate()
    before = dump_tables(without=HISTORY)
    first_merge = operations.merge_people(kept=ada, merged=second, by=SYSTEM, now=NOW)
    second_merge = operations.merge_people(kept=third, merged=ada, by=SYSTEM, now=NOW)

    with pytest.raises(MergeRefused):
        operations.unmerge_people(merge=first_merge, by=SYSTEM, now=NOW)
    operations.unmerge_people(merge=second_merge, by=SYSTEM, now=NOW)
    operations.unmerge_people(merge=first_merge, by=SYSTEM, now=NOW)

    assert dump_tables(without=HISTORY) == before


def test_merge_is_refused_for_one_person_and_for_people_who_are_gone() -> None:
    ada, bob, carl = make_candidate(), make_candidate(), make_candidate()
    operations.merge_people(kept=ada, merged=bob, by=SYSTEM, now=NOW)
    operations.erase_person(candidate=carl, by=SYSTEM, now=NOW)

    for kept, merged in ((ada, ada), (ada, bob), (bob, ada), (ada, carl), (carl, ada)):
        with pytest.raises(MergeRefused):
            operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)

    assert CandidateMerge.objects.count() == 1


def test_merge_needs_the_role_and_sight_of_both() -> None:
    recruiter, outsider = make_recruiter(), make_user()
    own = make_candidate(by=Actor.of_user(outsider))
    other = make_candidate(by=Actor.of_user(outsider))

    with pytest.raises(PermissionDenied):
        operations.merge_people(kept=own, merged=other, by=Actor.of_user(outsider), now=NOW)

    assert Candidate.objects.visible_to(Actor.of_user(recruiter)).count() in (0, 2)
    operations.merge_people(kept=own, merged=other, by=Actor.of_user(make_administrator()), now=NOW)


def test_a_merge_can_be_undone_for_a_week_and_not_later() -> None:
    kept, merged = make_full_candidate(), make_full_candidate()
    merge = operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)
    together = dump_tables(without=HISTORY)

    with pytest.raises(MergeRefused, match="for a week"):
        operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW + UNMERGE_WITHIN + timedelta(seconds=1))

    assert dump_tables(without=HISTORY) == together
    assert CandidateMerge.objects.get().undone_at is None
    operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW + UNMERGE_WITHIN)
    merged.refresh_from_db()
    assert merged.merged_into is None


@pytest.mark.django_db(transaction=True)
def test_two_merges_of_two_people_at_one_moment_keep_one_of_them(race_rounds: int) -> None:
    for round_number in range(race_rounds):
        one, other = make_candidate(), make_candidate()

        outcomes = run_all(
            [
                lambda kept=kept, merged=merged: operations.merge_people(
                    kept=kept, merged=merged, by=SYSTEM, now=NOW
                )
                for kept, merged in ((one, other), (other, one))
            ]
        )

        refused = [outcome for outcome in outcomes if isinstance(outcome, MergeRefused)]
        assert len(refused) == 1, (round_number, outcomes)
        pair = Candidate.objects.filter(pk__in=[one.pk, other.pk])
        assert pair.present().count() == 1
        assert sum(person.emails.count() for person in pair.present()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_merge_undone_twice_at_one_moment_is_undone_once(race_rounds: int) -> None:
    for round_number in range(race_rounds):
        kept, merged = make_candidate(), make_candidate()
        merge = operations.merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)

        outcomes = run_all(
            [lambda merge=merge: operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW)] * 2
        )

        assert outcomes == [None, None], round_number
        assert [kept.emails.count(), merged.emails.count()] == [1, 1]
        undone = Event.objects.filter(kind="candidate.unmerged", about_id=merge.pk)
        assert undone.count() == 2
