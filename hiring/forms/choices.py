"""What several forms offer to choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Actor, User
from assessments.models import Assessment
from hiring.models import PipelineTemplate


def published_tests(actor: Actor) -> QuerySet[Assessment]:
    """The tests that people can be invited to, of those the actor sees. Lazy."""
    tests = Assessment.objects.filter(current_version__isnull=False, retired_at=None)
    return tests.visible_to(actor).select_related("current_version").order_by("name", "pk")


def pipelines_in_use(actor: Actor) -> QuerySet[PipelineTemplate]:
    """The pipelines that a new job can begin with. Lazy."""
    return PipelineTemplate.objects.filter(is_active=True).visible_to(actor).order_by("name", "pk")


def colleagues(actor: Actor) -> QuerySet[User]:
    """Everyone who signs in. Lazy."""
    return User.objects.filter(is_active=True).visible_to(actor).order_by("full_name", "pk")
