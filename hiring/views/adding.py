"""Adding somebody to a job: typed by hand, or from the draft of a résumé."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from candidates.models import Candidate
from candidates.operations import CandidateDraft
from candidates.queries import by_email, main_address
from candidates.queries.duplicates import Duplicate, people_like
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import NewApplicationForm
from hiring.models import Application, Stage
from hiring.views.bases import JobPage, add_errors


class AddingPage(JobPage, FormView):
    """A form that adds somebody to a job; before that it shows whom the actor knows and who may be the same."""

    needs = Capability.ADD
    form_class = NewApplicationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = Stage.objects.filter(job=self.job, retired_at=None).select_related(
            "assessment", "entry_mail"
        )
        first = stages.order_by("position", "pk").first()
        words = queries.entry_words(first) if first else []
        return super().get_context_data(first_stage=first, entry_words="; ".join(words), **kwargs)

    def add(self, data: dict[str, Any]) -> tuple[Application, bool]:
        """Do it; return the application, and whether it is new. Raises what `operations.apply` does."""
        raise NotImplementedError

    def after(self, application: Application, *, is_new: bool) -> str:
        """Return where it goes on."""
        return reverse("hiring:application", args=[application.public_id])

    def form_valid(self, form: NewApplicationForm) -> HttpResponse:
        data = form.cleaned_data
        chosen = self._chosen()
        if chosen is not None:
            data = {**data, "email": chosen}
        elif "other" not in self.request.POST:
            twins = self._twins(data)
            if twins:
                return self.render_to_response(self.get_context_data(form=form, twins=twins))
        try:
            application, is_new = self.add(data)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        except operations.ApplyRefused as refusal:
            form.add_error("again_reason", str(refusal))
            return self.form_invalid(form)
        except operations.HiringRefused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        self._tell(application, is_new=is_new)
        return HttpResponseRedirect(self.after(application, is_new=is_new))

    def _twins(self, data: dict[str, Any]) -> list[Duplicate]:
        """Who may be the same person as the one typed; nobody where the address tells, or is none."""
        words = {name: data[name] for name in ("full_name", "email", "phone")}
        try:
            draft = CandidateDraft(**words).cleaned()
        except ValidationError:
            # The operation says what is wrong with it.
            return []
        if by_email(draft.email):
            return []
        return people_like(self.actor, full_name=draft.full_name, emails=[draft.email], phone=draft.phone)

    def _chosen(self) -> str | None:
        """The address of the person whom somebody recognised among those that were shown."""
        person = self.request.POST.get("person")
        if not person:
            return None
        people = Candidate.objects.all().visible_to(self.actor).present()
        return main_address(get_object_or_404(people, public_id=person[:16])) or None

    def _tell(self, application: Application, *, is_new: bool) -> None:
        person = application.candidate
        if not is_new:
            messages.info(
                self.request,
                _("%s has a live application for this job already. Here it is; no second one was made.")
                % person,
            )
        elif person.created_at != self.now:
            messages.info(
                self.request,
                _("%(person)s was known already by this address and now applies for “%(job)s” too.")
                % {"person": person, "job": self.job.title},
            )
        else:
            messages.success(self.request, _("%s was added.") % person)


class NewApplicationView(AddingPage):
    """Add a person with an application; somebody who is known already is found by the address."""

    template_name = "hiring/application_new.html"

    def get_title(self) -> str:
        return _("Add a person")

    def add(self, data: dict[str, Any]) -> tuple[Application, bool]:
        return operations.apply(job=self.job, by=self.actor, now=self.now, **data)

    def after(self, application: Application, *, is_new: bool) -> str:
        if is_new and "another" in self.request.POST:
            return self.request.path
        return super().after(application, is_new=is_new)
