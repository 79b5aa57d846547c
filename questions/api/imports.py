"""Files on their way into banks: checked by a worker, looked over, then imported all at once or not at all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from outbox.models import Work
from questions.enums import Found, ImportState, Level
from questions.formats import limits, names
from questions.formats.drafts import ERROR, WARNING, Where
from questions.models import ImportLine, QuestionBank, Skill
from questions.operations import importing
from questions.queries.file_words import where_words
from shell.api import (
    IDEMPOTENT,
    Conflict,
    ProgressSerializer,
    ReadOnlyViewSet,
    cleaned,
    named,
)
from shell.lists import CODE
from shell.parsers import FileParser
from shell.schema import ConflictSerializer


class NewImportSerializer(serializers.Serializer[Any]):
    """A file for a bank, and what is decided about its questions."""

    bank = serializers.SlugField(max_length=60, help_text=gettext_lazy("The short name of the bank."))
    file = serializers.FileField(
        max_length=200, allow_empty_file=True, help_text=gettext_lazy("At most 30 MB and 20,000 questions.")
    )
    format = serializers.ChoiceField(
        choices=[names.AUTO, *names.NAMES],
        default=names.AUTO,
        help_text=gettext_lazy("Seen from the content when left out."),
    )
    dry_run = serializers.BooleanField(
        default=True,
        help_text=gettext_lazy(
            "With false the file is imported once its check found nothing that keeps it out; otherwise it waits to be "
            "committed."
        ),
    )
    level = serializers.ChoiceField(
        choices=Level.choices,
        default=Level.JUNIOR.value,
        help_text=gettext_lazy("Of new questions whose file says none."),
    )
    skill = serializers.SlugField(
        max_length=60,
        required=False,
        default="",
        help_text=gettext_lazy("The short name of the skill of new questions whose file says none."),
    )
    leaves_out = serializers.BooleanField(
        default=False,
        help_text=gettext_lazy("Whether the others are imported where some questions are refused."),
    )
    replaces_drafts = serializers.BooleanField(
        default=False, help_text=gettext_lazy("Whether drafts that somebody wrote here are written over.")
    )


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
    """An import with what its check found, line by line: of each kind the first 200."""

    warnings = serializers.SerializerMethodField()
    problem_count = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    skipped = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

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


class ImportViewSet(ReadOnlyViewSet):
    """Imports that you asked for, the newest first. Their files are kept for seven days."""

    queryset = Work.objects.filter(kind=importing.CHECK).order_by("-created_at", "-pk")
    serializer_class = ImportSerializer
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = CODE
    write_scope = Scope.QUESTIONS_WRITE
    parser_classes = [FileParser]
    most_bytes = limits.FILE_BYTES

    def get_serializer_class(self) -> type[ImportSerializer]:
        return ImportSerializer if self.action == "list" else ImportInFullSerializer

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return list(importing.followed(super().paginate_queryset(queryset) or []))

    def get_object(self) -> Any:
        return importing.followed([super().get_object()])[0]

    @extend_schema(
        request={"multipart/form-data": NewImportSerializer},
        parameters=[IDEMPOTENT],
        responses={
            202: OpenApiResponse(ImportInFullSerializer, "The import: a worker reads the file now."),
            409: OpenApiResponse(ConflictSerializer, "The same Idempotency-Key came with another call."),
        },
    )
    def create(self, request: Request) -> Response:
        """Upload a file of questions. A worker says what importing it would do; nothing is imported yet.

        With `dry_run=false` it is imported as soon as it is checked, unless something keeps it out.
        """
        if not importing.may_author(self.actor):
            # Before a byte of the file is read.
            raise PermissionDenied
        intent = self.intent()
        data = cleaned(NewImportSerializer(data=request.data))
        bank = named(QuestionBank.objects.visible_to(self.actor), field="bank", slug=data["bank"])
        if data["skill"]:
            named(Skill.objects.visible_to(self.actor), field="skill", slug=data["skill"])
        choices = importing.ImportChoices(
            level=data["level"],
            skill=data["skill"],
            leaves_out=data["leaves_out"],
            replaces_drafts=data["replaces_drafts"],
        )
        check = importing.queue_check(
            bank=bank,
            file=data["file"],
            format=data["format"],
            choices=choices,
            by=self.actor,
            now=timezone.now(),
            intent=intent,
            back={"url": reverse("questions:import", args=[bank.slug]), "label": _("Import questions")},
            commits=not data["dry_run"],
        )
        asked = {
            "bank": bank.pk,
            "digest": importing.digest_of(data["file"]),
            "format": data["format"],
            "choices": asdict(choices),
            "commits": not data["dry_run"],
        }
        refuse_other(check, asked)
        return self.answer(check, status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=None,
        responses={
            202: OpenApiResponse(ImportInFullSerializer, "It is being imported, or was."),
            409: OpenApiResponse(ConflictSerializer, "It is not checked, or something in it is refused."),
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def commit(self, request: Request, id: str) -> Response:  # noqa: A002 -- the name in the address
        """Import the very file that was checked: all of it, or nothing. Twice imports once."""
        followed = self.get_object()
        try:
            importing.confirm_import(check=followed.check, by=self.actor, now=timezone.now())
        except importing.ImportRefused as refusal:
            codes = {ImportState.CHECKING: "not_checked", ImportState.DISCARDED: "discarded"}
            raise Conflict(codes.get(followed.state, refusal.code), str(refusal)) from refusal
        return self.answer(followed.check, status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=None,
        responses={
            200: ImportInFullSerializer,
            409: OpenApiResponse(ConflictSerializer, "It is being imported, or was."),
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def discard(self, request: Request, id: str) -> Response:  # noqa: A002 -- the name in the address
        """Throw the file away, without importing it. Twice is the same as once."""
        check = self.get_object().check
        try:
            importing.discard_import(check=check, by=self.actor, now=timezone.now())
        except importing.ImportRefused as refusal:
            raise Conflict(refusal.code, str(refusal)) from refusal
        return self.answer(check, status.HTTP_200_OK)

    def answer(self, check: Work, code: int) -> Response:
        """Say where an import is now, and its address."""
        check.refresh_from_db()
        address = self.reverse_action("detail", args=[check.public_id])
        body = ImportInFullSerializer(importing.followed([check])[0]).data
        return Response(body, status=code, headers={"Location": address})


def refuse_other(work: Work, asked: dict[str, Any]) -> None:
    """Raise `Conflict` where `work` was asked for before by the same Idempotency-Key, but for something else."""
    if any(work.arguments.get(name) != value for name, value in asked.items()):
        raise Conflict("key_used", _("This Idempotency-Key came with another call before. Use a new one."))
