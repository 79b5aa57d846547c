"""The form of a job. Whatever is sent is answered alike: what became of it is in the mail to the address alone.

What is sent passes, in this order: the token against forged requests, the field that people leave empty, the stamp of
the form, whether the job takes anybody, how much came from this network, the form itself. Only then it is written. The
files of a form that has something to mend are kept until it is mended, for an hour at most.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from hiring.careers.files import KEPT, read_handle, write_handle
from hiring.careers.forms import ApplicationForm, typed
from hiring.careers.pages import CareersView, TakesFiles
from hiring.careers.stamps import Stamp, digest_of, read_stamp, write_stamp
from hiring.enums import JobStatus
from hiring.models import Job, StagedUpload
from hiring.operations import HiringRefused, apply_from_outside, stage_upload
from hiring.operations.applying import OutsideApplication
from hiring.queries import careers
from rendering.documents.sniffing import Kind
from shell.unavailable import is_unavailable

# People do not see it and leave it empty; a script that fills in every field fills in this one.
TRAP = "nickname"


class ApplyView(TakesFiles, CareersView):
    """Name, address, files, what the job asks, and the agreement. It needs no JavaScript."""

    # Whether this request may leave files here: nobody does whose post is not counted.
    may_keep = False

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        questions = careers.form_questions(job.pk)
        return self.show_form(job, ApplicationForm(job=job, questions=questions, staged={}))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        job = self.job(slug)
        if job is None:
            return self.no_such_job()
        if request.POST.get(TRAP):
            return redirect(self.way("sent", job.slug))
        stamp = read_stamp(request.POST.get("stamp", ""), job=job.pk)
        if stamp is not None and stamp.is_early(now=self.now):
            return self.show_anew(job, words.too_quick())
        if stamp is None or stamp.is_late(now=self.now):
            self.may_keep = stamp is not None and self.is_counted()
            return self.show_anew(job, words.too_slow())
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        if not self.is_counted():
            return self.too_often()
        self.may_keep = True
        return self.take(job, stamp)

    def is_counted(self) -> bool:
        """Count this request against its network, and return whether that may go on."""
        peer = get_adapter().get_client_ip(self.request)
        return take_guess(peer=peer, door=GuessDoor.APPLY, now=self.now)

    def take(self, job: Job, stamp: Stamp) -> HttpResponse:
        """Take what was sent by a form that is ours; whatever is wrong with it stands beside its field."""
        questions = careers.form_questions(job.pk, shown=stamp.questions)
        staged = self.staged(job)
        form = ApplicationForm(
            self.request.POST, self.request.FILES, job=job, questions=questions, staged=staged
        )
        language = translation.get_language()
        agreement = current_consent_text(ConsentPurpose.APPLY, language)
        if digest_of(agreement.body) != stamp.agreement:
            form.add_error("consent", words.other_agreement())
        if not form.is_valid():
            return self.show_form(job, form, staged=self.keep(job, form, staged))
        # Who is mailed very often is somebody else's nuisance, whatever the network.
        if not take_guess(peer=None, address=form.cleaned_data["email"], door=GuessDoor.APPLY, now=self.now):
            return self.too_often()
        try:
            apply_from_outside(job=job, sent=self.sent(form), now=self.now)
        except ValidationError as error:
            for field, errors in error.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
            return self.show_form(job, form, staged=self.keep(job, form, staged))
        except HiringRefused:
            return self.takes_nobody(job)
        except FileNotFoundError:
            # What waited here was forgotten at this moment.
            return self.show_form(job, form)
        except OSError as error:
            if not is_unavailable(error):
                raise
            return self.show_form(job, form, words.no_room(), staged=staged, status=503)
        return redirect(self.way("sent", job.slug))

    def sent(self, form: ApplicationForm) -> OutsideApplication:
        language = translation.get_language()
        return OutsideApplication(
            full_name=form.cleaned_data["full_name"],
            email=form.cleaned_data["email"],
            phone=form.cleaned_data.get("phone", ""),
            language=language,
            agreed_to=keep_consent_text(purpose=ConsentPurpose.APPLY, language=language, now=self.now),
            answers=form.answers(),
            files=form.sent_files(),
            link=self.link,
        )

    def come_anew(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Nothing typed is lost, and nothing is judged before it is sent.
        job = self.job(kwargs["slug"])
        if job is None:
            return self.no_such_job()
        stamp = read_stamp(request.POST.get("stamp", ""), job=job.pk)
        if request.FILES and stamp is not None and not request.POST.get(TRAP):
            self.may_keep = not stamp.is_early(now=self.now) and self.is_counted()
        return self.show_anew(job)

    def show_anew(self, job: Job, notice: str = "") -> HttpResponse:
        """Show the form with what was typed, to be looked over and sent again."""
        if job.status != JobStatus.OPEN:
            return self.takes_nobody(job)
        questions, staged = careers.form_questions(job.pk), self.staged(job)
        if self.request.FILES:
            # Only what is wrong with the files counts here, and only against keeping them.
            sent = ApplicationForm(
                self.request.POST, self.request.FILES, job=job, questions=questions, staged=staged
            )
            sent.is_valid()
            staged = self.keep(job, sent, staged)
        form = ApplicationForm(
            initial=typed(self.request.POST, questions), job=job, questions=questions, staged=staged
        )
        return self.show_form(job, form, notice, staged=staged)

    def staged(self, job: Job) -> dict[str, StagedUpload]:
        """The files that wait for this form since it was shown before, by field. One query where there are any."""
        return careers.staged_uploads(job.pk, self.codes(job), now=self.now)

    def codes(self, job: Job) -> dict[str, str]:
        return read_handle(self.request.POST.get(KEPT, ""), job=job.pk)

    def keep(
        self, job: Job, form: ApplicationForm, staged: dict[str, StagedUpload]
    ) -> dict[str, StagedUpload]:
        """Let the files that came with a form wait for it, beside those that do, and return all of them."""
        kept = dict(staged)
        for field, upload in form.fresh().items() if self.may_keep else ():
            waiting = stage_upload(
                job=job, field=field, upload=upload, kind=Kind.of(upload.content_type or ""), now=self.now
            )
            if waiting is not None:
                kept[field] = waiting
        return kept

    def show_form(
        self,
        job: Job,
        form: ApplicationForm,
        notice: str = "",
        *,
        staged: Mapping[str, StagedUpload] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show the form with the files that wait for it, and say so where files were sent that do not."""
        kept = staged or {}
        form.show_kept(kept)
        names = (set(self.request.FILES) | set(self.codes(job))) & set(form.fields)
        if any(name not in kept and not form.has_error(name) for name in names):
            notice = " ".join(part for part in (notice, words.choose_again()) if part)
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
            "kept_field": KEPT,
            "kept": write_handle(kept, job=job.pk),
            "agreement": agreement.body,
            "job_url": self.way("job", job.slug),
            "is_form": True,
        }
        return self.show("careers/apply.html", context, status=status)

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
