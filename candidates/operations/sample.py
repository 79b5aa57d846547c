"""The made-up people of a sample company, when it is cleared away."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Actor
from accounts.operations import only_sample_data
from candidates.models import (
    Candidate,
    CandidateEmail,
    CandidateLink,
    CandidateMerge,
    Consent,
    Document,
    Note,
    SearchEntry,
    Tag,
)


@transaction.atomic
def forget_sample_people(*, by: Actor) -> None:
    """Remove every person with their addresses, notes, consents and merges, and the tags; consent texts stay.

    Only where nothing of the rooms above points at them any more: `hiring.operations.start_for_real` sees to it.
    Raises `PermissionDenied`, `NotSampleData`.
    """
    only_sample_data(by=by)
    for model in (SearchEntry, Document, Note, Consent, CandidateMerge, CandidateLink, CandidateEmail, Tag):
        model._default_manager.all().delete()
    Candidate.objects.exclude(merged_into=None).update(merged_into=None)
    Candidate.objects.all().delete()
