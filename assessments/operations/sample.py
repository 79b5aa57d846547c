"""Invitations and attempts of made-up people, when a sample company is cleared away."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Actor
from accounts.operations import only_sample_data
from assessments.models import (
    AccommodationRequest,
    AnswerRevision,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    AttemptSection,
    Invitation,
    OpenLink,
    Score,
    SignUp,
    TimeAdjustment,
)


@transaction.atomic
def forget_sample_attempts(*, by: Actor) -> None:
    """Remove every invitation with its attempts, answers and scores. Tests and their versions stay as they are.

    Raises `PermissionDenied`, `NotSampleData`.
    """
    only_sample_data(by=by)
    Attempt.objects.exclude(current_score=None).update(current_score=None)
    # What points at others first: then each is one statement, or few.
    for model in (
        Score,
        AnswerRevision,
        AttemptQuestion,
        AttemptSection,
        AttemptEvent,
        TimeAdjustment,
        Attempt,
        AccommodationRequest,
        SignUp,
        OpenLink,
        Invitation,
    ):
        model._default_manager.all().delete()
