"""Mail, one message, one piece of long work."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from accounts.enums import Role
from outbox import operations, queries
from outbox.enums import MessageState
from outbox.forms import MailFilterForm
from outbox.models import Message, Work
from outbox.registries import correcting, kind_title, work_kind
from outbox.rules import LEFT_OUT, LINK_MARK, WORK_FILE_LIFE, with_confidential
from shell.admin import LongListPaginator
from shell.list_files import file_or_words
from shell.views import ShellPage

PROBLEMS_SHOWN = 200


class _Mail(ShellPage):
    """Every message that the colleague may see, newest first, narrowed down by state and words."""

    title = gettext_lazy("Mail")

    @cached_property
    def filters(self) -> MailFilterForm:
        return MailFilterForm(self.request.GET)

    def get_queryset(self) -> QuerySet[Message]:
        found = queries.mail_in_sight(self.actor)
        if self.filters.is_valid():
            if state := self.filters.cleaned_data["state"]:
                found = found.filter(queries.needs_you() if state == "needs_you" else Q(state=state))
            if words := self.filters.cleaned_data["q"]:
                found = found.filter(Q(subject__icontains=words) | Q(to_name__icontains=words))
        return found


class MailPage(_Mail, ListView):
    """The same as a page."""

    template_name = "outbox/mail.html"
    context_object_name = "mail"
    paginate_by = 50
    paginator_class = LongListPaginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kept = self.request.GET.copy()
        kept.pop("page", None)
        return context | {
            "filters": self.filters,
            "is_filtered": any(self.request.GET.get(name) for name in ("q", "state")),
            "kept": kept.urlencode(),
            "may_hold": self.actor.has_role(Role.ADMINISTRATOR) and queries.mail_hold() is None,
            "now": timezone.now(),
        }


class MailFile(_Mail, View):
    """The same as a file, without the texts."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        used = self.filters.cleaned_data if self.filters.is_valid() else {}
        take = partial(
            operations.take_mail,
            self.get_queryset(),
            filters=[name for name, value in used.items() if value],
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        return file_or_words(request, take, back=f"{reverse('outbox:mail')}?{request.GET.urlencode()}")


class MessagePage(ShellPage, DetailView):
    """One message as its reader sees it, with what happened to it."""

    template_name = "outbox/message.html"
    slug_field = slug_url_kwarg = "public_id"
    context_object_name = "mail"

    def get_queryset(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.actor).select_related("link", "created_by")

    def get_title(self) -> str:
        return self.object.subject or _("Message without a subject")

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Mail"), reverse("outbox:mail"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        text = queries.message_text(self.actor, self.object)
        before, _mark, after = text.partition(LINK_MARK)
        may_act = queries.may_resend(self.actor, self.object)
        waits = self.object.state in MessageState.needs_you and self.object.settled_at is None
        return super().get_context_data(**kwargs) | {
            "now": now,
            "kind": kind_title(self.object.kind),
            "before": before.strip(),
            "has_link": bool(self.object.link),
            "after": after.strip(),
            "left_out": LEFT_OUT if text != with_confidential(self.object.body) else "",
            "link": queries.mailbox_url(self.object, now=now),
            "attachments": list(self.object.attachments.order_by("pk")),
            "history": queries.message_history(self.object),
            "replies": queries.replies_to(self.object, self.actor),
            "waits": waits,
            "may_resend": may_act and waits,
            "came_back": waits and queries.address_came_back(self.object.to_address),
            "correcting": correcting(self.actor, self.object) if waits else None,
            "may_cancel": may_act and self.object.state == MessageState.QUEUED,
            "MessageState": MessageState,
        }


class MessageAction(ShellPage, View):
    """Something that is done with one message, by POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        message = get_object_or_404(Message.objects.visible_to(self.actor), public_id=public_id)
        if not queries.may_resend(self.actor, message):
            raise PermissionDenied
        try:
            messages.success(request, self.act(message))
        except operations.MessageRefused as refused:
            messages.error(request, str(refused))
        return redirect("outbox:message", public_id=public_id)

    def act(self, message: Message) -> str:
        """Do it and return what to tell the colleague."""
        raise NotImplementedError


class ResendMessage(MessageAction):
    def act(self, message: Message) -> str:
        send = operations.send_anyway if self.request.POST.get("anyway") else operations.resend
        send(message=message, by=self.actor, now=timezone.now())
        return _("The message is waiting to be sent again.")


class CancelMessage(MessageAction):
    def act(self, message: Message) -> str:
        operations.cancel_message(message=message, by=self.actor, now=timezone.now())
        return _("The message is cancelled.")


class WorkPage(ShellPage, DetailView):
    """How far a piece of long work is, and what came of it. Asks again by itself while it goes on."""

    slug_field = slug_url_kwarg = "public_id"
    context_object_name = "work"

    def get_queryset(self) -> QuerySet[Work]:
        return Work.objects.visible_to(self.actor).select_related("created_by")

    def get_template_names(self) -> list[str]:
        is_part = getattr(self.request, "htmx", False)
        return ["outbox/parts/work_state.html" if is_part else "outbox/work.html"]

    def get_title(self) -> str:
        return str(kind_title(self.object.kind))

    def get_crumbs(self) -> list[tuple[str, str]]:
        back = own_link(self.object.arguments.get("back"))
        return [(back["label"], back["url"])] if back else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        result = self.object.result
        is_asker = self.object.created_by_id == self.request.user.pk
        left_out = queries.left_out_of(self.object, self.actor)
        problems = result.get("problems", [])
        count = max(len(problems), result.get("problem_count", 0))
        return super().get_context_data(**kwargs) | {
            "now": timezone.now(),
            "summary": result.get("summary", ""),
            "counts": result.get("counts", []),
            "problems": problems[:PROBLEMS_SHOWN],
            "problem_count": count,
            "more_problems": count - len(problems[:PROBLEMS_SHOWN]),
            "warnings": result.get("warnings", []),
            "remarks": result.get("remarks", {}),
            "next": own_link(result.get("next")),
            "undo": self._undo() if is_asker else None,
            "left_out": left_out,
            "things": work_kind(self.object.kind).things if left_out else "",
            "more_left_out": result.get("skipped_count", 0) - len(left_out) if left_out else 0,
            "is_asker": is_asker,
            "file_days": WORK_FILE_LIFE.days,
        }

    def _undo(self) -> dict[str, str] | None:
        """Where it is taken back, for as long as that can be."""
        offer, ended = self.object.result.get("undo"), self.object.finished_at
        if not isinstance(offer, dict) or ended is None:
            return None
        until = ended + timedelta(seconds=offer["seconds"])
        link = own_link(offer) if timezone.now() <= until else None
        return link and {**link, "note": str(offer.get("note", ""))}


class WorkFile(ShellPage, View):
    """The file that a piece of work made, for whoever asked for it. By POST alone: the history says who fetched it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        work = get_object_or_404(Work.objects.visible_to(self.actor), public_id=public_id)
        try:
            file = operations.fetch_file(work=work, by=self.actor, now=timezone.now())
        except operations.FileGone as gone:
            messages.error(request, str(gone))
            return redirect("outbox:work", public_id)
        response = FileResponse(file, as_attachment=True, filename=work.file_name)
        patch_cache_control(response, no_store=True, private=True)
        return response


def own_link(value: Any) -> dict[str, str] | None:
    """Return a stored {"url", "label"} if it leads to a page of this site."""
    if not isinstance(value, dict):
        return None
    url, label = str(value.get("url", "")), str(value.get("label", ""))
    inside = url.startswith("/") and not url.startswith(("//", "/\\"))
    return {"url": url, "label": label} if inside and label else None
