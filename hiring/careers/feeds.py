"""The open jobs as feeds, for those who follow them and for pages that list them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hiring.careers.pages import KEPT
from hiring.careers.postings import feed_item
from hiring.queries import careers
from rendering.feeds import Feed, FeedItem, json_feed, rss
from shell.candidate_pages import PublicView, language_of


class FeedView(PublicView):
    """A feed of the open jobs, in the language of the organisation, whoever asks. Two queries."""

    http_method_names = ["get", "head", "options"]
    name = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        language = language_of(self.home.language)
        with translation.override(language):
            feed = Feed(
                title=_("Open jobs at %(organisation)s") % {"organisation": self.home.name},
                url=f"{self.home.address}{reverse('careers:jobs')}",
                own_url=f"{self.home.address}{reverse(f'careers:{self.name}')}",
                description=_("What is open now, newest first."),
                language=language,
            )
            return self.write(feed, [feed_item(job, self.home) for job in careers.jobs_in_feed()])

    def write(self, feed: Feed, items: list[FeedItem]) -> HttpResponse:
        raise NotImplementedError

    def kept(self, response: HttpResponseBase) -> HttpResponseBase:
        response["Cache-Control"] = KEPT
        # A page of somebody else may list them.
        response["Access-Control-Allow-Origin"] = "*"
        return response


class RssView(FeedView):
    """As RSS 2.0."""

    name = "rss"

    def write(self, feed: Feed, items: list[FeedItem]) -> HttpResponse:
        return HttpResponse(rss(feed, items), content_type="application/rss+xml; charset=utf-8")


class JsonView(FeedView):
    """As JSON Feed 1.1."""

    name = "json"

    def write(self, feed: Feed, items: list[FeedItem]) -> HttpResponse:
        facts: dict[str, Any] = json_feed(feed, items)
        return JsonResponse(facts, content_type="application/feed+json; charset=utf-8")
