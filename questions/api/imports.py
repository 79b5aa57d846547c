"""Files on their way into banks: checked by a worker, looked over, then imported all at once or not at all.

What programs say is in `import_requests`, what they are told in `import_reports`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from outbox.models import Work
from questions.api.import_reports import (
    ImportInFullSerializer,
    ImportLineFilter,
    ImportLineSerializer,
    ImportSerializer,
)
from questions.api.import_requests import NewImportSerializer, SaidColumnsSerializer
from questions.enums import Found, ImportState
from questions.formats import limits
from questions.models import ImportLine, QuestionBank, Skill
from questions.operations import importing
from shell.api import (
    IDEMPOTENT,
    Conflict,
    ReadOnlyViewSet,
    cleaned,
    named,
)
from shell.lists import CODE
from shell.parsers import FileParser, JSONParser
from shell.schema import ConflictSerializer


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
    lists = ReadOnlyViewSet.lists | {"lines"}

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
            back=_back(bank.slug),
            commits=not data["dry_run"],
            columns=data.get("columns"),
        )
        asked = {
            "bank": bank.pk,
            "digest": importing.digest_of(data["file"]),
            "format": data["format"],
            "choices": asdict(choices),
            "commits": not data["dry_run"],
            "columns": data.get("columns"),
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
    def commit(self, request: Request, id: str) -> Response:
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
    def discard(self, request: Request, id: str) -> Response:
        """Throw the file away, without importing it. Twice is the same as once."""
        check = self.get_object().check
        try:
            importing.discard_import(check=check, by=self.actor, now=timezone.now())
        except importing.ImportRefused as refusal:
            raise Conflict(refusal.code, str(refusal)) from refusal
        return self.answer(check, status.HTTP_200_OK)

    @extend_schema(
        request=SaidColumnsSerializer,
        parameters=[IDEMPOTENT],
        responses={
            202: OpenApiResponse(
                ImportInFullSerializer, "Another import of the same file: a worker reads it now."
            ),
            409: OpenApiResponse(ConflictSerializer, "It is not checked, is no table, or its file is gone."),
        },
    )
    @action(
        detail=True,
        methods=["post"],
        parser_classes=[JSONParser],
        filterset_class=None,
        pagination_class=None,
    )
    def columns(self, request: Request, id: str) -> Response:
        """Say what the columns of a table are: its file is checked again, as an import of its own.

        What is said is remembered for your tables with the same headings, here and on the page.
        """
        followed = self.get_object()
        check, intent = followed.check, self.intent()
        said = cleaned(SaidColumnsSerializer(data=request.data))["columns"]
        try:
            columns = importing.columns_said(check, said)
            again = importing.recheck(
                check=check,
                columns=columns,
                by=self.actor,
                now=timezone.now(),
                intent=intent,
                back=_back(followed.bank),
            )
        except importing.ImportRefused as refusal:
            raise Conflict(refusal.code, str(refusal)) from refusal
        except ValidationError as error:
            raise serializers.ValidationError({"columns": _column_problems(error)}) from error
        refuse_other(again, {"digest": check.arguments["digest"], "columns": columns})
        return self.answer(again, status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ImportLineSerializer(many=True))
    @action(
        detail=True, methods=["get"], serializer_class=ImportLineSerializer, filterset_class=ImportLineFilter
    )
    def lines(self, request: Request, id: str) -> Response:
        """Read the report of a check page by page: every line that is refused, warned of, skipped, new or changed.

        The lines are forgotten with the file.
        """
        check = self.get_object().check
        # A row of the list is found by its address alone; this is a list of its own.
        lines: Any = ImportLine.objects.filter(work=check).order_by("found", "number", "pk")
        lines = super(ReadOnlyViewSet, self).filter_queryset(lines)
        page: Any = self.paginator.paginate_queryset(lines, request, view=self)  # type: ignore[union-attr]
        has_changed = any(line.found == Found.CHANGED for line in page)
        seen = {"is_author": has_changed and importing.may_author(self.actor)}
        return self.get_paginated_response(ImportLineSerializer(page, many=True, context=seen).data)

    def answer(self, check: Work, code: int) -> Response:
        """Say where an import is now, and its address."""
        check.refresh_from_db()
        address = self.reverse_action("detail", args=[check.public_id])
        body = ImportInFullSerializer(importing.followed([check])[0]).data
        return Response(body, status=code, headers={"Location": address})


def _back(slug: str) -> dict[str, str]:
    return {"url": reverse("questions:import", args=[slug]), "label": _("Import questions")}


def _column_problems(error: ValidationError) -> list[str]:
    """Return what is wrong with what was said of columns, each with its heading where it is about one."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [f"“{heading}”: {words}" for heading, many in error.message_dict.items() for words in many]


def refuse_other(work: Work, asked: dict[str, Any]) -> None:
    """Raise `Conflict` where `work` was asked for before by the same Idempotency-Key, but for something else."""
    if any(work.arguments.get(name) != value for name, value in asked.items()):
        raise Conflict("key_used", _("This Idempotency-Key came with another call before. Use a new one."))
