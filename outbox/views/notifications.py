"""What happened that concerns the colleague who asks, and when they are mailed about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView, View

from accounts.models import User
from outbox import operations, queries
from outbox.forms import NotificationsForm
from outbox.models import Notification
from shell.columns import page_links, way_back
from shell.views import ShellPage


class NotificationsPage(ShellPage, ListView):
    """One's own notifications, newest first, as far as what they tell of may still be seen."""

    title = gettext_lazy("Notifications")
    template_name = "outbox/notifications.html"
    context_object_name = "notifications"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Notification]:
        return Notification.objects.visible_to(self.actor).order_by("-created_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["notifications"])
        return context | {
            "lines": queries.news_lines(self.actor, rows),
            "newest": max((row.pk for row in rows), default=0),
            "page_links": page_links(context["page_obj"], self.request.GET),
            "has_unread": any(row.read_at is None for row in rows),
        }


class ReadNotification(ShellPage, View):
    """Note that one notification was read, and go to the thing where that was asked for. By POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = Notification.objects.visible_to(self.actor)
        notification: Notification = get_object_or_404(found, pk=pk)
        operations.read_notification(notification=notification, by=self.actor, now=timezone.now())
        if "open" in request.POST:
            for line in queries.news_lines(self.actor, [notification]):
                return redirect(line.told.url)
        return redirect(way_back(request, reverse("outbox:notifications")))


class ReadNotifications(ShellPage, View):
    """Note that all of one's own were read, up to the newest that the page showed. By POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        until = request.POST.get("until", "")
        if until.isascii() and until.isdigit() and len(until) < 19:
            count = operations.read_notifications(until=int(until), by=self.actor, now=timezone.now())
            words = ngettext("%(count)d notification is read.", "%(count)d notifications are read.", count)
            messages.success(request, words % {"count": count})
        return redirect("outbox:notifications")


class ChooseNotifications(ShellPage, View):
    """When one is mailed about each kind of event, from one's profile. By POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user = User.objects.get(pk=request.user.pk)
        form = NotificationsForm(request.POST, user=user)
        if form.is_valid():
            operations.choose_notifications(
                user=user, choices=form.choices(), by=self.actor, now=timezone.now()
            )
            messages.success(request, _("Your choice of notifications is saved."))
        else:
            messages.error(request, _("Choose one of the times offered for each kind of notification."))
        return redirect("shell:profile")
