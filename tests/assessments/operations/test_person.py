from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Actor
from assessments.enums import AttemptState, InvitationState
from assessments.models import AnswerRevision, Attempt, Invitation, Score, TimeAdjustment
from assessments.operations import add_time, reissue_invitation, void_attempt
from assessments.operations.person import AssessmentsPart
from candidates.operations import erase_person, export_person, merge_people, unmerge_people
from tests.factories.accounts import make_administrator
from tests.factories.assessments import make_attempt, make_finished, make_invitation, make_person
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def test_merge_moves_invitations_and_unmerge_moves_back_the_same_ones() -> None:
    kept, merged = make_person(), make_person()
    own, moved = make_invitation(person=kept), make_invitation(person=merged)

    merge = merge_people(kept=kept, merged=merged, by=SYSTEM, now=NOW)
    together = set(Invitation.objects.filter(candidate=kept))
    unmerge_people(merge=merge, by=SYSTEM, now=NOW)

    assert together == {own, moved}
    assert list(Invitation.objects.filter(candidate=kept)) == [own]
    assert list(Invitation.objects.filter(candidate=merged)) == [moved]


def test_export_holds_the_answers_in_words_and_the_result_and_no_key() -> None:
    attempt = make_finished(right=2)

    exported = export_person(candidate=attempt.invitation.candidate, by=SYSTEM, now=NOW)

    text = str(exported)
    assert "Option a" in text
    assert "66.666" in text
    assert "Because." not in text


def test_export_says_why_colleagues_changed_an_invitation_or_an_attempt_and_not_who() -> None:
    author = make_administrator(full_name="Grace Hidden")
    by = Actor.of_user(author)
    invitation = make_invitation(extra_seconds=600, extra_reason="Reads slowly")
    reissue_invitation(invitation=invitation, reason="The mail was forwarded", by=by, now=NOW)
    Invitation.objects.filter(pk=invitation.pk).update(again_reason="A fire alarm")
    attempt = make_attempt(invitation=invitation)
    add_time(attempt=attempt, seconds=60, reason="The network was down", by=by, now=NOW)
    void_attempt(attempt=attempt, reason="Somebody else sat it", by=by, now=NOW)

    exported = export_person(candidate=invitation.candidate, by=SYSTEM, now=NOW)

    [test] = exported["assessments"][0]["tests"]
    assert test["extra_time_because"] == "Reads slowly"
    assert test["invited_again_because"] == "A fire alarm"
    assert test["link_replaced_because"] == "The mail was forwarded"
    [told] = test["attempts"]
    assert told["void_because"] == "Somebody else sat it"
    assert told["time_adjusted"] == [
        {"at": NOW.isoformat(), "kind": "given", "seconds": 60, "because": "The network was down"}
    ]
    assert "Hidden" not in str(exported)
    assert author.email not in str(exported)


def test_erasure_blanks_what_was_written_about_the_person_and_ends_what_runs() -> None:
    person = make_person("Ada Sample")
    finished, running = make_finished(person=person), make_attempt(person=person)
    open_one = make_invitation(person=person)
    reissue_invitation(invitation=open_one, reason="Ada sent it on", by=SYSTEM, now=NOW)
    add_time(attempt=running, seconds=60, reason="Ada's screen reader", by=SYSTEM, now=NOW)
    void_attempt(attempt=finished, reason="Ada said so", by=SYSTEM, now=NOW)

    erase_person(candidate=person, by=Actor.of_user(make_administrator()), now=NOW)

    assert set(TimeAdjustment.objects.values_list("reason", flat=True)) == {""}
    assert set(Attempt.objects.values_list("void_reason", "state")) == {("", AttemptState.VOID)}
    open_one.refresh_from_db()
    assert (open_one.state(None, now=NOW), open_one.reissue_reason) == (InvitationState.REVOKED, "")
    assert (Score.objects.count(), AnswerRevision.objects.count()) == (1, 3)


def test_timeline_tells_only_what_the_actor_may_see() -> None:
    attempt = make_finished(right=2)
    person = attempt.invitation.candidate
    part = AssessmentsPart()

    told = part.timeline(person, SYSTEM)

    assert [entry.kind for entry in told] == ["invited", "started", "submitted", "scored"]
    assert "67 % ± 33" in told[-1].text
    assert told[1].at == NOW
    assert told[2].at == NOW + timedelta(minutes=1)
    nobody = Actor.of_link(link_id=1, person_ref="x")
    assert part.timeline(person, nobody) == []


def test_timeline_says_of_a_void_attempt_that_it_counts_for_nothing() -> None:
    attempt = make_finished(right=2)
    later = NOW + timedelta(hours=2)
    void_attempt(attempt=attempt, reason="Somebody else", by=SYSTEM, now=later)

    told = AssessmentsPart().timeline(attempt.invitation.candidate, SYSTEM)

    assert [entry.kind for entry in told] == ["invited", "started", "submitted", "scored", "void"]
    assert told[-1].at == later
    assert "declared void" in told[-1].text
