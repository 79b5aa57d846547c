"""The editor of a job's form for applicants."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from hiring import operations
from hiring.enums import Capability
from hiring.forms import FormWordsForm, QuestionFormSet, initial_questions
from hiring.queries import careers
from hiring.views.bases import JobPage, add_errors


class ApplicationFormView(JobPage, TemplateView):
    """What the form of a job asks beside name and address."""

    needs = Capability.CHANGE_JOB
    title = gettext_lazy("Form for applicants")
    template_name = "hiring/application_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self._words(), self._questions())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words, questions = self._words(request.POST), self._questions(request.POST)
        if not (words.is_valid() and questions.is_valid()):
            return self._show(words, questions)
        kept = [form for form in questions.ordered_forms if form.cleaned_data.get("text")]
        try:
            operations.save_form(
                job=self.job,
                introduction=words.cleaned_data["introduction"],
                resume_rule=words.cleaned_data["resume_rule"],
                phone_rule=words.cleaned_data["phone_rule"],
                questions=[form.draft() for form in kept],
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(words, error)
            return self._show(words, questions)
        messages.success(request, _("The form is saved. Whoever opens it now is asked this."))
        return HttpResponseRedirect(request.path)

    def _words(self, data: Any = None) -> FormWordsForm:
        initial = {
            "introduction": self.job.form_introduction,
            "resume_rule": self.job.resume_rule,
            "phone_rule": self.job.phone_rule,
        }
        return FormWordsForm(data, initial=initial)

    def _questions(self, data: Any = None) -> Any:
        initial = initial_questions(careers.form_questions(self.job.pk))
        return QuestionFormSet(data, initial=initial, prefix="questions")

    def _show(self, words: FormWordsForm, questions: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(words=words, formset=questions))
