from __future__ import annotations

from rest_framework import serializers

from questions import queries
from questions.models import QuestionBank
from shell.api import ReadOnlyViewSet
from shell.lists import SLUG


class BankSerializer(serializers.ModelSerializer[QuestionBank]):
    """A bank with how many questions it has, and how many of them tests can draw."""

    questions = serializers.IntegerField(source="questions_all", read_only=True)
    ready = serializers.IntegerField(source="questions_ready", read_only=True)

    class Meta:
        model = QuestionBank
        fields = [
            "slug",
            "name",
            "description",
            "second_reviewer",
            "rests_after",
            "questions",
            "ready",
            "created_at",
        ]
        read_only_fields = fields


class BankViewSet(ReadOnlyViewSet):
    """Question banks, by their short names."""

    queryset = queries.banks_with_counts(QuestionBank.objects.all()).order_by("slug", "pk")
    serializer_class = BankSerializer
    lookup_field = "slug"
    lookup_value_regex = SLUG
