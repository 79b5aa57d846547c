"""Questions with their versions. The key of a version is read by those who read it in the shell."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Actor
from questions import queries
from questions.enums import Exposure, Kind, Level, Marking, QuestionFlag, Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionTag, QuestionVersion, Skill
from questions.queries.finding import (
    QUESTION_SORTS,
    QuestionFilter,
    is_newer_waiting,
    narrowed,
    question_rows,
)
from shell.api import ReadOnlyViewSet
from shell.lists import NUMBER, SlugFilter

# What programs call the orders of the list.
_SORTS = {
    "changed_at": "changed",
    "-changed_at": "-changed",
    "external_id": "question",
    "-external_id": "-question",
    "shown": "shown",
    "-shown": "-shown",
}


class OptionSerializer(serializers.Serializer[Any]):
    """An option as its author wrote it. `place` is where it stays when options are shuffled, or empty."""

    code = serializers.CharField()
    text = serializers.CharField()
    place = serializers.ChoiceField(choices=["first", "here", "last"], allow_blank=True)


class AnswerKeySerializer(serializers.ModelSerializer[AnswerKey]):
    """What is right about a version. Shares are exact, by the code of the option: `"1"`, `"1/3"` or `"-1/4"`."""

    shares = serializers.DictField(child=serializers.CharField())
    feedback = serializers.DictField(child=serializers.CharField())
    marking = serializers.ChoiceField(choices=Marking.choices)
    look_fors = serializers.ListField(child=serializers.CharField())
    warning_signs = serializers.ListField(child=serializers.CharField())
    follow_ups = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = AnswerKey
        fields = [
            "revision",
            "shares",
            "feedback",
            "marking",
            "explanation",
            "source",
            "model_answer",
            "look_fors",
            "warning_signs",
            "follow_ups",
            "reason",
            "changes_marks",
            "created_at",
        ]
        read_only_fields = fields


class QuestionVersionSerializer(serializers.ModelSerializer[QuestionVersion]):
    """A version in full, with every revision of its key, the newest first: that one is in force."""

    options = OptionSerializer(many=True, read_only=True)
    is_current = serializers.SerializerMethodField(help_text=_("Whether it is what people are shown."))
    keys = AnswerKeySerializer(source="known_keys", many=True, read_only=True)

    class Meta:
        model = QuestionVersion
        fields = [
            "number",
            "stem",
            "options",
            "created_at",
            "changed_at",
            "frozen_at",
            "is_current",
            "keys",
        ]
        read_only_fields = fields

    def get_is_current(self, version: QuestionVersion) -> bool:
        return version.question.current_version_id == version.pk


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question as lists show it. `title` is its name, or what it asks in its newest version without any markup."""

    bank = serializers.CharField(source="bank.slug", read_only=True)
    title = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()
    shown = serializers.IntegerField(
        source="usage.shown", default=0, read_only=True, help_text=_("How often it was shown.")
    )
    facility = serializers.FloatField(
        source="usage.facility",
        default=None,
        allow_null=True,
        read_only=True,
        help_text=_("Mean share of the mark, 0 to 1."),
    )
    open_reports = serializers.IntegerField(
        source="usage.open_reports", default=0, read_only=True, help_text=_("Of candidates.")
    )
    open_findings = serializers.IntegerField(source="finding_count", read_only=True)
    newer_waits = serializers.SerializerMethodField(
        help_text=_("Whether it is shown in one version while the next one is written.")
    )

    class Meta:
        model = Question
        fields = [
            "id",
            "bank",
            "external_id",
            "title",
            "category",
            "kind",
            "level",
            "intended_difficulty",
            "skills",
            "tags",
            "status",
            "status_at",
            "review_asked_at",
            "shown",
            "facility",
            "open_reports",
            "open_findings",
            "newer_waits",
            "rested_at",
            "leaked_at",
            "created_at",
            "changed_at",
        ]
        read_only_fields = fields

    def get_title(self, question: Question) -> str:
        return question.name or queries.plain_stem(getattr(question, "stem", "") or "")

    def get_skills(self, question: Question) -> list[str]:
        return sorted(skill.slug for skill in question.skills.all())

    def get_tags(self, question: Question) -> list[str]:
        return sorted(tag.name for tag in question.tags.all())

    def get_newer_waits(self, question: Question) -> bool:
        return is_newer_waiting(question)


class QuestionInFullSerializer(QuestionSerializer):
    """A question with all of its versions, the newest first. One that is not frozen is a draft: nobody is shown it."""

    current_version = serializers.SerializerMethodField(
        help_text=_("The number of the version that people are shown; null while the first is a draft.")
    )
    versions = QuestionVersionSerializer(source="known_versions", many=True, read_only=True)

    class Meta(QuestionSerializer.Meta):
        fields = [*QuestionSerializer.Meta.fields, "current_version", "versions"]
        read_only_fields = fields

    def get_current_version(self, question: Question) -> int | None:
        versions: list[QuestionVersion] = question.known_versions  # type: ignore[attr-defined]
        numbers = (each.number for each in versions if each.pk == question.current_version_id)
        return next(numbers, None)


class QuestionListFilter(django_filters.FilterSet):
    """By words, by what they are, by how they did and by what asks for somebody to look at them."""

    search = django_filters.CharFilter(
        max_length=200,
        label=_(
            "Words: for each of them the question, an option, the explanation, the id or a tag has one that begins "
            "with it."
        ),
    )
    bank = SlugFilter()
    skill = SlugFilter(label=_("The short name of a skill."))
    tag = django_filters.CharFilter(max_length=50)
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    level = django_filters.ChoiceFilter(choices=Level.choices)
    status = django_filters.ChoiceFilter(choices=Status.choices)
    exposure = django_filters.ChoiceFilter(choices=Exposure.choices, label=_("How often they were shown."))
    flag = django_filters.ChoiceFilter(
        choices=QuestionFlag.choices, label=_("What asks for somebody to look at them.")
    )
    ordering = django_filters.ChoiceFilter(
        choices=[(name, name) for name in _SORTS],
        label=_("Sort by this; with a minus before it, the largest or latest first."),
    )

    def filter_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        chosen = {name: value or "" for name, value in self.form.cleaned_data.items()}
        actor = Actor.of_request(self.request)
        bank = _named(QuestionBank.objects.visible_to(actor), slug=chosen["bank"])
        skill = _named(Skill.objects.visible_to(actor), slug=chosen["skill"])
        tag = _named(QuestionTag.objects.visible_to(actor), name__iexact=chosen["tag"])
        named = ((bank, chosen["bank"]), (skill, chosen["skill"]), (tag, chosen["tag"]))
        if any(name and row is None for row, name in named):
            return queryset.none()
        wanted = QuestionFilter(
            search=chosen["search"],
            bank=bank,
            skill=skill,
            tag=tag,
            kind=chosen["kind"],
            level=chosen["level"],
            status=chosen["status"],
            exposure=chosen["exposure"],
            flag=chosen["flag"],
        )
        order = QUESTION_SORTS[_SORTS[chosen["ordering"] or "-changed_at"]]
        return narrowed(queryset, wanted).order_by(*order)


def _named(rows: QuerySet[Any], **column: str) -> Any:
    """The row that a filter names; None where it names none, or one that is not there."""
    return rows.filter(**column).first() if any(column.values()) else None


class QuestionViewSet(ReadOnlyViewSet):
    """Questions of every bank, the latest changed first. Their texts and keys are in the answer for one question."""

    queryset = Question.objects.order_by("-changed_at", "-pk")
    serializer_class = QuestionSerializer
    filterset_class = QuestionListFilter
    lookup_value_regex = NUMBER

    def get_serializer_class(self) -> type[QuestionSerializer]:
        return QuestionInFullSerializer if self.action == "retrieve" else QuestionSerializer

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        # The keys of a page first: what a row shows is looked up for these alone.
        keys = super().paginate_queryset(queryset.values_list("pk", flat=True)) or []
        rows = question_rows(keys)
        return [rows[key] for key in keys if key in rows]

    def get_object(self) -> Question:
        found = super().get_object()
        if not queries.may_read_keys(self.actor):
            raise Http404
        question = question_rows([found.pk])[found.pk]
        question.known_versions = queries.versions_with_keys(question)  # type: ignore[attr-defined]
        return question
