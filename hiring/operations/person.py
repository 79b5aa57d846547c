"""What hiring keeps of a person. Only `candidates.operations` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.models import Candidate
from candidates.operations import MergeRefused
from candidates.registries import TimelineEntry
from hiring.enums import ApplicationStatus, ApprovalState, DraftState, TransitionCause
from hiring.models import (
    Application,
    ApplicationAnswer,
    ApplicationAssessment,
    ApplicationTransition,
    Approval,
    Follow,
    Interview,
    Recommendation,
    ResumeDraft,
    SavedFilter,
)
from hiring.operations.drafts import delete_dropped_drafts


class HiringPart:
    """Applications with their moves, answers and interviews, the tie to their tests, and who follows the person."""

    name = "hiring"
    models: tuple[str, ...] = (
        "hiring.Application",
        "hiring.ApplicationTransition",
        "hiring.ApplicationAssessment",
        "hiring.ApplicationAnswer",
        "hiring.ApplicationDocument",
        "hiring.Approval",
        "hiring.StageAction",
        "hiring.Interview",
        "hiring.Interviewer",
        "hiring.Recommendation",
        "hiring.Opening",
        "hiring.ResumeDraft",
        "hiring.Follow",
    )

    def merge(self, kept: Candidate, merged: Candidate) -> dict[str, Any]:
        """Move the applications, and let whoever follows one follow the other.

        Raises `MergeRefused` when both have a live application for the same job.
        """
        live = Application.objects.filter(status__in=ApplicationStatus.live)
        both = live.filter(
            candidate=kept, job__in=live.filter(candidate=merged).values("job")
        ).select_related("job")
        clash = both.order_by("pk").first()
        if clash is not None:
            raise MergeRefused(
                _("Both have a live application for “%s”. Close one of the two, then merge.")
                % clash.job.title
            )
        ids = list(Application.objects.filter(candidate=merged).order_by("pk").values_list("pk", flat=True))
        Application.objects.filter(pk__in=ids).update(candidate=kept)
        both_followed = Follow.objects.filter(candidate=kept).values("user")
        follows = Follow.objects.filter(candidate=merged).exclude(user__in=both_followed).order_by("pk")
        moved = list(follows.values_list("pk", flat=True))
        Follow.objects.filter(pk__in=moved).update(candidate=kept)
        return {"applications": ids, "follows": moved}

    def unmerge(self, kept: Candidate, merged: Candidate, moved: Mapping[str, Any]) -> None:
        """Move exactly those back."""
        Application.objects.filter(pk__in=moved["applications"], candidate=kept).update(candidate=merged)
        Follow.objects.filter(pk__in=moved["follows"], candidate=kept).update(candidate=merged)

    def export(self, candidate: Candidate) -> dict[str, Any]:
        """Return applications with their moves; colleagues are not named. Seven queries."""
        applications = (
            Application.objects.filter(candidate=candidate)
            .select_related("job", "stage")
            .prefetch_related("assessments__score")
            .prefetch_related(
                Prefetch(
                    "answers",
                    ApplicationAnswer.objects.select_related("question", "document").order_by("pk"),
                )
            )
            .prefetch_related(Prefetch("recommendations", Recommendation.objects.order_by("at", "pk")))
            .prefetch_related(Prefetch("approvals", Approval.objects.select_related("stage").order_by("pk")))
            .prefetch_related(Prefetch("interviews", Interview.objects.order_by("created_at", "pk")))
            .order_by("applied_at", "pk")
        )
        moves: dict[int, list[dict[str, Any]]] = {}
        for move in _moves(applications.values("pk")):
            moves.setdefault(move.application_id, []).append(_exported(move))
        return {
            "applications": [
                {
                    "job": application.job.title,
                    "stage": application.stage.name,
                    "status": application.status,
                    "source": application.source,
                    "agency": application.agency,
                    "external_id": application.external_id,
                    "applied_at": application.applied_at.isoformat(),
                    "moves": moves.get(application.pk, []),
                    "tests": [_exported_test(link) for link in application.assessments.all()],
                    "answers": [_exported_answer(answer) for answer in application.answers.all()],
                    "interviews": [interview.title for interview in application.interviews.all()],
                    "recommendations": [
                        {"at": said.at.isoformat(), "verdict": said.verdict, "comment": said.comment}
                        for said in application.recommendations.all()
                    ],
                    "approvals": [_exported_approval(approval) for approval in application.approvals.all()],
                }
                for application in applications
            ]
        }

    def redact(self, candidate: Candidate, now: datetime, names: frozenset[str]) -> None:
        """Blank what the person answered and colleagues wrote; the rows themselves stay, so that counts stay.

        Side effects: once the transaction commits, drafts made of a résumé of theirs are deleted with their files.
        """
        mine = Application.objects.filter(candidate=candidate)
        mine.update(typed_name="", typed_phone="", external_id="")
        ApplicationTransition.objects.filter(application__in=mine).exclude(comment="").update(comment="")
        ApplicationAnswer.objects.filter(application__in=mine).update(text="", codes=[], number=None)
        Recommendation.objects.filter(application__in=mine).update(comment="")
        approvals = Approval.objects.filter(application__in=mine)
        approvals.filter(state=ApprovalState.WAITING).update(state=ApprovalState.WITHDRAWN, decided_at=now)
        approvals.update(note="", comment="")
        Follow.objects.filter(candidate=candidate).delete()
        for name in names:
            SavedFilter.objects.filter(name__icontains=name).delete()
        theirs = Q(application__in=mine) | Q(full_name__in=names)
        for address in (name for name in names if "@" in name):
            theirs |= Q(email__iexact=address) | Q(text__icontains=address)
        # Without a name they are those of people who were erased.
        ResumeDraft.objects.filter(theirs).update(
            state=DraftState.DROPPED, filename="", full_name="", email="", phone="", text=""
        )
        # A file that cannot be deleted stays named on its row, and is tried again.
        transaction.on_commit(delete_dropped_drafts)

    def timeline(self, candidate: Candidate, actor: Actor) -> list[TimelineEntry]:
        """Return the moves of the applications that `actor` sees. One query."""
        seen = Application.objects.filter(candidate=candidate).visible_to(actor).values("pk")
        return [
            TimelineEntry(
                at=move.at,
                kind=f"application.{move.to_status if move.to_status != move.from_status else 'moved'}",
                text=move_text(move),
                url=_url(move.application),
            )
            # That it is of the person is said twice: by it the database finds the few moves among all.
            for move in _moves(seen).filter(application__candidate=candidate)
        ]


def _moves(application_ids: Any) -> Any:
    return (
        ApplicationTransition.objects.filter(application__in=application_ids)
        .select_related("application__job", "from_stage", "to_stage", "reason", "by")
        .order_by("at", "pk")
    )


def move_text(move: ApplicationTransition) -> str:
    """Return one move in words."""
    facts = {
        "job": move.application.job.title,
        "stage": move.to_stage.name,
        "from": move.from_stage.name if move.from_stage else "",
        "status": move.get_to_status_display(),
        "reason": move.reason.name if move.reason else "",
    }
    if move.from_stage is None:
        return _("Applied for %(job)s, at “%(stage)s”") % facts
    if move.cause == TransitionCause.UNDONE:
        return _("%(job)s: undone, %(status)s at “%(stage)s” again") % facts
    if move.to_status == move.from_status and move.cause == TransitionCause.SCORE:
        return _("%(job)s: moved from “%(from)s” to “%(stage)s” by the stage's rule") % facts
    if move.to_status == move.from_status:
        return _("%(job)s: moved from “%(from)s” to “%(stage)s”") % facts
    if move.reason is not None:
        return _("%(job)s: %(status)s at “%(stage)s” (%(reason)s)") % facts
    return _("%(job)s: %(status)s at “%(stage)s”") % facts


def _exported(move: ApplicationTransition) -> dict[str, Any]:
    return {
        "at": move.at.isoformat(),
        "from_stage": move.from_stage.name if move.from_stage else None,
        "to_stage": move.to_stage.name,
        "from_status": move.from_status,
        "to_status": move.to_status,
        "cause": move.cause,
        "reason": move.reason.name if move.reason else "",
        "comment": move.comment,
    }


def _exported_test(link: ApplicationAssessment) -> dict[str, Any]:
    return {
        "result": link.outcome,
        "percent": str(link.score.percent) if link.score else None,
        "applied_at": link.applied_at.isoformat() if link.applied_at else None,
    }


def _exported_approval(approval: Approval) -> dict[str, Any]:
    return {
        "stage": approval.stage.name,
        "state": approval.state,
        "asked_at": approval.asked_at.isoformat() if approval.asked_at else None,
        "decided_at": approval.decided_at.isoformat() if approval.decided_at else None,
        "note": approval.note,
        "comment": approval.comment,
    }


def _exported_answer(answer: ApplicationAnswer) -> dict[str, Any]:
    chosen = {option["code"]: option["text"] for option in answer.question.options}
    return {
        "question": answer.question.text,
        "text": answer.text,
        "chosen": [chosen.get(code, code) for code in answer.codes],
        "number": str(answer.number) if answer.number is not None else None,
        "document": answer.document.filename if answer.document else None,
    }


def _url(application: Application) -> str:
    try:
        return reverse("hiring:application", args=[application.public_id])
    except NoReverseMatch:
        return ""
