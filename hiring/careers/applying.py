"""The form of a job. Whatever is sent is answered alike: what became of it is in the mail to the address alone.

What is sent passes, in this order: the token against forged requests, the field that people leave empty, the stamp of
the form, whether the job takes anybody, how much came from this network, the form itself. Only then it is written.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from accounts.operations import take_guess
from accounts.rules import GUESS_LIMITS, GuessDoor
from candidates.enums import ConsentPurpose
from candidates.operations import keep_consent_text
from candidates.queries import current_consent_text
from hiring.careers import words
from hiring.careers.forms import ApplicationForm, typed
from hiring.careers.pages import CareersView
from hiring.careers.stamps import Stamp, digest_of, read_stamp, write_stamp
from hiring.enums import JobStatus
from hiring.models import Job
from hiring.operations import HiringRefused, apply_from_outside
from hiring.operations.applying import OutsideApplication
from hiring.queries import careers

# People do not see it and leave it empty; a script that fills in every field fills in this one.
TRAP = "nickname"


class ApplyView(CareersView):
    """Name, address, what the job asks, and the agreement. It needs no JavaScript."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        questions = careers.form_questions(job.pk)
        return self.show_form(job, ApplicationForm(job=job, questions=questions))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        if request.POST.get(TRAP):
            return redirect(self.way("sent", job.slug))
        stamp = read_stamp(request.POST.get("stamp", ""), job=job.pk)
        if stamp is None or stamp.is_late(now=self.now):
            return self.show_anew(job, words.too_slow())
        if stamp.is_early(now=self.now):
            return self.show_anew(job, words.too_quick())
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        peer = get_adapter().get_client_ip(request)
        if not take_guess(peer=peer, door=GuessDoor.APPLY, now=self.now):
            return self.too_often()
        return self.take(job, stamp)

    def take(self, job: Job, stamp: Stamp) -> HttpResponse:
        """Take what was sent by a form that is ours; whatever is wrong with it stands beside its field."""
        questions = careers.form_questions(job.pk, shown=stamp.questions)
        form = ApplicationForm(self.request.POST, job=job, questions=questions)
        language = translation.get_language()
        agreement = current_consent_text(ConsentPurpose.APPLY, language)
        if digest_of(agreement.body) != stamp.agreement:
            form.add_error("consent", words.other_agreement())
        if not form.is_valid():
            return self.show_form(job, form)
        # Who is mailed very often is somebody else's nuisance, whatever the network.
        if not take_guess(peer=None, address=form.cleaned_data["email"], door=GuessDoor.APPLY, now=self.now):
            return self.too_often()
        sent = OutsideApplication(
            full_name=form.cleaned_data["full_name"],
            email=form.cleaned_data["email"],
            phone=form.cleaned_data.get("phone", ""),
            language=language,
            agreed_to=keep_consent_text(purpose=ConsentPurpose.APPLY, language=language, now=self.now),
            answers=form.answers(),
            link=self.link,
        )
        try:
            apply_from_outside(job=job, sent=sent, now=self.now)
        except ValidationError as error:
            for field, errors in error.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
            return self.show_form(job, form)
        except HiringRefused:
            return self.takes_nobody(job)
        return redirect(self.way("sent", job.slug))

    def come_anew(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Nothing typed is lost, and nothing is judged before it is sent.
        job = self.job(kwargs["slug"])
        return self.no_such_job() if job is None else self.show_anew(job)

    def show_anew(self, job: Job, notice: str = "") -> HttpResponse:
        """Show the form with what was typed, to be looked over and sent again."""
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        questions = careers.form_questions(job.pk)
        form = ApplicationForm(initial=typed(self.request.POST, questions), job=job, questions=questions)
        return self.show_form(job, form, notice)

    def show_form(self, job: Job, form: ApplicationForm, notice: str = "") -> HttpResponse:
        agreement = current_consent_text(ConsentPurpose.APPLY, translation.get_language())
        stamp = write_stamp(
            job=job.pk,
            questions=[question.pk for question in form.questions],
            agreement=agreement.body,
            now=self.now,
        )
        context = {
            "job": job,
            "form": form,
            "notice": notice,
            "stamp": stamp,
            "trap": TRAP,
            "agreement": agreement.body,
            "job_url": self.way("job", job.slug),
            "is_form": True,
        }
        return self.show("careers/apply.html", context)

    def takes_nobody(self, job: Job) -> HttpResponse:
        return self.say(words.takes_nobody(job, self.way("job", job.slug)))

    def too_often(self) -> HttpResponse:
        within = GUESS_LIMITS[GuessDoor.APPLY].peer.within
        seconds = int(within.total_seconds())
        response = self.say(words.asked_too_often(seconds // 60), status=429)
        response["Retry-After"] = str(seconds)
        return response


class SentView(CareersView):
    """The same for everybody who sent the form, whatever became of it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        return self.say(words.sent(job, self.way("jobs")))
