"""Bases of the pages inside the staff's shell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.template import loader

from accounts.models import Actor
from shell import logs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that broke, with the number by which the log knows it. Asks the database for nothing."""
    page = loader.get_template("500.html").render({"request_id": logs.request_id.get()})
    return HttpResponse(page, status=500)


class ShellPage(UserPassesTestMixin):
    """A page in the admin's shell: signed-in colleagues only, with the sidebar and the look of the admin.

    Set `title`, and a template that extends "shell/page.html". `self.actor` is who asks. Objects are looked up through
    `visible_to(self.actor)`, so that what may not be seen is a 404. `crumbs` are the pages above this one, outermost
    first; the page itself comes last by its title.
    """

    title: str | StrPromise = ""
    crumbs: Sequence[tuple[str | StrPromise, str]] = ()
    request: HttpRequest

    @cached_property
    def actor(self) -> Actor:
        """Who asks."""
        return Actor.of_request(self.request)

    def test_func(self) -> bool:
        """Only colleagues who are active and may sign in to the staff pages."""
        return admin.site.has_permission(self.request)

    def get_title(self) -> str:
        """What the page is called, in its heading and in the browser's tab."""
        return str(self.title)

    def get_crumbs(self) -> Sequence[tuple[str | StrPromise, str]]:
        """Name and address of each page above this one."""
        return self.crumbs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {
            **admin.site.each_context(self.request),
            **context,
            "title": self.get_title(),
            "crumbs": list(self.get_crumbs()),
            "actor": self.actor,
        }
