from __future__ import annotations

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from assessments.models import Assessment, Invitation
from assessments.queries import with_state
from hiring import operations
from hiring.api.approvals import (
    ApprovalSerializer,
    NewApprovalSerializer,
    WaitingApprovalSerializer,
    stage_named,
    with_whose_word,
)
from hiring.api.tests import InvitationSerializer
from hiring.enums import ApplicationStatus, ApprovalState, Source
from hiring.models import Application, ApplicationAssessment, Approval, Job
from shell.api import Conflict, PersonSerializer, ReadOnlyViewSet, cleaned, named
from shell.lists import CODE, CodeFilter, MomentFilter, Ordering, SlugFilter
from shell.schema import ConflictSerializer


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """An application: who, for which job, where it stands."""

    id = serializers.CharField(source="public_id", read_only=True)
    job = serializers.CharField(source="job.slug", read_only=True)
    candidate = PersonSerializer(read_only=True)
    stage = serializers.CharField(source="stage.name", read_only=True)

    waiting_approval = serializers.SerializerMethodField(
        help_text=_("The approval that is asked for and not decided yet; null without one.")
    )

    class Meta:
        model = Application
        fields = [
            *("id", "job", "candidate", "stage", "status", "source", "applied_at", "stage_entered_at"),
            "waiting_approval",
        ]
        read_only_fields = fields

    @extend_schema_field(WaitingApprovalSerializer(allow_null=True))
    def get_waiting_approval(self, application: Application) -> dict[str, Any] | None:
        approval = next(
            (row for row in application.approvals.all() if row.state == ApprovalState.WAITING), None
        )
        return None if approval is None else dict(WaitingApprovalSerializer(approval).data)


class NewApplicationSerializer(serializers.Serializer[Any]):
    """A person applies: found by their email address, or added."""

    job = serializers.SlugField(max_length=80, help_text=_("The short name of the job."))
    full_name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254)
    phone = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    stage_actions = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_(
            "Whether the first stage does what it does with whoever applies: send its test or its mail."
        ),
    )
    again_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=300,
        help_text=_("Why somebody is added again who applied for this job only recently. It is recorded."),
    )


class NewInvitationSerializer(serializers.Serializer[Any]):
    """Which test to send, and on which terms."""

    assessment = serializers.SlugField(max_length=60, help_text=_("The short name of the test."))
    not_before = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text=_("From when on it may be started.")
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text=_("Until when; 14 days when left out.")
    )
    extra_minutes = serializers.IntegerField(required=False, default=0, min_value=0, max_value=24 * 60)
    extra_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=300,
        help_text=_("Why extra time; read by administrators alone and in no answer."),
    )
    language = serializers.ChoiceField(
        choices=settings.CANDIDATE_LANGUAGES,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Of mail and pages."),
    )
    again_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=300,
        help_text=_("Why once more, where the rule about taking a test again says no. It is recorded."),
    )


class ApplicationFilter(django_filters.FilterSet):
    """By job, status, stage, person and when they applied."""

    job = SlugFilter(field_name="job__slug")
    status = django_filters.ChoiceFilter(choices=ApplicationStatus.choices)
    stage = django_filters.CharFilter(field_name="stage__name")
    candidate = CodeFilter(field_name="candidate__public_id")
    applied_after = MomentFilter(field_name="applied_at", lookup_expr="gte")
    applied_before = MomentFilter(field_name="applied_at", lookup_expr="lt")
    ordering = Ordering("applied_at", "stage_entered_at")


class ApplicationViewSet(ReadOnlyViewSet):
    """Applications, the newest first."""

    queryset = (
        Application.objects.select_related("job", "candidate", "stage")
        .prefetch_related(Prefetch("approvals", Approval.objects.select_related("stage")))
        .order_by("-applied_at", "-pk")
    )
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = CODE

    @property
    def write_scope(self) -> Scope:
        """What an API key needs for the write at hand."""
        scopes = {"invitations": Scope.INVITATIONS_WRITE, "approvals": Scope.APPROVALS_WRITE}
        return scopes.get(self.action, Scope.CANDIDATES_WRITE)

    @extend_schema(
        request=NewApplicationSerializer,
        responses={
            201: OpenApiResponse(ApplicationSerializer, "The new application."),
            200: OpenApiResponse(
                ApplicationSerializer, "The live one that the person has for this job already."
            ),
            409: OpenApiResponse(
                ConflictSerializer, "The job takes nobody now, or not this person again so soon."
            ),
        },
    )
    def create(self, request: Request) -> Response:
        """Add a person with an application. Sending the same again changes nothing.

        The person is found by their email address or added; what is known of them stays as it is.
        """
        data = cleaned(NewApplicationSerializer(data=request.data))
        job = named(Job.objects.visible_to(self.actor), field="job", slug=data.pop("job"))
        stage_actions = data.pop("stage_actions")
        try:
            application, is_new = operations.apply(
                job=job,
                source=Source.API,
                by=self.actor,
                now=timezone.now(),
                entry_actions=stage_actions,
                **data,
            )
        except (operations.JobRefused, operations.ApplyRefused) as refusal:
            raise Conflict(refusal.code, str(refusal)) from refusal
        body = self.get_serializer(application).data
        return Response(body, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(
        request=NewInvitationSerializer,
        responses={
            201: OpenApiResponse(InvitationSerializer, "The new invitation; its link goes out by mail."),
            200: OpenApiResponse(
                InvitationSerializer, "The open invitation to this test that there is already."
            ),
            409: OpenApiResponse(ConflictSerializer, "The person cannot be invited as things stand."),
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def invitations(self, request: Request, id: str) -> Response:
        """Invite the person to a test. Nobody is mailed twice while an invitation is open."""
        application = self.get_object()
        data = cleaned(NewInvitationSerializer(data=request.data))
        tests = Assessment.objects.visible_to(self.actor)
        assessment = named(tests, field="assessment", slug=data.pop("assessment"))
        extra_seconds = data.pop("extra_minutes") * 60
        now = timezone.now()
        try:
            invitation = operations.invite_to_test(
                application=application,
                assessment=assessment,
                extra_seconds=extra_seconds,
                by=self.actor,
                now=now,
                **data,
            )
        except operations.InviteRefused as refusal:
            if refusal.code != "already_invited":
                raise Conflict(refusal.code, str(refusal)) from refusal
            invitation = newest_invitation(application, assessment)
        shown = with_state(Invitation.objects.filter(pk=invitation.pk), now=now).get()
        is_new = invitation.created_at == now
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        body = InvitationSerializer(shown, context=self.get_serializer_context()).data
        return Response(body, status=code)

    @extend_schema(
        request=NewApprovalSerializer,
        responses={
            201: OpenApiResponse(ApprovalSerializer, "What waits now; those who approve are told."),
            200: OpenApiResponse(
                ApprovalSerializer, "What waits for this stage already, as it was asked for."
            ),
            409: OpenApiResponse(ConflictSerializer, "It cannot be asked for as things stand."),
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def approvals(self, request: Request, id: str) -> Response:
        """Ask for the approval that a stage needs. Sending the same again changes nothing and tells nobody."""
        application = self.get_object()
        data = cleaned(NewApprovalSerializer(data=request.data))
        now = timezone.now()
        try:
            asked = operations.ask_approval(
                application=application,
                to_stage=stage_named(application, data["stage"]),
                seen_version=None,
                note=data["note"],
                by=self.actor,
                now=now,
            )
        except operations.MoveRefused as refusal:
            raise Conflict(refusal.code, str(refusal)) from refusal
        except operations.StaleMove as refusal:
            raise Conflict("moved", str(refusal)) from refusal
        body = ApprovalSerializer(with_whose_word(self.actor).get(pk=asked.pk)).data
        is_new = asked.asked_at == now
        return Response(body, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


def newest_invitation(application: Application, assessment: Assessment) -> Invitation:
    """Return the invitation of this application to this test that was sent last."""
    links = ApplicationAssessment.objects.filter(application=application).values("invitation")
    sent = Invitation.objects.filter(pk__in=links, version__assessment=assessment)
    return sent.latest("created_at", "pk")
