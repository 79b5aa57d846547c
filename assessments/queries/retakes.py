"""How often people took a test, and whether they may take it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from assessments.enums import AttemptState, InvitationState
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation
from assessments.queries.compiled import CompiledRead
from assessments.queries.lists import with_state
from assessments.rules import NotAgain, Taken, why_not_again

_CHUNK = 500


def refused_again(
    candidate_ids: Sequence[int], version: AssessmentVersion, *, now: datetime
) -> dict[int, NotAgain]:
    """Return which of these people the retake rule of a test leaves out, and why. One query for each 500.

    What they took counts over all versions of the test and all invitations to it.
    """
    taken = _taken(candidate_ids, version.assessment_id)
    verdicts = {
        pk: why_not_again(times, most=version.most_attempts, after_days=version.retake_after_days, now=now)
        for pk, times in taken.items()
    }
    return {pk: verdict for pk, verdict in verdicts.items() if verdict is not None}


def ruled_out(invitation_ids: Sequence[int], *, now: datetime) -> int:
    """Return how many of these invitations the retake rule, as it is published now, keeps from a second one.

    Two queries for each 500, and one more for each test.
    """
    people: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(invitation_ids), _CHUNK):
        rows = Invitation.objects.filter(pk__in=invitation_ids[start : start + _CHUNK]).order_by()
        for assessment, candidate in rows.values_list("version__assessment", "candidate"):
            people[assessment].append(candidate)
    versions = AssessmentVersion.objects.filter(
        pk__in=Assessment.objects.filter(pk__in=people).values("current_version")
    )
    return sum(len(refused_again(people[version.assessment_id], version, now=now)) for version in versions)


def valid_attempt(candidate_id: int, assessment: Assessment, *, now: datetime) -> Attempt | None:
    """Return the attempt of a person at any version of a test whose result counts still, the latest; None without one.

    One that was handed in and is not marked yet counts too. One query.
    """
    return valid_attempts([candidate_id], assessment, now=now).get(candidate_id)


def valid_attempts(
    candidate_ids: Sequence[int], assessment: Assessment, *, now: datetime
) -> dict[int, Attempt]:
    """Return, by person, the attempt that `valid_attempt` returns. One query for each 500."""
    found: dict[int, Attempt] = {}
    ids = list(dict.fromkeys(candidate_ids))
    for start in range(0, len(ids), _CHUNK):
        handed_in = (
            Attempt.objects.filter(
                invitation__candidate__in=ids[start : start + _CHUNK],
                invitation__version__assessment=assessment,
                state=AttemptState.SUBMITTED,
            )
            .select_related("invitation__version", "current_score")
            .order_by("submitted_at", "pk")
        )
        # The latest comes last and stays.
        found |= {
            attempt.invitation.candidate_id: attempt
            for attempt in handed_in
            if attempt.valid_until is None or attempt.valid_until > now
        }
    return found


def open_invitation(candidate_id: int, assessment: Assessment, *, now: datetime) -> Invitation | None:
    """Return the invitation of a person to any version of a test by which it can be taken now, or is; the latest.

    One query.
    """
    sent: QuerySet[Any] = with_state(
        Invitation.objects.filter(candidate=candidate_id, version__assessment=assessment), now
    )
    found: Invitation | None = (
        sent.filter(state_now__in=InvitationState.open_states).order_by("-created_at", "-pk").first()
    )
    return found


def invited_now(
    candidate_ids: Sequence[int], assessment: Assessment, *, now: datetime
) -> dict[int, list[int]]:
    """Return, by person, the invitations to a test by which it can be taken now. One query for each 500."""
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(candidate_ids), _CHUNK):
        sent: QuerySet[Any] = with_state(
            Invitation.objects.filter(
                candidate__in=candidate_ids[start : start + _CHUNK], version__assessment=assessment
            ),
            now,
        )
        open_ones = sent.filter(state_now__in=InvitationState.open_states)
        for candidate, pk in open_ones.order_by("pk").values_list("candidate_id", "pk"):
            found[candidate].append(pk)
    return found


def has_other_invitations() -> Exists:
    """Return whether the person of an invitation was invited to its test more than once, to annotate it with."""
    others = Invitation.objects.filter(
        candidate=OuterRef("candidate"), version__assessment=OuterRef("version__assessment")
    )
    return Exists(others.exclude(pk=OuterRef("pk")))


def invitation_to_start(pk: int) -> tuple[Invitation, bool]:
    """Return an invitation with its version and person, and whether the person has others to its test. One query.

    Raises `Invitation.DoesNotExist`.
    """
    invitation = _TO_START.first(pk)
    if invitation is None:
        raise Invitation.DoesNotExist
    return invitation, invitation.has_others  # type: ignore[attr-defined]  # annotated


def kept_from_starting(invitation: Invitation, *, now: datetime) -> NotAgain | None:
    """Return why the retake rule keeps an invitation, whose version is loaded, from being started. At most one query.

    Somebody may have been invited twice before they took the test once. What they began by another invitation counts
    as much as what they handed in; whom a colleague allowed one more, knowingly, is not kept.
    """
    return all_kept_from_starting([invitation], now=now).get(invitation.pk)


def all_kept_from_starting(invitations: Sequence[Invitation], *, now: datetime) -> dict[int, NotAgain]:
    """Return which of at most 500 invitations the retake rule keeps, as `kept_from_starting`. At most one query."""
    asked = [invitation for invitation in invitations if not invitation.again_reason]
    if not asked:
        return {}
    begun: dict[tuple[int, int], list[tuple[int, Taken]]] = defaultdict(list)
    rows = (
        Attempt.objects.filter(
            invitation__candidate__in={invitation.candidate_id for invitation in asked},
            invitation__version__assessment__in={invitation.version.assessment_id for invitation in asked},
            state__in=(AttemptState.IN_PROGRESS, AttemptState.SUBMITTED),
        )
        .order_by()
        .values_list("invitation__candidate", "invitation__version__assessment", "invitation")
        .annotate(times=Count("pk"), last_at=Max(Coalesce("submitted_at", "started_at")))
    )
    for candidate, assessment, invitation, times, last_at in rows:
        begun[candidate, assessment].append((invitation, Taken(times, last_at)))
    verdicts = {
        invitation.pk: _verdict(
            invitation, begun[invitation.candidate_id, invitation.version.assessment_id], now=now
        )
        for invitation in asked
    }
    return {pk: verdict for pk, verdict in verdicts.items() if verdict is not None}


def _verdict(invitation: Invitation, begun: Sequence[tuple[int, Taken]], *, now: datetime) -> NotAgain | None:
    others = [taken for pk, taken in begun if pk != invitation.pk]
    return why_not_again(
        Taken(
            sum(taken.times for taken in others),
            max((taken.last_at for taken in others if taken.last_at is not None), default=None),
        ),
        most=invitation.version.most_attempts,
        after_days=invitation.version.retake_after_days,
        now=now,
    )


def _taken(candidate_ids: Sequence[int], assessment_id: int) -> dict[int, Taken]:
    found: dict[int, Taken] = {}
    ids = list(dict.fromkeys(candidate_ids))
    for start in range(0, len(ids), _CHUNK):
        rows = (
            Attempt.objects.filter(
                invitation__candidate__in=ids[start : start + _CHUNK],
                invitation__version__assessment=assessment_id,
                state=AttemptState.SUBMITTED,
            )
            .order_by()
            .values("invitation__candidate")
            .annotate(times=Count("pk"), last_at=Max("submitted_at"))
        )
        found |= {row["invitation__candidate"]: Taken(row["times"], row["last_at"]) for row in rows}
    return found


def _to_start(pk: int) -> QuerySet[Invitation]:
    read = Invitation.objects.filter(pk=pk).select_related("version", "candidate")
    return read.annotate(has_others=has_other_invitations())


_TO_START = CompiledRead(_to_start, int)
