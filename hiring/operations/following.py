"""Following a job or a person: hearing what happens with them without being on the job."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import ActorKind
from accounts.models import Actor, User
from candidates.models import Candidate
from hiring.models import Follow, Job
from hiring.queries.access import sees_people_of


@transaction.atomic
def follow_job(*, job: Job, wanted: bool, by: Actor) -> None:
    """Let a colleague hear of a job's people, or no more. Raises `PermissionDenied` for who does not see them."""
    user = _colleague(by)
    if not sees_people_of(by, job):
        raise PermissionDenied
    _follow(user, wanted, job=job)


@transaction.atomic
def follow_person(*, candidate: Candidate, wanted: bool, by: Actor) -> None:
    """Let a colleague hear of a person, or no more. Raises `PermissionDenied` for who does not see them."""
    user = _colleague(by)
    if not Candidate.objects.filter(pk=candidate.pk).visible_to(by).exists():
        raise PermissionDenied
    _follow(user, wanted, candidate=candidate)


def _colleague(by: Actor) -> User:
    if by.kind is not ActorKind.USER or by.user is None:
        raise PermissionDenied
    return by.user


def _follow(user: User, wanted: bool, **thing: Job | Candidate) -> None:
    if wanted:
        Follow.objects.bulk_create([Follow(user=user, **thing)], ignore_conflicts=True)
    else:
        Follow.objects.filter(user=user, **thing).delete()
