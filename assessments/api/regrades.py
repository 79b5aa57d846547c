"""Keys that were mended after people were marked by them: what marking again would change, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from accounts.models import Actor
from assessments import operations
from assessments.enums import Band, RegradeState
from assessments.models import RegradeRequest
from assessments.queries.regrading import (
    ChangeRow,
    RegradeReading,
    changes_seen,
    may_mark_again,
    read_regrades,
    regrade_rows,
)
from outbox.enums import WorkState
from outbox.models import Work
from shell.api import IDEMPOTENT, Conflict, ProgressSerializer, ReadOnlyViewSet, cleaned
from shell.lists import NUMBER, SlugFilter
from shell.schema import ConflictSerializer

_CLOSED = OpenApiResponse(ConflictSerializer, "It was decided already, or is being done at this moment.")


class AffectedTestSerializer(serializers.Serializer[Any]):
    """A test with how many of its scores were given by an earlier key; without its name where you do not see it."""

    assessment = serializers.CharField(
        source="slug", help_text=_("Its short name, empty for those you do not see.")
    )
    attempts = serializers.IntegerField()


class RegradeSerializer(serializers.Serializer[Any]):
    """A mended key of a version that people were marked by, and what was decided about their scores."""

    id = serializers.IntegerField(source="request.pk")
    question = serializers.IntegerField(source="request.question_version.question_id")
    bank = serializers.CharField(source="request.question_version.question.bank.slug")
    external_id = serializers.CharField(source="request.question_version.question.external_id")
    version = serializers.IntegerField(source="request.question_version.number")
    revision = serializers.IntegerField(source="request.key.revision", help_text=_("Of the mended key."))
    reason = serializers.CharField(source="request.key.reason", help_text=_("Why the key was mended."))
    state = serializers.ChoiceField(choices=RegradeState.choices, source="request.state")
    attempts = serializers.IntegerField(help_text=_("How many scores were given by an earlier key."))
    tests = AffectedTestSerializer(many=True)
    asked_at = serializers.DateTimeField(source="request.asked_at")
    settled_at = serializers.DateTimeField(source="request.settled_at", allow_null=True)
    note = serializers.CharField(source="request.note", help_text=_("Why it was decided so."))


class ChangedAttemptSerializer(serializers.Serializer[Any]):
    """A sitting that would be marked otherwise."""

    attempt = serializers.IntegerField(source="attempt.pk")
    old_percent = serializers.DecimalField(max_digits=6, decimal_places=3)
    new_percent = serializers.DecimalField(max_digits=6, decimal_places=3)
    old_result = serializers.ChoiceField(choices=Band.choices, source="old_band")
    new_result = serializers.ChoiceField(choices=Band.choices, source="new_band")


class PreviewSerializer(serializers.Serializer[Any]):
    """What marking again would change, when somebody looked. Numbers are of all, changes of those you see."""

    looked_at = serializers.DateTimeField(source="look.finished_at")
    is_current = serializers.BooleanField(help_text=_("Whether no newer key came since."))
    attempts = serializers.IntegerField(source="tally.attempts", default=0)
    crossing = serializers.IntegerField(
        source="tally.crossing",
        default=0,
        help_text=_("Another result: across the pass mark or the borderline."),
    )
    higher = serializers.IntegerField(source="tally.higher", default=0)
    lower = serializers.IntegerField(source="tally.lower", default=0)
    same = serializers.IntegerField(source="tally.same", default=0)
    changes = ChangedAttemptSerializer(many=True)
    hidden = serializers.IntegerField(help_text=_("How many changes are not listed."))


class MarkingWorkSerializer(serializers.Serializer[Any]):
    """How far a worker is with looking, or with marking."""

    state = serializers.ChoiceField(choices=WorkState.choices)
    progress = ProgressSerializer(source="*")
    reason = serializers.CharField(help_text=_("Why it failed; empty otherwise."))


class RegradeInFullSerializer(RegradeSerializer):
    """A mended key with what marking again would change, and how far that is. What nobody asked for is null."""

    may_decide = serializers.BooleanField(help_text=_("Whether you see everybody concerned, and may decide."))
    looking = MarkingWorkSerializer(allow_null=True)
    preview = PreviewSerializer(allow_null=True)
    marking = MarkingWorkSerializer(allow_null=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why, for all colleagues, with no word about a person."""

    reason = serializers.CharField(max_length=operations.LONGEST_REASON)


@dataclass(frozen=True)
class _Preview:
    look: Work
    is_current: bool
    tally: dict[str, int]
    changes: list[ChangeRow]
    hidden: int


@dataclass(frozen=True)
class _RegradeInFull(RegradeReading):
    """A request as the answer for one shows it."""

    actor: Actor

    @cached_property
    def may_decide(self) -> bool:
        return self.request.state == RegradeState.OPEN and may_mark_again(self.actor, self.request)

    @cached_property
    def looking(self) -> Work | None:
        return operations.newest_look(self.request)

    @cached_property
    def preview(self) -> _Preview | None:
        look = operations.latest_look(self.request)
        if look is None:
            return None
        rows, hidden = changes_seen(look, self.actor)
        tally = look.result.get("tally", {})
        return _Preview(look, look.result.get("key") == self.request.key_id, tally, rows, hidden)

    @cached_property
    def marking(self) -> Work | None:
        if not self.request.work:
            return None
        return Work.objects.filter(public_id=self.request.work).first()


class RegradeFilter(django_filters.FilterSet):
    """By what was decided, and by question."""

    state = django_filters.ChoiceFilter(choices=RegradeState.choices)
    bank = SlugFilter(field_name="question_version__question__bank__slug")
    question = django_filters.CharFilter(
        field_name="question_version__question",
        validators=[RegexValidator(rf"^{NUMBER}\Z", _("The number of a question holds digits alone."))],
    )


class RegradeViewSet(ReadOnlyViewSet):
    """Mended keys after which scores may have to be given anew, the latest first."""

    queryset = RegradeRequest.objects.all()
    serializer_class = RegradeSerializer
    filterset_class = RegradeFilter
    lookup_value_regex = NUMBER
    write_scope = Scope.REGRADES_WRITE

    def get_queryset(self) -> QuerySet[RegradeRequest]:
        if getattr(self, "swagger_fake_view", False):
            return RegradeRequest.objects.none()
        return regrade_rows(self.actor)

    def get_serializer_class(self) -> type[RegradeSerializer]:
        return RegradeSerializer if self.action == "list" else RegradeInFullSerializer

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return list(read_regrades(super().paginate_queryset(queryset) or [], self.actor))

    def get_object(self) -> Any:
        (reading,) = read_regrades([super().get_object()], self.actor)
        return _RegradeInFull(reading.request, reading.tests, self.actor)

    @extend_schema(
        request=None,
        parameters=[IDEMPOTENT],
        responses={202: OpenApiResponse(RegradeInFullSerializer, "A worker looks now."), 409: _CLOSED},
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def preview(self, request: Request, pk: str) -> Response:
        """Let a worker find out what marking again would change. No score is written."""
        regrade = self.get_object().request
        if regrade.state != RegradeState.OPEN:
            raise self.closed(operations.RegradeClosed())
        operations.look_at_regrade(request=regrade, intent=self.intent(), by=self.actor, now=timezone.now())
        return self.answer(status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=ReasonSerializer,
        responses={
            202: OpenApiResponse(RegradeInFullSerializer, "A worker marks now, or did."),
            409: _CLOSED,
        },
    )
    @action(detail=True, methods=["post"], url_path="mark-again", filterset_class=None, pagination_class=None)
    def mark_again(self, request: Request, pk: str) -> Response:
        """Mark every attempt concerned by the newest key, with a reason. Twice marks once; no score is overwritten."""
        return self.decide(operations.mark_again, status.HTTP_202_ACCEPTED)

    @extend_schema(request=ReasonSerializer, responses={200: RegradeInFullSerializer, 409: _CLOSED})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def leave(self, request: Request, pk: str) -> Response:
        """Let the scores stay as they are, with a reason."""
        return self.decide(operations.leave_marks, status.HTTP_200_OK)

    def decide(self, operation: Any, code: int) -> Response:
        """Do what was decided. Raises `Conflict` where it was decided before."""
        regrade = self.get_object().request
        reason = cleaned(ReasonSerializer(data=self.request.data))["reason"]
        try:
            operation(request=regrade, reason=reason, by=self.actor, now=timezone.now())
        except operations.RegradeClosed as refusal:
            raise self.closed(refusal) from refusal
        return self.answer(code)

    def closed(self, refusal: operations.RegradeClosed) -> Conflict:
        """What a program is told of something that was decided."""
        return Conflict("closed", str(refusal))

    def answer(self, code: int) -> Response:
        """Say how things are now."""
        return Response(RegradeInFullSerializer(self.get_object()).data, status=code)
