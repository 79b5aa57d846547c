"""Writing to one person, and what became of what was written to many."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from accounts.models import Organisation
from accounts.queries import organisation
from hiring import operations, queries
from hiring.enums import Capability, LetterReply
from hiring.forms import LetterForm
from hiring.models import Application, Job
from hiring.operations.letters import LETTERS, is_taken_back, shown_letter
from hiring.registries import LETTER
from hiring.rules import LETTERS_SHOWN, Letter
from hiring.views.bases import REFUSALS, ApplicationPage, HiringPage, add_errors
from outbox.enums import MessageState, WorkState
from outbox.models import Message, Work
from outbox.registries import message_kind

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
        send: Send | None,
        language: str = "",
        alone: bool = False,
        **context: Any,
    ) -> HttpResponse:
        """Show the letter and who would get it, or send what was looked at.

        `send` is there where the button was pressed; it is not called for a letter that was changed since.
        """
        form = self._form(job, language)
        letter = form.letter() if form.is_bound and form.is_valid() else None
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
                letter=letter,
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

    def _form(self, job: Job | None, language: str) -> LetterForm:
        typed = self.request.POST
        letters = queries.letters_for(self.actor, job)
        options: dict[str, Any] = {
            "letters": letters,
            "actor": self.actor,
            "home": self.home,
            "job": job,
            "now": self.now,
        }
        if "subject" not in typed:
            answers = LetterReply.JOB if job is not None and job.reply_to else LetterReply.ORGANISATION
            initial = {"reply_to": answers, "language": language or self.home.language}
            return LetterForm(initial=initial, **options)
        if "use" not in typed:
            return LetterForm(typed, **options)
        chosen = typed.get("template", "")
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
