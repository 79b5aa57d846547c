"""Approvals: which are asked for, asking for one, and deciding about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from accounts.models import Actor
from hiring import operations
from hiring.api.tests import OfApplicationSerializer
from hiring.enums import ApprovalState
from hiring.models import Application, Approval, Stage
from hiring.queries import current_stages, waiting_approvals
from shell.api import Conflict, PersonSerializer, ReadOnlyViewSet, cleaned
from shell.lists import NUMBER, CodeFilter, FlagFilter, MomentFilter, SlugFilter
from shell.schema import ConflictSerializer

# With what an answer shows, the newest first.
APPROVALS: Final = Approval.objects.select_related(
    "application__candidate", "application__job", "stage", "asked_by", "decided_by"
).order_by("-pk")


def with_whose_word(actor: Actor, rows: QuerySet[Approval] = APPROVALS) -> QuerySet[Approval]:
    """Return `rows`, each with whether it waits for the word of the actor. Lazy."""
    return rows.annotate(waits_for_me=Exists(waiting_approvals(actor).filter(pk=OuterRef("pk"))))


def stage_named(application: Application, name: str) -> Stage:
    """Return the stage of the application's job that is in use under this name.

    Raises `ValidationError` keyed "stage", with the names that there are.
    """
    stages = current_stages(application.job_id)
    found = next((stage for stage in stages if stage.name == name), None)
    if found is None:
        words = _("This job has no stage “%(name)s”. It has: %(names)s.")
        facts = {"name": name, "names": ", ".join(f"“{stage.name}”" for stage in stages)}
        raise serializers.ValidationError({"stage": [words % facts]})
    return found


class ColleagueSerializer(serializers.Serializer[Any]):
    """A colleague, with the number that stands in the address of their page."""

    id = serializers.IntegerField()
    full_name = serializers.CharField()


class ApprovalSerializer(serializers.ModelSerializer[Approval]):
    """That somebody may come to a stage which needs an approval: asked for, and what became of it.

    Whoever may approve and moves somebody there has given it with the move: nobody asked, so `asked_at` is null.
    """

    candidate = PersonSerializer(source="application.candidate", read_only=True)
    application = OfApplicationSerializer(read_only=True)
    stage = serializers.CharField(source="stage.name", read_only=True)
    asked_by = ColleagueSerializer(
        allow_null=True, read_only=True, help_text=_("Null where the rule of a stage asked.")
    )
    decided_by = ColleagueSerializer(allow_null=True, read_only=True)
    waits_for_me = serializers.BooleanField(
        read_only=True,
        help_text=_("Whether it waits for the word of the owner of your key, or for yours."),
    )

    class Meta:
        model = Approval
        fields = [
            *("id", "candidate", "application", "stage", "state"),
            *("asked_at", "asked_by", "note", "decided_at", "decided_by", "comment", "waits_for_me"),
        ]
        read_only_fields = fields


class WaitingApprovalSerializer(serializers.ModelSerializer[Approval]):
    """What waits: for which stage it was asked, and when."""

    stage = serializers.CharField(source="stage.name", read_only=True)

    class Meta:
        model = Approval
        fields = ["stage", "asked_at"]
        read_only_fields = fields


class NewApprovalSerializer(serializers.Serializer[Any]):
    """Which stage somebody is to come to, and a word for those who decide."""

    stage = serializers.CharField(max_length=80, help_text=_("The name of a stage of the job."))
    note = serializers.CharField(
        max_length=operations.LONGEST_APPROVAL_TEXT,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("For those who approve. It stays with the application."),
    )


class ApproveSerializer(serializers.Serializer[Any]):
    """A word for whoever asked, which may be left out."""

    comment = serializers.CharField(
        max_length=operations.LONGEST_APPROVAL_TEXT, required=False, allow_blank=True, default=""
    )


class DeclineApprovalSerializer(serializers.Serializer[Any]):
    """Why not."""

    comment = serializers.CharField(
        max_length=operations.LONGEST_APPROVAL_TEXT, help_text=_("The reason, for whoever asked.")
    )


_CONFLICT = OpenApiResponse(
    ConflictSerializer, "It waits no more, or the application cannot come to that stage as things stand."
)


class ApprovalFilter(django_filters.FilterSet):
    """By state, job, person, application, when it was asked for, and whether one decides about it oneself."""

    state = django_filters.ChoiceFilter(choices=ApprovalState.choices)
    job = SlugFilter(field_name="application__job__slug")
    candidate = CodeFilter(field_name="application__candidate__public_id")
    application = CodeFilter(field_name="application__public_id")
    asked_after = MomentFilter(field_name="asked_at", lookup_expr="gte")
    asked_before = MomentFilter(field_name="asked_at", lookup_expr="lt")
    waits_for_me = FlagFilter(field_name="waits_for_me")


class ApprovalViewSet(ReadOnlyViewSet):
    """Approvals, the newest first."""

    write_scope = Scope.APPROVALS_WRITE

    queryset = APPROVALS
    serializer_class = ApprovalSerializer
    filterset_class = ApprovalFilter
    lookup_value_regex = NUMBER

    def get_queryset(self) -> QuerySet[Approval]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return with_whose_word(self.actor, rows)

    @extend_schema(request=ApproveSerializer, responses={200: ApprovalSerializer, 409: _CONFLICT})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def approve(self, request: Request, pk: str) -> Response:
        """Approve, which moves the person to the stage. Sending it again changes nothing.

        Nobody approves what they asked for themselves, their own application, or that of whom they referred.
        """
        return self._settle(ApproveSerializer(data=request.data), operations.approve, ApprovalState.APPROVED)

    @extend_schema(request=DeclineApprovalSerializer, responses={200: ApprovalSerializer, 409: _CONFLICT})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def decline(self, request: Request, pk: str) -> Response:
        """Decline with the reason; the person stays where they are. Sending it again changes nothing."""
        return self._settle(
            DeclineApprovalSerializer(data=request.data), operations.decline, ApprovalState.DECLINED
        )

    @extend_schema(request=None, responses={200: ApprovalSerializer, 409: _CONFLICT})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back what was asked for and waits. Sending it again changes nothing."""
        return self._settle(None, operations.withdraw_approval, ApprovalState.WITHDRAWN)

    def _settle(
        self,
        form: serializers.Serializer[Any] | None,
        operation: Callable[..., Any],
        settled: ApprovalState,
    ) -> Response:
        approval = self.get_object()
        data = cleaned(form) if form is not None else {}
        try:
            operation(approval=approval, by=self.actor, now=timezone.now(), **data)
        except operations.MoveRefused as refusal:
            # Who decided so before is told how it stands: their first answer may have been lost.
            if refusal.code != "not_waiting" or not self._is_mine(approval, settled):
                raise Conflict(refusal.code, str(refusal)) from refusal
        except operations.StaleMove as refusal:
            raise Conflict("moved", str(refusal)) from refusal
        return Response(self.get_serializer(self.get_object()).data)

    def _is_mine(self, approval: Approval, settled: ApprovalState) -> bool:
        return Approval.objects.filter(pk=approval.pk, state=settled, decided_by=self.actor.user).exists()
