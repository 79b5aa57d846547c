"""What the scripts of a question's form ask while somebody types: keep it, take in a picture."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext

from accounts.rules import is_code
from questions import operations, queries
from questions.admin.opened import Opened
from questions.admin.words import will_save
from questions.models import Question, QuestionBank
from questions.rules import LONGEST_ALT, picture_markdown
from rendering.moments import time_of_day
from rendering.pictures import MOST_BYTES, PictureRefusedError, read_picture
from shell.admin import ShellModelAdmin

# Of what a form sends, what is no part of the question.
NOT_KEPT = {"csrfmiddlewaretoken", "unsaved", "base", "question", "do", "_save", "another"}
PICTURED = ("stem", "explanation", "model_answer")


class TypingKept(ShellModelAdmin):
    """Addresses beside the form of a question."""

    form_for: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("keep/", view(self.keep_view), name="questions_question_keep"),
            path("picture/", view(self.picture_view), name="questions_question_picture"),
            path(
                "unsaved/<slug:public_id>/throw-away/",
                view(self.throw_away_view),
                name="questions_question_throw_away",
            ),
            *super().get_urls(),
        ]

    def _question(self, request: HttpRequest) -> Question | None:
        """The question that the form is about, None for a new one; 404 for one that may not be seen."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        named = request.POST.get("question", "")
        if not named:
            return None
        question = self.get_object(request, named) if re.fullmatch(r"[0-9]{1,18}", named, re.ASCII) else None
        if question is None:
            raise Http404
        return question

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what is typed, and say what saving it would do. A GET hands out a token for whoever signed in again."""
        if request.method != "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            return JsonResponse({"token": get_token(request)})
        question = self._question(request)
        opened = Opened(question)
        form = self.form_for(request, opened, request.POST)
        outcome = queries.outcome_of(opened.latest, opened.key, form.draft().cleaned())
        reply: dict[str, Any] = {
            "outcome": outcome,
            "will": will_save(outcome, opened.latest),
            "stale": bool(opened.base and request.POST.get("base", "") != opened.base),
        }
        data = {
            name: values
            for name, values in request.POST.lists()
            if name not in NOT_KEPT and not name.startswith("picture-")
        }
        now = timezone.now()
        unsaved = request.POST.get("unsaved", "")
        try:
            kept = operations.keep_typing(
                question=question,
                unsaved=unsaved if is_code(unsaved) else "",
                data=data,
                base=request.POST.get("base", "")[:40],
                by=self.actor(request),
                now=now,
            )
        except operations.NotKept as refusal:
            return JsonResponse(reply | {"state": refusal.why})
        return JsonResponse(reply | {"state": "kept", "unsaved": kept.public_id, "at": str(time_of_day(now))})

    def throw_away_view(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Throw away what was typed and not saved."""
        question = self._question(request)
        if request.method == "POST":
            operations.forget_typing(unsaved=public_id, by=self.actor(request))
            self.message_user(request, gettext("What you had typed is thrown away."), messages.SUCCESS)
        if question is None:
            return redirect("admin:questions_question_add")
        return redirect("admin:questions_question_change", question.pk)

    # --- Pictures ---

    def picture_view(self, request: HttpRequest) -> HttpResponse:
        """Take in a picture, and say what shows it in a text."""
        question = self._question(request)
        if request.method != "POST":
            return HttpResponse(status=405)
        try:
            return JsonResponse({"markdown": self._take_in(request, question, "picture", "picture_alt")})
        except ValidationError as refusal:
            return JsonResponse({"refusal": " ".join(refusal.messages)}, status=400)

    def with_picture(self, request: HttpRequest, opened: Any, form: Any, *, into: str) -> Any:
        """Return the form with the picture that was sent for the text `into` at its end, or with why there is none."""
        into = into if into in PICTURED else "stem"
        try:
            shown = self._take_in(request, opened.question, f"picture-{into}", f"picture-{into}-alt")
        except ValidationError as refusal:
            form.hush()
            form.errors.extend(refusal.messages)
            return form
        data: QueryDict = request.POST.copy()
        data[into] = f"{data.get(into, '').rstrip()}\n\n{shown}\n".lstrip("\n")
        form = self.form_for(request, opened, data)
        form.hush()
        return form

    def _take_in(self, request: HttpRequest, question: Question | None, file: str, said: str) -> str:
        alt = " ".join(request.POST.get(said, "").split())
        upload: Any = request.FILES.get(file)
        if upload is None:
            raise ValidationError(gettext("Choose a picture of your computer first."))
        if not alt or len(alt) > LONGEST_ALT:
            raise ValidationError(
                gettext("Say what the picture shows, in at most %(most)d characters: some people hear it.")
                % {"most": LONGEST_ALT}
            )
        try:
            picture = read_picture(upload.read(MOST_BYTES + 1))
        except PictureRefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        kept = operations.add_picture(
            bank=self._bank(request, question), picture=picture, by=self.actor(request), now=timezone.now()
        )
        return picture_markdown(kept.public_id, alt)

    def _bank(self, request: HttpRequest, question: Question | None) -> QuestionBank:
        if question is not None:
            return question.bank
        named = request.POST.get("bank", "")
        banks: Any = QuestionBank.objects.all().visible_to(self.actor(request))
        bank = banks.filter(pk=named).first() if re.fullmatch(r"[0-9]{1,18}", named, re.ASCII) else None
        if bank is None:
            raise ValidationError(
                gettext("Choose the bank of this question first: the picture belongs to it.")
            )
        found: QuestionBank = bank
        return found
