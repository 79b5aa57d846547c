"""The one screen of a question: to add it, to change it, and for those who may only read it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from questions import operations, queries
from questions.admin.facts import question_facts
from questions.admin.opened import Opened, sought_place
from questions.admin.typing import TypingKept
from questions.admin.words import differences, was_saved, will_save
from questions.enums import Kind, SaveOutcome
from questions.forms import QuestionForm
from questions.models import Question, QuestionBank, Skill, UnsavedEdit
from questions.registries import question_notices
from questions.rules import QuestionDraft
from rendering.highlighting import LANGUAGES
from shell.admin import HelpLine


class QuestionEditing(TypingKept):
    """The form part of `QuestionAdmin`."""

    help_line = HelpLine(
        "questions",
        "writing-a-good-question",
        _("Ask for what the job needs, with one answer that an expert would defend."),
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        is_new = object_id is None
        may = self.has_add_permission(request) if is_new else self.has_change_permission(request)
        may_read = not is_new and request.method != "POST" and self.has_view_permission(request)
        if not may and not may_read:
            raise PermissionDenied
        question = self.get_object(request, object_id) if object_id is not None else None
        if object_id is not None and question is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may:
            return self._answer(request, question, None)
        opened = Opened(question)
        if request.method == "POST":
            return self._posted(request, opened)
        before = queries.typed_before(question, self.actor(request))
        wanted = next((typed for typed in before if typed.public_id == request.GET.get("unsaved")), None)
        if wanted is None:
            form = self.form_for(request, opened)
            place = sought_place(request.GET.get("finding", ""), opened)
            return self._answer(request, question, form, opened=opened, before=before, sought=place)
        form = self.form_for(request, opened, taken_up(wanted))
        form.hush()
        return self._answer(request, question, form, opened=opened, taken_up=wanted)

    def form_for(self, request: HttpRequest, opened: Opened, data: QueryDict | None = None) -> QuestionForm:
        """Return the form of what is stored, or of what was typed."""
        actor = self.actor(request)
        banks: Any = QuestionBank.objects.all().visible_to(actor).order_by("name", "pk")
        skills: Any = Skill.objects.all().visible_to(actor).order_by("name", "pk")
        return QuestionForm(
            data,
            question=opened.question,
            stored=opened.stored,
            base=opened.base,
            codes=opened.codes,
            banks=banks,
            skills=skills,
            initial={"bank": request.GET.get("bank", "")},
        )

    # --- Saving ---

    def _posted(self, request: HttpRequest, opened: Opened) -> HttpResponse:
        form = self.form_for(request, opened, request.POST)
        if "do" in request.POST:
            wish = request.POST["do"]
            what, _space, into = wish.partition(" ")
            if what == "picture":
                form = self.with_picture(request, opened, form, into=into)
                return self._answer(request, opened.question, form, opened=opened)
            form.change(wish)
            return self._answer(request, opened.question, form, opened=opened, is_changed=True)
        if not form.is_valid():
            return self._answer(request, opened.question, form, opened=opened)
        draft, facts = form.draft(), form.facts.cleaned_data
        bank = opened.question.bank if opened.question is not None else facts["bank"]
        if opened.question is None and not draft.external_id:
            draft = draft.called(queries.free_external_id(bank, draft.stem))
        try:
            saved = operations.save_question(
                question=opened.question,
                bank=bank,
                draft=draft,
                base=facts["base"],
                reason=facts["reason"],
                unsaved=facts["unsaved"],
                by=self.actor(request),
                now=timezone.now(),
            )
        except operations.StaleEdit as stale:
            return self._ask_whose(request, opened, draft, stale)
        except ValidationError as refusal:
            form.refuse(refusal)
        except operations.QuestionLocked as refusal:
            form.refuse(ValidationError({"kind": str(refusal)}))
        else:
            return self._saved(request, saved, facts)
        return self._answer(request, opened.question, form, opened=opened)

    def _saved(
        self, request: HttpRequest, saved: operations.SavedQuestion, facts: dict[str, Any]
    ) -> HttpResponse:
        self.message_user(request, was_saved(saved.outcome, saved.version), messages.SUCCESS)
        if "another" in request.POST:
            return redirect(f"{reverse('admin:questions_question_add')}?bank={saved.question.bank_id}")
        return redirect("admin:questions_question_change", saved.question.pk)

    def _ask_whose(
        self, request: HttpRequest, opened: Opened, mine: QuestionDraft, stale: operations.StaleEdit
    ) -> HttpResponse:
        """Say who saved meanwhile and what differs, with all that was typed. Saving once more replaces theirs."""
        data = request.POST.copy()
        data["base"] = stale.base
        form = self.form_for(request, Opened(opened.question), data)
        form.hush()
        return self._answer(
            request,
            opened.question,
            form,
            opened=opened,
            status=409,
            stale_by=stale.by,
            differences=differences(stale.theirs, mine),
            is_stale=True,
        )

    # --- Showing ---

    def _answer(
        self,
        request: HttpRequest,
        question: Question | None,
        form: QuestionForm | None,
        *,
        opened: Opened | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        latest = opened.latest if opened is not None else None
        outcome = SaveOutcome.CREATED if question is None else SaveOutcome.UNCHANGED
        faults = form.faults() if form is not None and form.is_sent else []
        if form is not None and faults:
            form.focus_first()
        title = gettext("New question") if question is None else question.name or question.external_id
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "crumbs": [(gettext("Questions"), reverse("admin:questions_question_changelist"))],
            "opts": self.opts,
            "original": question,
            "form": form,
            "faults": faults,
            "help": self.help_line,
            "has_change_permission": form is not None and question is not None,
            "is_frozen": latest is not None and latest.frozen_at is not None,
            "will": will_save(outcome, latest),
            "open_kind": Kind.OPEN.value,
            "languages": [language for language in LANGUAGES if language.name != "pycon"],
            "tag_offers": queries.tag_names(self.actor(request)) if form is not None else [],
            "urls": self._addresses(),
            "now": timezone.now(),
            **more,
        }
        if question is not None:
            context |= question_facts(question)
            context["history"] = queries.history_of(question, self.actor(request))
            context["notices"] = question_notices(question, self.actor(request))
        return TemplateResponse(request, "questions/edit/page.html", context, status=status)

    def _addresses(self) -> dict[str, str]:
        """Where the page's scripts ask; the floor above shows a question as candidates get it."""
        try:
            preview = reverse("assessments:one-question")
        except NoReverseMatch:
            preview = ""
        return {
            "preview": preview,
            "keep": reverse("admin:questions_question_keep"),
            "picture": reverse("admin:questions_question_picture"),
        }


def taken_up(typed: UnsavedEdit) -> QueryDict:
    """Return what was kept of a form as it would be sent again."""
    data = QueryDict(mutable=True)
    for name, values in typed.data.items():
        data.setlist(name, values)
    data["unsaved"], data["base"] = typed.public_id, typed.base
    return data
