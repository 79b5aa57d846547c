"""Imports as programs read them: how far a file is, its columns, and line by line what is wrong or comes in."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from outbox.rules import SAMPLE
from questions.enums import Found, ImportState
from questions.formats.drafts import ERROR, WARNING, Where
from questions.models import ImportLine
from questions.operations import importing
from questions.queries.file_words import where_words
from shell.api import ProgressSerializer


class FileColumnSerializer(serializers.Serializer[Any]):
    """A column of a table: its letter and heading, some of its cells, and what it is taken for, empty if left out."""

    column = serializers.CharField(source="letter")
    heading = serializers.CharField(source="header")
    cells = serializers.ListField(child=serializers.CharField())
    taken_for = serializers.CharField(allow_blank=True)


class ImportCountsSerializer(serializers.Serializer[Any]):
    """How many questions of a file are what."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    skipped = serializers.IntegerField()


class PlaceSerializer(serializers.Serializer[Any]):
    """A place in a file: in words, and each part that its format has."""

    where = serializers.SerializerMethodField()
    question = serializers.IntegerField(allow_null=True)
    line = serializers.IntegerField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField()

    def get_where(self, line: ImportLine) -> str:
        return where_words(Where(line.question, line.line, line.row, line.column, line.part))


class FileProblemSerializer(PlaceSerializer):
    """What is wrong, where, and what to do. An error keeps its question out, a warning does not."""

    id = serializers.CharField(
        source="external_id", help_text=gettext_lazy("The id of the question, empty where there is none.")
    )
    level = serializers.SerializerMethodField()
    message = serializers.CharField(source="text")

    @extend_schema_field(serializers.ChoiceField(choices=[ERROR, WARNING]))
    def get_level(self, line: ImportLine) -> str:
        return ERROR if line.found == Found.REFUSED else WARNING


class SkippedQuestionSerializer(PlaceSerializer):
    """A question of a kind that cannot be asked here."""

    message = serializers.CharField(source="text")


class ImportedQuestionSerializer(PlaceSerializer):
    """A question that is new, or changed, by its id in the bank."""

    id = serializers.CharField(source="external_id")
    fate = serializers.ChoiceField(choices=[Found.NEW.value, Found.CHANGED.value], source="found")


class DifferenceSerializer(serializers.Serializer[Any]):
    """A part of a question that differs, and how."""

    part = serializers.CharField()
    text = serializers.CharField(
        help_text=gettext_lazy("Of a text what is gone stands in [-…-] and what is new in {+…+}.")
    )


class ImportLineSerializer(PlaceSerializer):
    """A line of the report: what is refused, warned of or skipped, with why; or a question that is new or changed."""

    found = serializers.ChoiceField(choices=Found.choices)
    id = serializers.CharField(
        source="external_id", help_text=gettext_lazy("The id of the question, empty where there is none.")
    )
    message = serializers.CharField(
        source="text", help_text=gettext_lazy("Empty for a question that comes in.")
    )
    differences = serializers.SerializerMethodField(
        help_text=gettext_lazy(
            "Of a changed question: how it differs from the one that is here, part by part."
        )
    )

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, line: ImportLine) -> list[dict[str, str]]:
        # They hold the key of what is here.
        is_told = line.found == Found.CHANGED and self.context.get("is_author", False)
        return importing.differences_of(line.shown) if is_told else []


class ImportLineFilter(django_filters.FilterSet):
    """By what was found."""

    found = django_filters.ChoiceFilter(
        choices=Found.choices, label=gettext_lazy("What was found: one kind of line.")
    )


class ImportSerializer(serializers.Serializer[Any]):
    """A file, where it is on its way into its bank, and how many of its questions are what."""

    id = serializers.CharField(source="check.public_id")
    bank = serializers.CharField()
    filename = serializers.CharField(source="check.arguments.filename")
    dry_run = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ImportState.choices)
    can_commit = serializers.BooleanField(source="is_ready")
    progress = ProgressSerializer(source="running")
    format = serializers.CharField(
        source="report.format",
        default=None,
        allow_null=True,
        help_text=gettext_lazy("Which one was read; null until the file is checked."),
    )
    counts = ImportCountsSerializer(source="report.counts", default=None, allow_null=True)
    reason = serializers.CharField(
        help_text=gettext_lazy("Why it could not be read or imported; empty otherwise.")
    )
    created_at = serializers.DateTimeField(source="check.created_at")
    finished_at = serializers.DateTimeField(source="running.finished_at", allow_null=True)

    def get_dry_run(self, followed: importing.FollowedImport) -> bool:
        return not followed.check.arguments.get("commits", False)


class ImportInFullSerializer(ImportSerializer):
    """An import with what its check found: of each kind of line the first 200; all of them are at `lines/`."""

    columns = serializers.SerializerMethodField(
        help_text=gettext_lazy("Of a table: what each column is taken for; null where the file is none.")
    )
    columns_remembered = serializers.BooleanField(
        source="check.result.is_remembered",
        default=False,
        help_text=gettext_lazy("Whether the columns are as you said last of a table with the same headings."),
    )
    warnings = serializers.SerializerMethodField()
    problem_count = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    skipped = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    @extend_schema_field(FileColumnSerializer(many=True, allow_null=True))
    def get_columns(self, followed: importing.FollowedImport) -> list[dict[str, Any]] | None:
        result = followed.check.result
        if not result.get(SAMPLE):
            return None
        taken = result.get("taken", {})
        rows = [row | {"taken_for": taken.get(row["header"], "")} for row in result[SAMPLE]]
        return list(FileColumnSerializer(rows, many=True).data)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, followed: importing.FollowedImport) -> list[str]:
        return list(followed.check.result.get("warnings", []))

    def get_problem_count(self, followed: importing.FollowedImport) -> int:
        counts = followed.check.result.get("found") or {}
        return int(counts.get(Found.REFUSED, 0)) + int(counts.get(Found.WARNING, 0))

    @extend_schema_field(FileProblemSerializer(many=True))
    def get_problems(self, followed: importing.FollowedImport) -> list[dict[str, Any]]:
        lines = [*followed.lines[Found.REFUSED], *followed.lines[Found.WARNING]]
        return list(FileProblemSerializer(lines, many=True).data)

    @extend_schema_field(SkippedQuestionSerializer(many=True))
    def get_skipped(self, followed: importing.FollowedImport) -> list[dict[str, Any]]:
        return list(SkippedQuestionSerializer(followed.lines[Found.SKIPPED], many=True).data)

    @extend_schema_field(ImportedQuestionSerializer(many=True))
    def get_questions(self, followed: importing.FollowedImport) -> list[dict[str, Any]]:
        lines = [*followed.lines[Found.NEW], *followed.lines[Found.CHANGED]]
        return list(ImportedQuestionSerializer(lines, many=True).data)
