"""Pictures of questions, for whoever was shown their address: candidates have no account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.decorators import method_decorator
from django.views import View

from questions.models import QuestionPicture


@method_decorator(login_not_required, name="dispatch")
class PictureView(View):
    """A picture by the name that nobody guesses. What is at an address never changes. One query."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        picture = QuestionPicture.objects.filter(public_id=public_id).first()
        if picture is None:
            return HttpResponseNotFound()
        response = HttpResponse(bytes(picture.content), content_type=picture.media_type)
        # A browser keeps it, what stands between does not: it was shown to one person.
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response
