"""The admin site as this product has it: one search box, one door, no lists of models."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import get_script_prefix
from django.utils.translation import get_language
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from accounts.models import Actor
from shell.navigation import sidebar
from shell.registries import searches

SHORTEST_TERM = 2
LONGEST_TERM = 100
_UNFOLDS = frozenset({"site_title", "site_header", "site_url"})


class ShellSite(UnfoldAdminSite):
    """Unfold's site, where it would show more than a person may see, keep what should be forgotten, or do the same work
    for each page.
    """

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._same: dict[tuple[str | None, str], dict[str, Any]] = {}

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Find pages of the sidebar, and what apps registered, by what stands in the box; only what one may see.

        Nothing is cached: a cache would show what was hidden or erased since.
        """
        term = " ".join(request.GET.get("s", "")[:LONGEST_TERM].split())
        if len(term) < SHORTEST_TERM or "\x00" in term:
            return HttpResponse()
        actor = Actor.of_request(request)
        results = [
            SearchResult(
                title=str(item["title"]),
                description=str(group["title"]),
                link=item["link"],
                icon=item["icon"],
            )
            for group in self.get_sidebar_list(request)
            for item in group["items"]
            if item["has_permission"] and term.casefold() in str(item["title"]).casefold()
        ]
        for find in searches():
            results += [
                SearchResult(title=hit.title, description=hit.text, link=hit.url, icon=hit.icon)
                for hit in find(actor, term)
            ]
        context = {"results": results, "page_obj": {"count": len(results)}, "page_counter": 0}
        return TemplateResponse(
            request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"}
        )

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """No page shows the lists of models: none looks up which of them somebody may open."""
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page is given. Most of it is the same for everybody, and worked out once a process."""
        same = self._same.setdefault((get_language(), get_script_prefix()), {})
        if not same:
            same.update(super().each_context(request))
        own = AdminSite.each_context(self, request)
        # What Unfold puts in the place of Django's stays.
        own = {name: value for name, value in own.items() if name not in _UNFOLDS}
        groups = self.get_sidebar_list(request) if own["has_permission"] else []
        shown = tuple(
            (item["link"], item["active"])
            for group in groups
            for item in group["items"]
            if item["has_permission"]
        )
        return {**same, **own, "sidebar_navigation": groups, "sidebar_shown": shown}

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the sidebar as Unfold's templates want it, without copying all of it for each page."""
        return [
            {
                **group,
                "items": [
                    {**item, "active": item["active"](request), "has_permission": item["permission"](request)}
                    for item in group["items"]
                ],
            }
            for group in sidebar(request)
        ]

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The sidebar is by work; a list of an app's tables helps nobody."""
        return redirect("admin:index")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one door knows the limits and the second step."""
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """See `password_change`."""
        return redirect("admin:index")
