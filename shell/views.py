"""The base of the pages inside the staff's shell, and the pages that are the shell's own: the handbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.models import Actor
from shell import chapters

LONGEST_SEARCH = 100

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


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

    def get_menu_path(self) -> str:
        """The path of the page whose entry in the sidebar is marked: its own, unless it belongs to another one."""
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        self.request.menu_path = self.get_menu_path()  # type: ignore[attr-defined]
        return {
            **admin.site.each_context(self.request),
            **context,
            "title": self.get_title(),
            "crumbs": list(self.get_crumbs()),
            "actor": self.actor,
        }


class HandbookPage(ShellPage, TemplateView):
    """The handbook's table of contents, or what was looked for in it."""

    title = gettext_lazy("Handbook")
    template_name = "shell/handbook.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = " ".join(self.request.GET.get("q", "")[:LONGEST_SEARCH].split())
        return super().get_context_data(
            chapters=chapters.chapters(), words=words, found=chapters.find(words) if words else None, **kwargs
        )


class ChapterPage(ShellPage, TemplateView):
    """One chapter of the handbook."""

    template_name = "shell/chapter.html"
    kwargs: dict[str, Any]

    @cached_property
    def chapter(self) -> chapters.Chapter:
        """The chapter of the address."""
        try:
            return chapters.chapter(self.kwargs["slug"])
        except LookupError as error:
            raise Http404 from error

    def get_title(self) -> str:
        return self.chapter.title

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        return [(_("Handbook"), reverse("shell:handbook"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        every = chapters.chapters()
        here = every.index(self.chapter)
        return super().get_context_data(
            chapter=self.chapter,
            before=every[here - 1] if here else None,
            after=every[here + 1] if here + 1 < len(every) else None,
            **kwargs,
        )
