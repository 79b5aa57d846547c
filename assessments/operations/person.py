"""What this app keeps of one person: invitations, attempts, answers, scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries
from assessments.enums import AttemptEventKind, AttemptState, SubmittedBy
from assessments.models import (
    AccommodationRequest,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    Invitation,
    ProblemReport,
    SignUp,
    TimeAdjustment,
)
from candidates.models import Candidate
from candidates.queries import address_key
from candidates.registries import TimelineEntry
from outbox.operations import redact_person
from outbox.queries import moments_of


class AssessmentsPart:
    """See `candidates.registries.PersonPart`."""

    name = "assessments"
    models: tuple[str, ...] = (
        "assessments.Invitation",
        "assessments.AccommodationRequest",
        "assessments.SignUp",
        "assessments.Attempt",
        "assessments.AttemptQuestion",
        "assessments.AttemptSection",
        "assessments.AnswerRevision",
        "assessments.TimeAdjustment",
        "assessments.AttemptEvent",
        "assessments.ProblemReport",
        "assessments.Score",
    )

    def merge(self, kept: Candidate, merged: Candidate) -> dict[str, Any]:
        """Move the invitations; everything else hangs on them."""
        moved = list(Invitation.objects.filter(candidate=merged).order_by("pk").values_list("pk", flat=True))
        Invitation.objects.filter(pk__in=moved).update(candidate=kept)
        return {"invitations": moved}

    def unmerge(self, kept: Candidate, merged: Candidate, moved: Mapping[str, Any]) -> None:
        """Move the same invitations back."""
        Invitation.objects.filter(pk__in=moved.get("invitations", []), candidate=kept).update(
            candidate=merged
        )

    def export(self, candidate: Candidate) -> dict[str, Any]:
        """Every test with its times, the person's own answers in words, and the results. No keys.

        What colleagues changed stands there with their reasons, and without their names.
        """
        return {"tests": [_exported(invitation) for invitation in _invitations(candidate)]}

    def redact(self, candidate: Candidate, now: datetime, names: frozenset[str]) -> None:
        """Blank what colleagues wrote, withdraw what is open and end what runs; answers and scores stay as codes.

        Of what was noticed during a test it stays that it happened: how often, not where or for how long.
        """
        attempts = Attempt.objects.filter(invitation__candidate=candidate)
        TimeAdjustment.objects.filter(attempt__in=attempts).exclude(reason="").update(reason="")
        attempts.exclude(void_reason="").update(void_reason="")
        attempts.filter(state=AttemptState.IN_PROGRESS).update(
            state=AttemptState.VOID, paused_at=None, next_check_at=None, score_due_at=None
        )
        attempts.exclude(origins="").update(origins="")
        AttemptEvent.objects.filter(attempt__in=attempts, kind__in=AttemptEventKind.noticed).update(data={})
        invitations = Invitation.objects.filter(candidate=candidate)
        invitations.update(extra_reason="", again_reason="", reissue_reason="")
        requests = AccommodationRequest.objects.filter(invitation__in=invitations)
        requests.update(text="", answer="")
        ProblemReport.objects.filter(attempt__in=attempts).update(text="", note="")
        invitations.filter(revoked_at=None).update(revoked_at=now, remind_at=None)

        # Who typed this address on an open link and never confirmed it is the same person all the same.
        asked = SignUp.objects.filter(normalised__in=[address_key(name) for name in names])
        for pk, public_id in asked.exclude(normalised="").values_list("pk", "public_id"):
            SignUp.objects.filter(pk=pk).delete()
            redact_person(person_ref=public_id, now=now, names=sorted(names))

    def timeline(self, candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
        """Invited, started, finished, scored, declared void, as far as `actor` may see it."""
        invitations = (
            Invitation.objects.filter(candidate=candidate)
            .visible_to(actor)
            .select_related("version__assessment")
            .prefetch_related(Prefetch("attempts", queryset=_attempts()))
            .order_by("created_at", "pk")
        )
        entries = [entry for invitation in invitations for entry in _told(invitation)]
        entries += _told_void(
            [attempt for invitation in invitations for attempt in invitation.attempts.all()]
        )
        requests = AccommodationRequest.objects.filter(invitation__in=[row.pk for row in invitations])
        asked = requests.visible_to(actor)
        entries += [entry for request in asked.order_by("asked_at", "pk") for entry in _told_request(request)]
        return sorted(entries, key=lambda entry: entry.at)


def _attempts() -> Any:
    return Attempt.objects.select_related("current_score").order_by("number", "pk")


def _invitations(candidate: Candidate) -> Iterable[Invitation]:
    questions = AttemptQuestion.objects.select_related("question_version").order_by("position")
    noticed = AttemptEvent.objects.filter(kind__in=AttemptEventKind.noticed).order_by("at", "pk")
    attempts = _attempts().prefetch_related(
        Prefetch("questions", queryset=questions),
        Prefetch("events", queryset=noticed),
        Prefetch("adjustments", queryset=TimeAdjustment.objects.order_by("at", "pk")),
        "problem_reports",
    )
    return (
        Invitation.objects.filter(candidate=candidate)
        .select_related("version__assessment")
        .prefetch_related(Prefetch("attempts", queryset=attempts), "accommodations", "sign_ups__open_link")
        .order_by("created_at", "pk")
    )


def _exported(invitation: Invitation) -> dict[str, Any]:
    return {
        "test": invitation.version.assessment.name,
        "invited_at": invitation.created_at.isoformat(),
        "expires_at": invitation.expires_at.isoformat(),
        "came_by": [
            {"title": row.open_link.title, "confirmed_at": row.confirmed_at.isoformat()}
            for row in invitation.sign_ups.all()
            if row.confirmed_at
        ],
        "extra_seconds": invitation.extra_seconds,
        "extra_time_because": invitation.extra_reason,
        "invited_again_because": invitation.again_reason,
        "link_replaced_because": invitation.reissue_reason,
        "asked_for": [
            {
                "asked_at": request.asked_at.isoformat(),
                "text": request.text,
                "wished_minutes": request.wished_minutes,
                "state": request.state,
                "answered_at": request.answered_at.isoformat() if request.answered_at else None,
                "answer": request.answer,
            }
            for request in invitation.accommodations.all()
        ],
        "attempts": [_exported_attempt(attempt) for attempt in invitation.attempts.all()],
    }


def _exported_attempt(attempt: Attempt) -> dict[str, Any]:
    score = attempt.current_score
    return {
        "started_at": attempt.started_at.isoformat(),
        "submitted_at": attempt.submitted_at.isoformat() if attempt.submitted_at else None,
        "state": attempt.state,
        "void_because": attempt.void_reason,
        "time_adjusted": [
            {
                "at": adjustment.at.isoformat(),
                "kind": adjustment.kind,
                "seconds": adjustment.seconds,
                "because": adjustment.reason,
            }
            for adjustment in attempt.adjustments.all()
        ],
        "answers": [
            {
                "question": row.position,
                "asked": row.question_version.stem,
                "chosen": _texts(row),
                "seconds_in_sight": row.seconds,
            }
            for row in attempt.questions.all()
        ],
        "noticed": [
            {"at": event.at.isoformat(), "what": event.get_kind_display()} | event.data
            for event in attempt.events.all()
        ],
        "problems_reported": [
            {
                "question": report.position,
                "kind": report.kind,
                "text": report.text,
                "reported_at": report.reported_at.isoformat(),
            }
            for report in attempt.problem_reports.all()
        ],
        "result": {"percent": str(score.percent), "band": score.band} if score is not None else None,
    }


def _texts(row: AttemptQuestion) -> list[str]:
    return [option["text"] for option in row.question_version.options if option["code"] in row.answer]


def _told(invitation: Invitation) -> Iterable[TimelineEntry]:
    name = invitation.version.assessment.name
    yield TimelineEntry(
        invitation.created_at, "invited", _("Invited to the test “%(name)s”") % {"name": name}
    )
    if invitation.revoked_at is not None:
        yield TimelineEntry(
            invitation.revoked_at, "revoked", _("The invitation to “%(name)s” was withdrawn") % {"name": name}
        )
    for attempt in invitation.attempts.all():
        yield from _told_attempt(attempt, name)


def _told_request(request: AccommodationRequest) -> Iterable[TimelineEntry]:
    yield TimelineEntry(request.asked_at, "asked", _("Asked for more time or another format"))
    if request.answered_at is not None:
        words = _("More time or another format: %(state)s") % {"state": request.get_state_display()}
        yield TimelineEntry(request.answered_at, "answered", words)


def _told_attempt(attempt: Attempt, name: str) -> Iterable[TimelineEntry]:
    url = reverse("assessments:attempt", args=[attempt.pk])
    yield TimelineEntry(attempt.started_at, "started", _("Started the test “%(name)s”") % {"name": name}, url)
    if attempt.submitted_at is not None:
        words = _("Finished the test “%(name)s”")
        if attempt.submitted_by == SubmittedBy.DEADLINE:
            words = _("The time for the test “%(name)s” was over")
        yield TimelineEntry(attempt.submitted_at, "submitted", words % {"name": name}, url)
    score = attempt.current_score
    if score is not None:
        words = _("Scored %(percent)s in the test “%(name)s”: %(band)s")
        facts = {"percent": queries.percent_words(score), "name": name, "band": score.get_band_display()}
        yield TimelineEntry(score.created_at, "scored", words % facts, url)


def _told_void(attempts: Iterable[Attempt]) -> Iterable[TimelineEntry]:
    void = {attempt.pk: attempt for attempt in attempts if attempt.state == AttemptState.VOID}
    if not void:
        return
    for pk, at in moments_of("attempt.voided", about=Attempt._meta.label_lower, ids=void).items():
        names = {"name": void[pk].invitation.version.assessment.name}
        words = _("The attempt at the test “%(name)s” was declared void: it counts for nothing") % names
        yield TimelineEntry(at, "void", words, reverse("assessments:attempt", args=[pk]))
