"""Everything that happened with an application, as its page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.models import Actor
from assessments.models import Invitation
from assessments.queries import ScorePart, skill_parts
from candidates.enums import ConsentPurpose
from candidates.models import Consent, Note
from candidates.queries import consents_about, notes_for
from hiring import queries
from hiring.enums import ApplicationStatus, ApprovalState, TestOutcome, TransitionCause
from hiring.models import Application, ApplicationTransition, Approval
from hiring.queries.application_tests import ApplicationTest
from hiring.queries.documents import ApplicationDocuments, DocumentLine
from hiring.queries.replies import replies_of
from hiring.queries.undelivered import correcting_to
from hiring.rules import why_text
from outbox.enums import MessageState
from outbox.models import InboundMessage, Message
from outbox.registries import Correcting

# So many lines are shown at a time: however much happened with an application, its page stays as quick as another.
PART: Final = 100
# Of what happened at one moment the later step of the way comes first.
_ORDER: Final = ("consent", "move", "invited", "result", "approval", "document", "mail", "reply", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline. `kind` says which of the others is set."""

    at: datetime
    kind: str
    transition: ApplicationTransition | None = None
    test: ApplicationTest | None = None
    message: Message | None = None
    note: Note | None = None
    reply: InboundMessage | None = None
    correcting: Correcting | None = None
    document: DocumentLine | None = None
    consent: Consent | None = None
    approval: Approval | None = None
    # Of its two steps, the one that this line tells of.
    is_asked: bool = False
    skills: tuple[ScorePart, ...] = ()

    @property
    def message_state(self) -> MessageState | None:
        """Where the mail of this line is, for the pill."""
        message = self.message or (self.test.message if self.test else None)
        return MessageState(message.state) if message else None

    @property
    def waits_until(self) -> datetime | None:
        """When the mail of this line goes out, as long as it can be taken back."""
        message = self.message
        return message.due_at if message and message.state == MessageState.QUEUED else None

    @property
    def outcome(self) -> TestOutcome | None:
        return TestOutcome(self.test.link.outcome) if self.test else None

    @property
    def why_stayed(self) -> str:
        """Why a result moved nobody, in words."""
        return why_text(self.test.link.why_stayed) if self.test else ""

    @property
    def cause(self) -> TransitionCause | None:
        return TransitionCause(self.transition.cause) if self.transition else None

    @property
    def approval_state(self) -> ApprovalState | None:
        """For the pill."""
        return ApprovalState(self.approval.state) if self.approval else None

    @property
    def agreed_to(self) -> ConsentPurpose | None:
        """What the person agreed to, in words."""
        return ConsentPurpose(self.consent.text.purpose) if self.consent else None

    @property
    def status(self) -> ApplicationStatus | None:
        """The status that the move led to, where it changed."""
        move = self.transition
        if move is None or move.from_status == move.to_status:
            return None
        return ApplicationStatus(move.to_status)


@dataclass(frozen=True, slots=True)
class Story:
    """A part of what happened: its lines, and which parts are before and after it, 0 for none."""

    entries: Sequence[Entry]
    newer: int
    older: int


def part_of(word: str) -> int:
    """Return the number of the part of a story that an address asks for, the first for anything else."""
    return int(word) if word.isdecimal() and word.isascii() and 0 < len(word) < 4 and int(word) else 1


def timeline(
    application: Application,
    actor: Actor,
    *,
    tests: Sequence[ApplicationTest],
    documents: ApplicationDocuments,
    approvals: Sequence[Approval] = (),
    address: str = "",
    part: int = 1,
) -> Story:
    """Return what happened with `application` and that `actor` may read, newest first: the first `PART` lines, or
    those of a later part.

    `address`, where it is given, is what a mail that did not arrive may be corrected from. Seven queries, and what
    replies take; none reads more rows than stand in the parts until there, and one.
    """
    most = part * PART + 1
    parts = skill_parts([test.link.score for test in tests if test.link.score])
    mail = Message.objects.filter(about=_label(Application), about_id=application.pk).visible_to(actor)
    asked = {
        _label(Application): [application.pk],
        _label(Invitation): [test.link.invitation_id for test in tests if test.link.invitation_id],
    }
    entries = [
        *(Entry(move.at, "move", transition=move) for move in queries.transitions_of(application)[:most]),
        *(
            Entry(_since(test), "invited", test=test, correcting=_correcting(test.message, address))
            for test in tests
        ),
        *(
            Entry(_marked_at(test), "result", test=test, skills=parts[test.link.score.pk])
            for test in tests
            if test.link.score
        ),
        *(
            Entry(message.created_at, "mail", message=message, correcting=_correcting(message, address))
            for message in mail.defer("body").order_by("-created_at", "-pk")[:most]
        ),
        *(
            Entry(reply.received_at, "reply", reply=reply)
            for reply in replies_of(application, tests, actor, most=most)
        ),
        *(Entry(line.document.created_at, "document", document=line) for line in documents.lines),
        *_of_approvals(approvals[:most]),
        *(
            Entry(consent.given_at, "consent", consent=consent)
            for consent in consents_about(application.candidate, asked)
        ),
        *(
            Entry(note.created_at, "note", note=note)
            for note in notes_for(application.candidate, actor)[:most]
        ),
    ]
    entries.sort(key=lambda entry: (entry.at, _ORDER.index(entry.kind)), reverse=True)
    shown = entries[(part - 1) * PART : part * PART]
    return Story(shown, newer=part - 1, older=part + 1 if len(entries) > part * PART else 0)


def _of_approvals(approvals: Sequence[Approval]) -> list[Entry]:
    asked = [
        Entry(row.asked_at, "approval", approval=row, is_asked=True) for row in approvals if row.asked_at
    ]
    return asked + [Entry(row.decided_at, "approval", approval=row) for row in approvals if row.decided_at]


def _label(model: type[Application | Invitation]) -> str:
    return model._meta.label_lower


def _correcting(message: Message | None, address: str) -> Correcting | None:
    return correcting_to(message, address) if message is not None and address else None


def _since(test: ApplicationTest) -> datetime:
    """When a test came to the application: it was invited, or a result of elsewhere began to count."""
    reused = test.link.reused_attempt
    return test.invitation.created_at if reused is None else test.link.applied_at or reused.started_at


def _marked_at(test: ApplicationTest) -> datetime:
    """When a result reached the application."""
    score, applied_at = test.link.score, test.link.applied_at
    assert score is not None
    return score.created_at if test.link.reused_attempt is None else applied_at or score.created_at
