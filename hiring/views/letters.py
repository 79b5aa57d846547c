"""Writing to one person, and what became of what was written to many."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from accounts.models import Organisation
from accounts.queries import organisation
from accounts.rules import is_code
from hiring import operations, queries
from hiring.enums import Capability, LetterReply
from hiring.forms import BulkForm, LetterForm
from hiring.models import Application, Job
from hiring.operations.letters import LETTERS, is_taken_back, shown_letter
from hiring.registries import LETTER
from hiring.rules import BULK_LIMIT, LETTERS_SHOWN, Letter
from hiring.views.bases import REFUSALS, ApplicationPage, HiringPage, add_errors
from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from outbox.registries import message_kind
from outbox.rules import MOST_ATTACHMENTS, Attachment

Send = Callable[[Letter], HttpResponse]


class LetterDesk(HiringPage):
    """A letter being written: begun with saved words, changed, looked at as each reader gets it, and only then sent."""

    render_to_response: Callable[..., HttpResponse]

    @cached_property
    def home(self) -> Organisation:
        """Who writes."""
        return organisation()

    def desk(
        self,
        people: Sequence[Application],
        *,
        job: Job | None,
        jobs: Sequence[Job] = (),
        send: Send | None,
        language: str = "",
        alone: bool = False,
        **context: Any,
    ) -> HttpResponse:
        """Show the letter and who would get it, or send what was looked at.

        `send` is there where the button was pressed; it is not called for a letter that was changed since. `jobs` are
        those of the people where it is not one `job`.
        """
        kept, problems = self._files()
        form = self._form(job, jobs, language, kept)
        if form.is_bound:
            for words in problems:
                form.add_error("attached", words)
        letter = form.letter if form.is_bound and form.is_valid() else None
        if letter is not None and send is not None:
            if self.request.POST.get("seen") == letter.fingerprint():
                try:
                    return send(letter)
                except REFUSALS as refusal:
                    form.add_error(None, str(refusal))
                except ValidationError as error:
                    add_errors(form, error)
            else:
                words = _(
                    "The letter was changed since you looked at it, and is not sent. Look again, then send."
                )
                messages.warning(self.request, words)
        looked_at = letter or Letter(subject="", body="", language=language or self.home.language)
        found = queries.preview_letters([row.pk for row in people], looked_at, actor=self.actor, alone=alone)
        if alone and letter is not None and found.skipped and not form.errors:
            form.add_error(None, f"{people[0].candidate}: {found.skipped[0].text}.")
        pages = max(1, -(-len(found.will) // LETTERS_SHOWN))
        page = self._page(pages)
        shown = found.will[(page - 1) * LETTERS_SHOWN : page * LETTERS_SHOWN]
        return self.render_to_response(
            self.get_context_data(
                form=form,
                found=found,
                fields=message_kind(LETTER).fields.items(),
                words_of=job,
                letter=letter,
                languages=queries.letter_languages(found.will, looked_at, self.home),
                kept=[(operations.name_file(each, self.request.user.pk), each) for each in kept],
                seen=letter.fingerprint() if letter else "",
                due_at=letter.due_at(now=self.now) if letter and letter.send_at else None,
                letters=[shown_letter(row, letter, self.home, by=self.actor, now=self.now) for row in shown]
                if letter
                else [],
                page=page,
                pages=pages,
                first=(page - 1) * LETTERS_SHOWN + 1,
                last=(page - 1) * LETTERS_SHOWN + len(shown),
                **context,
            )
        )

    def _files(self) -> tuple[list[Attachment], list[str]]:
        """What goes with the letter: what was chosen before and is not taken out, and what is chosen now; and what is
        wrong with the latter. Whatever is right is kept, so that nobody has to choose it twice.
        """
        owner = self.request.user.pk
        named = [operations.named_file(text, owner) for text in self.request.POST.getlist("kept")[:50]]
        kept, problems = [each for each in named if each is not None], []
        if len(kept) != len(named):
            problems.append(_("One of the files is not there any more. Choose it again."))
        for file in self.request.FILES.getlist("attached")[
            : MOST_ATTACHMENTS + 1 - min(len(kept), MOST_ATTACHMENTS)
        ]:
            try:
                kept.append(operations.keep_letter_file(file=file, filename=file.name or ""))
            except ValidationError as error:
                problems += error.messages
        return kept, problems

    def _form(
        self, job: Job | None, jobs: Sequence[Job], language: str, kept: Sequence[Attachment]
    ) -> LetterForm:
        typed = self.request.POST
        options: dict[str, Any] = {
            "attachments": kept,
            "actor": self.actor,
            "home": self.home,
            "job": job,
            "jobs": jobs,
            "now": self.now,
        }
        if "subject" not in typed:
            answers = LetterReply.JOB if job is not None and job.reply_to else LetterReply.ORGANISATION
            initial = {"reply_to": answers, "language": language or self.home.language}
            return LetterForm(initial=initial, **options)
        if "use" not in typed:
            return LetterForm(typed, **options)
        chosen = typed.get("template", "")
        letters = queries.letters_for(self.actor, job)
        template = letters.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
        words: Mapping[str, Any] = {}
        if template is not None:
            words = {name: getattr(template, name) for name in ("subject", "body", "language")}
        return LetterForm(initial={**typed.dict(), **words}, **options)

    def _page(self, pages: int) -> int:
        wanted = self.request.POST.get("page", "")
        return min(int(wanted), pages) if wanted.isdecimal() and 0 < len(wanted) < 6 and int(wanted) else 1


class WriteView(LetterDesk, ApplicationPage, TemplateView):
    """Write to one person."""

    needs = Capability.MAIL
    template_name = "hiring/letter.html"

    def get_title(self) -> str:
        return _("Write to %s") % self.application.candidate

    def get_crumbs(self) -> list[tuple[Any, str]]:
        job = self.application.job
        return [
            (job.title, reverse("hiring:job", args=[job.slug])),
            (self.application.candidate, self.application_url),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._desk(uuid.uuid4())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            token = uuid.UUID(request.POST.get("token", ""))
        except ValueError:
            token = uuid.uuid4()
        return self._desk(token)

    def _desk(self, token: uuid.UUID) -> HttpResponse:
        return self.desk(
            [self.application],
            job=self.application.job,
            language=self.application.candidate.language,
            alone=True,
            send=(lambda letter: self._send(letter, token)) if "confirm" in self.request.POST else None,
            application=self.application,
            token=token,
            back=self.application_url,
        )

    def _send(self, letter: Letter, token: uuid.UUID) -> HttpResponse:
        intent = f"{self.application.pk}:{self.request.user.pk}:{token.hex}"
        message = operations.write_letter(
            application=self.application, letter=letter, intent=intent, by=self.actor, now=self.now
        )
        return HttpResponseRedirect(f"{self.application_url}?sent={message.public_id}")


class WriteAnywhereView(LetterDesk, TemplateView):
    """Write to people of several jobs, chosen in the list of applications: to those of the jobs that one writes for."""

    template_name = "hiring/letter.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not queries.jobs_where(self.actor, Capability.MAIL).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return _("Write to people")

    @property
    def list_url(self) -> str:
        return reverse("admin:hiring_application_changelist")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._desk(request.GET.get("ids", ""), uuid.uuid4())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        frozen = BulkForm(request.POST)
        if not frozen.is_valid():
            return self._desk("", uuid.uuid4())
        return self._desk(frozen.cleaned_data["ids"], frozen.cleaned_data["token"])

    def _desk(self, ids: str, token: uuid.UUID) -> HttpResponse:
        wanted = [code for code in ids.split(",") if is_code(code)][:BULK_LIMIT]
        people = list(
            Application.objects.filter(public_id__in=wanted)
            .visible_to(self.actor)
            .only("pk", "public_id", "version")
            .order_by("-applied_at", "-pk")
        )
        if not people:
            messages.info(self.request, _("Choose people in the list first."))
            return HttpResponseRedirect(self.list_url)
        frozen = BulkForm(initial={"ids": ",".join(row.public_id for row in people), "token": token})
        jobs = self._jobs(people)
        return self.desk(
            people,
            job=jobs[0] if len(jobs) == 1 else None,
            jobs=jobs,
            send=(lambda letter: self._send(letter, people, token))
            if "confirm" in self.request.POST
            else None,
            frozen=frozen,
            back=self.list_url,
        )

    def _jobs(self, people: Sequence[Application]) -> list[Job]:
        """The jobs of those who can be written to."""
        jobs = queries.jobs_where(self.actor, Capability.MAIL).filter(applications__in=people)
        return list(jobs.order_by("pk").distinct())

    def _send(self, letter: Letter, people: Sequence[Application], token: uuid.UUID) -> HttpResponse:
        work = operations.queue_letters(
            application_ids=[row.pk for row in people],
            letter=letter,
            intent=f"{self.request.user.pk}:{token.hex}",
            by=self.actor,
            now=self.now,
        )
        return HttpResponseRedirect(reverse("hiring:letters-sent", args=[work.public_id]))


class _Letters(HiringPage):
    """The letters of one selection, for whoever sent them and for administrators."""

    kwargs: dict[str, Any]

    @cached_property
    def work(self) -> Work:
        """The work that wrote them."""
        work: Work = get_object_or_404(
            Work.objects.filter(kind=LETTERS).visible_to(self.actor), public_id=self.kwargs["public_id"]
        )
        return work


class LettersSentView(_Letters, TemplateView):
    """What became of the letters to a selection, with the button that takes them back while they wait."""

    template_name = "hiring/letters_sent.html"

    def get_title(self) -> str:
        return _("Letters")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        job = Job.objects.filter(pk=self.work.arguments["job"] or 0).visible_to(self.actor).first()
        return [(job.title, reverse("hiring:job", args=[job.slug]))] if job else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        work = self.work
        written = Message.objects.filter(batch=work.public_id).visible_to(self.actor)
        counts = dict(written.order_by().values_list("state").annotate(count=Count("pk")))
        letter = Letter.of_data(work.arguments["letter"])
        waiting = written.filter(state=MessageState.QUEUED).order_by("due_at", "pk").first()
        return super().get_context_data(
            work=work,
            letter=letter,
            counts=[(state, counts[state]) for state in MessageState if state in counts],
            waiting=counts.get(MessageState.QUEUED, 0),
            goes_out=waiting.due_at if waiting else None,
            is_writing=work.state in WorkState.open_states,
            is_taken_back=is_taken_back(work),
            skipped=[row["text"] for row in work.result.get("skipped", [])],
            **kwargs,
        )


class TakeBackView(_Letters, View):
    """Take back the letters to a selection, those that wait."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        count = operations.take_back_letters(work=self.work, by=self.actor, now=self.now)
        words = ngettext(
            "%(count)d letter is taken back. It does not go out.",
            "%(count)d letters are taken back. They do not go out.",
            count,
        )
        messages.success(request, words % {"count": count})
        return HttpResponseRedirect(reverse("hiring:letters-sent", args=[public_id]))
