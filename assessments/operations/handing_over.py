"""Tests that a colleague owns, when their work goes to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor, User
from accounts.registries import HandOverItem
from assessments.models import Assessment
from outbox.operations import record_event


class TestsPart:
    """Who owns a test is whom colleagues ask about it; it opens nothing."""

    __test__ = False

    name = "assessments.tests"
    title = gettext_lazy("Tests they own")

    def items(self, user: User) -> Sequence[HandOverItem]:
        owned = Assessment.objects.filter(owner=user).order_by("name", "pk")
        return [
            HandOverItem(
                title=test.name,
                detail=_("Retired") if test.retired_at else "",
                url=reverse("admin:assessments_assessment_change", args=[test.pk]),
            )
            for test in owned
        ]

    @transaction.atomic
    def hand_over(self, user: User, to: User, by: Actor, now: datetime) -> int:
        moved = 0
        for pk in Assessment.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True):
            if Assessment.objects.filter(pk=pk, owner=user).update(owner=to):
                moved += 1
                record_event(
                    kind="assessment.handed_over",
                    by=by,
                    now=now,
                    about="assessments.assessment",
                    about_id=pk,
                    data={"from": user.pk, "to": to.pk},
                )
        return moved
