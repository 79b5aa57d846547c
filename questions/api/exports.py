"""Questions of a bank as a file: asked for, made by a worker, fetched by whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from outbox.enums import WorkState
from outbox.models import Work
from outbox.operations import FileGone, fetch_file
from questions.api.imports import refuse_other
from questions.formats import WRITERS
from questions.models import QuestionBank
from questions.operations import importing
from questions.operations.exporting import Which
from shell.api import (
    IDEMPOTENT,
    Conflict,
    ProgressSerializer,
    ReadOnlyViewSet,
    cleaned,
    named,
)
from shell.lists import CODE
from shell.schema import ConflictSerializer


class NewExportSerializer(serializers.Serializer[Any]):
    """Which questions of which bank, as what."""

    bank = serializers.SlugField(max_length=60, help_text=gettext_lazy("The short name of the bank."))
    format = serializers.ChoiceField(choices=list(WRITERS))
    which = serializers.ChoiceField(
        choices=[which.value for which in Which],
        default=Which.CURRENT.value,
        help_text=gettext_lazy(
            "All but retired ones when left out; “ready” are as tests draw them, all else as authors read it."
        ),
    )
    dry_run = serializers.BooleanField(
        default=False,
        help_text=gettext_lazy("With true no file is made: the losses say what one would not hold."),
    )


class LossSerializer(serializers.Serializer[Any]):
    """What the file does not hold of a question, or that it does not hold it at all (`left_out`)."""

    id = serializers.CharField()
    field = serializers.CharField()
    left_out = serializers.BooleanField()
    message = serializers.CharField()


class ExportSerializer(serializers.Serializer[Any]):
    """A file of questions and how far it is. `download` takes a `POST`, since the history says who fetched it."""

    id = serializers.CharField(source="public_id")
    bank = serializers.CharField(source="bank_slug")
    format = serializers.CharField(source="arguments.format")
    which = serializers.ChoiceField(choices=[which.value for which in Which], source="arguments.which")
    dry_run = serializers.BooleanField(source="arguments.dry_run")
    state = serializers.ChoiceField(choices=WorkState.choices)
    progress = ProgressSerializer(source="*")
    reason = serializers.CharField(help_text=gettext_lazy("Why it could not be made; empty otherwise."))
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    filename = serializers.CharField(source="file_name", help_text=gettext_lazy("Empty until it is made."))
    download = serializers.SerializerMethodField(
        help_text=gettext_lazy("Null until the file is made, and again once it is deleted.")
    )
    count = serializers.IntegerField(
        source="result.count",
        default=None,
        allow_null=True,
        help_text=gettext_lazy("How many questions are in the file."),
    )

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download(self, work: Work) -> str | None:
        if work.state != WorkState.DONE or not work.file:
            return None
        address: str = self.context["view"].reverse_action("download", args=[work.public_id])
        return address


class ExportInFullSerializer(ExportSerializer):
    """An export with what its file does not hold, question by question; of a long list the first 1,000."""

    loss_count = serializers.IntegerField(source="result.loss_count", default=0)
    losses = serializers.SerializerMethodField()

    @extend_schema_field(LossSerializer(many=True))
    def get_losses(self, work: Work) -> list[dict[str, Any]]:
        return list(LossSerializer(work.result.get("losses", []), many=True).data)


class ExportViewSet(ReadOnlyViewSet):
    """Exports that you asked for, the newest first. Their files are kept for seven days."""

    queryset = Work.objects.filter(kind=importing.EXPORT).order_by("-created_at", "-pk")
    serializer_class = ExportSerializer
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = CODE
    write_scope = Scope.QUESTIONS_WRITE

    def get_serializer_class(self) -> type[ExportSerializer]:
        return ExportSerializer if self.action == "list" else ExportInFullSerializer

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return _with_banks(super().paginate_queryset(queryset) or [])

    def get_object(self) -> Any:
        return _with_banks([super().get_object()])[0]

    @extend_schema(
        request=NewExportSerializer,
        parameters=[IDEMPOTENT],
        responses={
            202: OpenApiResponse(ExportInFullSerializer, "The export: a worker makes the file now."),
            409: OpenApiResponse(ConflictSerializer, "The same Idempotency-Key came with another call."),
        },
    )
    def create(self, request: Request) -> Response:
        """Ask for the questions of a bank as a file, with their keys. The history says who took it with them."""
        if not importing.may_author(self.actor):
            raise PermissionDenied
        intent = self.intent()
        data = cleaned(NewExportSerializer(data=request.data))
        bank = named(QuestionBank.objects.visible_to(self.actor), field="bank", slug=data["bank"])
        work = importing.queue_export(
            bank=bank,
            name=data["format"],
            which=Which(data["which"]),
            is_trial=data["dry_run"],
            by=self.actor,
            now=timezone.now(),
            intent=intent,
            back={"url": reverse("questions:export", args=[bank.slug]), "label": _("Export questions")},
        )
        asked = {name: data[name] for name in ("format", "which", "dry_run")}
        refuse_other(work, {"bank": bank.pk, **asked})
        address = self.reverse_action("detail", args=[work.public_id])
        body = self.get_serializer(_with_banks([work])[0]).data
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": address})

    @extend_schema(
        request=None,
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            409: OpenApiResponse(ConflictSerializer, "The file is not made yet, or was deleted."),
        },
    )
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, id: str) -> FileResponse:
        """Fetch the file. Only who asked for it can, and the history says that they did."""
        work = self.get_object()
        if work.state != WorkState.DONE:
            raise Conflict("not_done", _("The file is not made. Ask where it is, and wait until it is done."))
        if work.arguments["dry_run"]:
            raise Conflict("dry_run", _("This was a dry run, which makes no file. Ask for one without it."))
        try:
            file = fetch_file(work=work, by=self.actor, now=timezone.now())
        except FileGone as gone:
            raise Conflict("gone", str(gone)) from gone
        return FileResponse(
            file, as_attachment=True, filename=work.file_name, content_type="application/octet-stream"
        )


def _with_banks(works: Sequence[Work]) -> list[Work]:
    """The same, each with the short name of its bank. One query."""
    slugs = importing.slugs_of(works)
    for work in works:
        work.bank_slug = slugs.get(work.arguments["bank"], "")  # type: ignore[attr-defined]
    return list(works)
