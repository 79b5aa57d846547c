"""Invitations, attempts and scores, with the application they belong to. No key, answer, share or link passes here."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.registries import may_see_field
from assessments.enums import AttemptState, Band, InvitationState, SubmittedBy
from assessments.models import Attempt, Invitation, Score
from assessments.queries import section_name, with_state
from questions.models import Skill
from shell.api import PersonSerializer, ReadOnlyViewSet
from shell.lists import NUMBER, CodeFilter, FlagFilter, MomentFilter, Ordering, SlugFilter


class OfApplicationSerializer(serializers.Serializer[Any]):
    """The application that a test was sent for; none for people who were invited without one."""

    id = serializers.CharField(source="public_id")
    job = serializers.CharField(source="job.slug")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation and where it stands. The link itself is in the candidate's mail only."""

    candidate = PersonSerializer(read_only=True)
    application = OfApplicationSerializer(
        source="application_link.application", default=None, allow_null=True, read_only=True
    )
    assessment = serializers.CharField(source="version.assessment.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    state = serializers.ChoiceField(choices=InvitationState.choices, source="state_now", read_only=True)
    extra_seconds = serializers.SerializerMethodField(
        help_text=_("Extra time; null for everybody but administrators, whether there is any or not.")
    )

    class Meta:
        model = Invitation
        fields = [
            "id",
            "candidate",
            "application",
            "assessment",
            "version",
            "state",
            "created_at",
            "not_before",
            "expires_at",
            "revoked_at",
            "language",
            "extra_seconds",
        ]
        read_only_fields = fields

    def get_extra_seconds(self, invitation: Invitation) -> int | None:
        seen = may_see_field(Invitation._meta.label, "extra_seconds", self.context["view"].actor, invitation)
        return invitation.extra_seconds if seen else None


class InvitationFilter(django_filters.FilterSet):
    """By test, person, application, job, state and when they were invited."""

    assessment = SlugFilter(field_name="version__assessment__slug")
    candidate = CodeFilter(field_name="candidate__public_id")
    application = CodeFilter(field_name="application_link__application__public_id")
    job = SlugFilter(field_name="application_link__application__job__slug")
    state = django_filters.ChoiceFilter(choices=InvitationState.choices, field_name="state_now")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    ordering = Ordering("created_at", "expires_at")


class InvitationViewSet(ReadOnlyViewSet):
    """Invitations to tests, the newest first."""

    queryset = Invitation.objects.select_related(
        "candidate", "version__assessment", "application_link__application__job"
    ).order_by("-created_at", "-pk")
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    lookup_value_regex = NUMBER

    def get_queryset(self) -> QuerySet[Invitation]:
        return with_state(super().get_queryset(), now=timezone.now())


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """A sitting, with the score in force: `percent` and `result` are null until there is one, and of a void sitting."""

    invitation = serializers.IntegerField(source="invitation_id", read_only=True)
    candidate = PersonSerializer(source="invitation.candidate", read_only=True)
    application = OfApplicationSerializer(
        source="invitation.application_link.application", default=None, allow_null=True, read_only=True
    )
    assessment = serializers.CharField(source="invitation.version.assessment.slug", read_only=True)
    submitted_by = serializers.ChoiceField(choices=SubmittedBy.choices, allow_blank=True, read_only=True)
    percent = serializers.DecimalField(
        source="current_score.percent",
        max_digits=6,
        decimal_places=3,
        default=None,
        allow_null=True,
        read_only=True,
    )
    result = serializers.ChoiceField(
        choices=Band.choices, source="current_score.band", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Attempt
        fields = [
            "id",
            "invitation",
            "candidate",
            "application",
            "assessment",
            "number",
            "state",
            "started_at",
            "deadline_at",
            "submitted_at",
            "submitted_by",
            "percent",
            "result",
        ]
        read_only_fields = fields

    def to_representation(self, attempt: Attempt) -> dict[str, Any]:
        row: dict[str, Any] = super().to_representation(attempt)
        is_void = attempt.state == AttemptState.VOID
        return row | {"percent": None, "result": None} if is_void else row


class AttemptFilter(django_filters.FilterSet):
    """By test, person, application, job, state, result and when they were submitted."""

    assessment = SlugFilter(field_name="invitation__version__assessment__slug")
    candidate = CodeFilter(field_name="invitation__candidate__public_id")
    application = CodeFilter(field_name="invitation__application_link__application__public_id")
    job = SlugFilter(field_name="invitation__application_link__application__job__slug")
    state = django_filters.ChoiceFilter(choices=AttemptState.choices)
    result = django_filters.ChoiceFilter(choices=Band.choices, method="filter_result")
    submitted_after = MomentFilter(field_name="submitted_at", lookup_expr="gte")
    submitted_before = MomentFilter(field_name="submitted_at", lookup_expr="lt")
    ordering = Ordering("started_at")

    def filter_result(self, queryset: QuerySet[Attempt], name: str, value: str) -> QuerySet[Attempt]:
        return queryset.filter(current_score__band=value).exclude(state=AttemptState.VOID)


class AttemptViewSet(ReadOnlyViewSet):
    """Sittings of tests, the newest first."""

    queryset = Attempt.objects.select_related(
        "invitation__candidate",
        "invitation__version__assessment",
        "invitation__application_link__application__job",
        "current_score",
    ).order_by("-started_at", "-pk")
    serializer_class = AttemptSerializer
    filterset_class = AttemptFilter
    lookup_value_regex = NUMBER


class SkillPartSerializer(serializers.Serializer[Any]):
    """What a score says about one skill, by the skill's short name. Marks are exact: `"3"` or `"10/3"`."""

    skill = serializers.CharField()
    marks = serializers.CharField()
    possible = serializers.CharField()
    questions = serializers.IntegerField()


class SectionPartSerializer(serializers.Serializer[Any]):
    """What a score says about one section, by its place in the test. `is_met` is null where it has no `cut_off`."""

    section = serializers.IntegerField()
    title = serializers.CharField()
    marks = serializers.CharField()
    possible = serializers.CharField()
    questions = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=6, decimal_places=3, allow_null=True)
    cut_off = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_met = serializers.BooleanField(allow_null=True)


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """A marking with its cause. `is_current` says whether it is the one in force; `error` is in percent points."""

    attempt = serializers.IntegerField(source="attempt_id", read_only=True)
    candidate = PersonSerializer(source="attempt.invitation.candidate", read_only=True)
    application = OfApplicationSerializer(
        source="attempt.invitation.application_link.application",
        default=None,
        allow_null=True,
        read_only=True,
    )
    assessment = serializers.CharField(source="attempt.invitation.version.assessment.slug", read_only=True)
    result = serializers.ChoiceField(choices=Band.choices, source="band", read_only=True)
    is_current = serializers.SerializerMethodField()
    by_skill = serializers.SerializerMethodField()
    by_section = serializers.SerializerMethodField(
        help_text=_("In the order of the test; empty for a test of one section without a cut-off.")
    )

    class Meta:
        model = Score
        fields = [
            "id",
            "attempt",
            "candidate",
            "application",
            "assessment",
            "cause",
            "marks",
            "marks_possible",
            "percent",
            "error",
            "result",
            "by_skill",
            "by_section",
            "is_current",
            "created_at",
        ]
        read_only_fields = fields

    def get_is_current(self, score: Score) -> bool:
        attempt = score.attempt
        return attempt.current_score_id == score.pk and attempt.state != AttemptState.VOID

    @extend_schema_field(SkillPartSerializer(many=True))
    def get_by_skill(self, score: Score) -> list[dict[str, Any]]:
        slugs: dict[int, str] = self.context["skill_slugs"]
        parts = [{**part, "skill": slugs[part["skill"]]} for part in score.by_skill if part["skill"] in slugs]
        return list(SkillPartSerializer(parts, many=True).data)

    @extend_schema_field(SectionPartSerializer(many=True))
    def get_by_section(self, score: Score) -> list[dict[str, Any]]:
        sections = {section.pk: section for section in score.attempt.invitation.version.sections.all()}
        parts = [
            {"percent": None, "cut_off": None, "is_met": None}
            | part
            | {
                "section": sections[part["section"]].position,
                "title": section_name(sections[part["section"]]),
            }
            for part in score.by_section
        ]
        return list(SectionPartSerializer(parts, many=True).data)


class ScoreFilter(django_filters.FilterSet):
    """By test, person, application, job, result, whether in force, and when they were scored."""

    assessment = SlugFilter(field_name="attempt__invitation__version__assessment__slug")
    candidate = CodeFilter(field_name="attempt__invitation__candidate__public_id")
    application = CodeFilter(field_name="attempt__invitation__application_link__application__public_id")
    job = SlugFilter(field_name="attempt__invitation__application_link__application__job__slug")
    result = django_filters.ChoiceFilter(choices=Band.choices, field_name="band")
    is_current = FlagFilter(method="filter_current")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    ordering = Ordering("created_at", "percent")

    def filter_current(self, queryset: QuerySet[Score], name: str, value: bool) -> QuerySet[Score]:
        valid = Attempt.objects.exclude(state=AttemptState.VOID)
        in_force = valid.filter(current_score__isnull=False).values("current_score")
        return queryset.filter(pk__in=in_force) if value else queryset.exclude(pk__in=in_force)


class ScoreViewSet(ReadOnlyViewSet):
    """Scores, the newest first. A regrade adds a score; none is ever overwritten."""

    queryset = Score.objects.select_related(
        "attempt__invitation__candidate",
        "attempt__invitation__version__assessment",
        "attempt__invitation__application_link__application__job",
    )
    queryset = queryset.prefetch_related("attempt__invitation__version__sections").order_by(
        "-created_at", "-pk"
    )
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter
    lookup_value_regex = NUMBER

    def get_serializer_context(self) -> dict[str, Any]:
        slugs = (
            {} if getattr(self, "swagger_fake_view", False) else dict(Skill.objects.values_list("pk", "slug"))
        )
        return {**super().get_serializer_context(), "skill_slugs": slugs}
