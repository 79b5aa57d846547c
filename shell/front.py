"""What stands at the site address itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shell.home import home_of
from shell.registries import front_links


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Introduce the organisation to strangers; colleagues, and everybody where it says nothing, are led inside."""
    if request.user.is_authenticated or not home_of(request).careers_introduction.strip():
        return redirect("admin:index")
    return render(request, "shell/front.html", {"links": front_links()})
