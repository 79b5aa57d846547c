"""Addresses that say where applicants came from. Opening one leaves nothing: no cookie, no count."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hiring.careers import words
from hiring.careers.pages import CareersView
from hiring.queries import careers


class GoView(CareersView):
    """Leads to the job of a tracking link, or to all jobs; the address there carries the code on, to the form."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        link = careers.tracking_link(code)
        if link is None:
            return self.say(words.no_such_link(reverse("careers:jobs")), status=404)
        page = reverse("careers:job", args=[link.job.slug]) if link.job else reverse("careers:jobs")
        return redirect(f"{page}?{urlencode({'via': link.public_id})}")
