"""What people wrote to us belongs to them: it is in their copy, moves with them, and is forgotten with them."""

from __future__ import annotations

import pytest

from candidates import operations
from candidates.models import Candidate
from outbox.models import InboundMessage, Message
from outbox.operations import receive_mail
from tests.candidates.test_merging import make_message
from tests.dumps import dump_tables
from tests.factories.accounts import NOW, actor, make_administrator
from tests.factories.candidates import make_candidate
from tests.factories.inbound import make_answer

pytestmark = pytest.mark.django_db


def answered(candidate: Candidate, text: str) -> Message:
    """A mail to somebody, who wrote back."""
    message = make_message(candidate)
    raw = make_answer(
        text, From="Zenobia Quux <zenobia@example.com>", Subject="Quuxiness", Message_ID="<1@zenobia.example>"
    )
    assert receive_mail(public_id=message.public_id, raw=raw, envelope_sender="zenobia@example.com", now=NOW)
    return message


def test_answers_are_in_the_copy_move_with_the_person_and_back() -> None:
    by = actor(make_administrator())
    kept, merged = make_candidate(), make_candidate()
    answered(merged, "I come, says Quux.")

    merge = operations.merge_people(kept=kept, merged=merged, by=by, now=NOW)
    while_merged = InboundMessage.objects.get().person_ref
    copy = operations.export_person(candidate=kept, by=by, now=NOW)
    operations.unmerge_people(merge=merge, by=by, now=NOW)

    assert while_merged == kept.public_id
    [received] = copy["outbox"][0]["received"]
    assert (received["from_address"], received["text"]) == ("zenobia@example.com", "I come, says Quux.")
    assert InboundMessage.objects.get().person_ref == merged.public_id


def test_case_89_answers_are_forgotten_and_later_ones_are_not_kept() -> None:
    candidate = make_candidate(full_name="Zenobia Quux", email="zenobia@example.com")
    message = answered(candidate, "I come, says Quux.")

    operations.erase_person(candidate=candidate, by=actor(make_administrator()), now=NOW)
    late = receive_mail(
        public_id=message.public_id, raw=make_answer("Quux again"), envelope_sender="x@example.com", now=NOW
    )

    assert late is None
    left = str(dump_tables()).casefold()
    assert "quux" not in left
    assert "zenobia" not in left
