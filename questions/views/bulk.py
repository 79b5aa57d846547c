"""Doing one thing with many questions: a preview of what it comes to, then long work.

The preview freezes which questions it is about: what is sent on is the list that was shown.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from outbox.models import Work
from questions import operations
from questions.enums import BulkAction
from questions.forms import BulkValuesForm, FrozenForm, QuestionFilterForm
from questions.models import Question
from questions.operations.bulk import BULK_LIMIT
from questions.operations.exporting import losses_of
from questions.operations.taking_out import CHOSEN_LIMIT, chosen_limit_words, queue_chosen_export
from questions.queries.bulk import Known, is_done, known_for, why_not
from questions.queries.changes import change_of
from questions.queries.finding import QUESTION_SORTS, narrowed, question_rows
from questions.queries.moving import move_words
from questions.registries import MovedUse, moved_uses, starved_by
from questions.views.listing import QuestionsPage, question_row

# How many questions a preview lists; the numbers are of all.
SHOWN = 100
# What changes stands in a column of its own, beside all that a question is.
_OF_NO_COLUMN = frozenset(BulkAction) - {BulkAction.LEVEL, BulkAction.TAG, BulkAction.ASK, BulkAction.EXPORT}


class BulkView(QuestionsPage, TemplateView):
    """The preview of an action with the questions chosen in the list, and the button that does it."""

    is_for_authors = True
    template_name = "questions/bulk.html"
    http_method_names = ["get", "post", "options"]
    kwargs: dict[str, Any]

    @cached_property
    def action(self) -> BulkAction:
        """What is to be done; 404 for what is no action."""
        try:
            return BulkAction(self.kwargs["action"])
        except ValueError:
            raise Http404 from None

    @property
    def most(self) -> int:
        """How many questions it is done with at once: a file is made of as many as a large bank has."""
        return CHOSEN_LIMIT if self.action is BulkAction.EXPORT else BULK_LIMIT

    def get_title(self) -> str:
        return str(self.action.label)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions"), reverse("questions:questions"))]

    def get_menu_path(self) -> str:
        return reverse("questions:questions")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.info(request, _("Choose questions in the list first."))
        return redirect("questions:questions")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, frozen = self.action, FrozenForm(request.POST)
        is_frozen = frozen.is_valid()
        seen = frozen.seen() if is_frozen else self.chosen()
        if not seen:
            return self.get(request)
        if len(seen) > self.most:
            words = _("At most %(limit)s questions at once. Narrow the list down, for example by bank.")
            is_export = action is BulkAction.EXPORT
            said = chosen_limit_words() if is_export else words % {"limit": f"{BULK_LIMIT:,}"}
            messages.error(request, said)
            return redirect("questions:questions")
        is_sent = bool({"confirm", "look"}.intersection(request.POST))
        form = BulkValuesForm(request.POST if is_sent else None, action=action, actor=self.actor)
        if is_frozen and "confirm" in request.POST and form.is_valid():
            try:
                work = self.asked(seen, form.values(), frozen.cleaned_data["token"].hex)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("outbox:work", work.public_id)
        token = frozen.cleaned_data["token"] if is_frozen else uuid.uuid4()
        return self.render_to_response(self.get_context_data(form=form, seen=dict(seen), token=token))

    def asked(self, seen: list[tuple[int, int]], values: dict[str, Any], token: str) -> Work:
        """The work that a worker does now; a form sent twice is one piece of work."""
        when: dict[str, Any] = {
            "intent": f"{self.request.user.pk}:{token}",
            "by": self.actor,
            "now": timezone.now(),
        }
        if self.action is BulkAction.EXPORT:
            return queue_chosen_export(
                question_ids=[key for key, _edit in seen],
                name=values["format"],
                back={"url": self.get_menu_path(), "label": _("Back to the questions")},
                **when,
            )
        return operations.queue_bulk(action=self.action, seen=seen, values=values, **when)

    def chosen(self) -> list[tuple[int, int]]:
        """The key and the edit of the questions that were ticked, or of the whole list as it is narrowed down."""
        questions = Question.objects.visible_to(self.actor)
        if self.request.POST.get("everyone"):
            form = QuestionFilterForm(QueryDict(self.request.POST.get("query", "")), actor=self.actor)
            rows = narrowed(questions, form.wanted()).order_by(*QUESTION_SORTS[form.chosen()["sort"]])
            return list(rows.values_list("pk", "edit")[: self.most + 1])
        ticked = [
            int(word)
            for word in self.request.POST.getlist("ids")[: BULK_LIMIT + 1]
            if word.isascii() and word.isdigit() and len(word) < 19
        ]
        return list(questions.filter(pk__in=ticked).order_by("pk").values_list("pk", "edit"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen, token, form = kwargs.pop("seen"), kwargs.pop("token"), kwargs["form"]
        frozen = FrozenForm(
            initial={"frozen": ",".join(f"{key}:{edit}" for key, edit in seen.items()), "token": token}
        )
        is_first = self.action in form.FIRST
        is_chosen = is_first and form.is_bound and form.is_valid()
        if is_first and not is_chosen:
            kwargs |= {"is_choosing": True, "count": len(seen)}
        else:
            try:
                kwargs |= self.outcome(list(seen), form.values() if is_chosen else {})
            except ValidationError as gone:
                form.add_error(None, gone)
                is_chosen = False
                kwargs |= {"is_choosing": True, "count": len(seen)}
        return super().get_context_data(action=self.action, frozen=frozen, is_chosen=is_chosen, **kwargs)

    def outcome(self, keys: list[int], values: dict[str, Any]) -> dict[str, Any]:
        """What would become of each question."""
        action = self.action
        if action is BulkAction.EXPORT:
            return self.file(keys, values["format"])
        rows = Question.objects.visible_to(self.actor).select_related("bank")
        found = (rows.prefetch_related("tags") if action is BulkAction.TAG else rows).in_bulk(keys)
        # In the order in which they were chosen, as the worker goes.
        questions = {key: found[key] for key in keys if key in found}
        known = known_for(action, values, questions, self.actor)
        will, skipped, same = [], [], 0
        for key, question in questions.items():
            if is_done(question, action, values, known):
                same += 1
            elif reason := why_not(question, known, action, self.actor):
                skipped.append((question, reason))
            else:
                will.append(key)
        shown = question_rows(will[:SHOWN])
        look = known.look
        has_words = known.bank is not None or bool(look and look.notes)
        moved = moved_uses(will, values["bank"], self.actor) if action is BulkAction.MOVE else []
        return {
            "rows": [
                (
                    question_row(shown[key]),
                    self.words(shown[key], known, moved),
                    change_of(shown[key], action, values, known),
                )
                for key in will[:SHOWN]
                if key in shown
            ],
            "has_changes": action is not BulkAction.ASK,
            "has_words": has_words,
            # Question, level, tags, status, with what changes in the place of level or tags where it is one of them.
            "columns": 4 + (action in _OF_NO_COLUMN) + has_words,
            "numbers": look.numbers if look else [],
            "cautions": look.warnings if look else [],
            "count": len(will),
            "more": max(0, len(will) - SHOWN),
            "same": same,
            "skipped": skipped[:SHOWN],
            "skipped_count": len(skipped),
            "starved": starved_by(will, self.actor) if action is BulkAction.RETIRE else [],
            "moved": [(use, len(use.question_ids)) for use in moved],
        }

    def file(self, keys: list[int], name: str) -> dict[str, Any]:
        """What would be in the file, and what it would not hold of the questions that are listed."""
        wanted = keys[:SHOWN]
        seen = set(Question.objects.filter(pk__in=wanted).visible_to(self.actor).values_list("pk", flat=True))
        shown = [key for key in wanted if key in seen]
        rows, losses = question_rows(shown), losses_of(shown, name=name)
        more = max(0, len(keys) - SHOWN)
        told_later = _(
            "What the file does not hold of the others is told with the file, question by question."
        )
        nothing = _("Nothing of these questions is lost.")
        return {
            "rows": [
                (question_row(rows[key]), [losses[key]] if key in losses else [], None)
                for key in shown
                if key in rows
            ],
            "has_words": bool(losses),
            "columns": 4 + bool(losses),
            "notes": [*([] if losses or more else [nothing]), *([told_later] if more else [])],
            "count": len(shown) + more,
            "more": more,
        }

    def words(self, question: Question, known: Known, moved: list[MovedUse]) -> list[str]:
        """What follows for a question of `question_rows`."""
        if known.bank is not None:
            return move_words(question, known.bank, moved)
        note = known.look.notes.get(question.pk, "") if known.look else ""
        return [note] if note else []
