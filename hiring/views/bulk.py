"""Doing something with many people: who is affected, who is skipped and why, what will be mailed; then long work.

The preview freezes who it is about: what is sent on is the list that was shown, and every right is asked again then.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.queries import organisation
from assessments.models import Assessment
from assessments.operations import CannotInvite, Terms, invitation_terms
from assessments.operations.mailing import merge_fields
from assessments.queries.neighbours import KIND, WHICH, OpenedList, opened_list
from assessments.queries.result_words import filter_words
from assessments.registries import TEST_INVITATION
from assessments.rules import INVITATION_DAYS
from hiring import operations, queries
from hiring.enums import ApplicationStatus
from hiring.forms import BulkForm, InviteForm, MoveForm, RejectForm, published_tests
from hiring.models import Application, ApplicationAssessment, Stage
from hiring.operations.bulk import REJECT, rejection_mail
from hiring.operations.bulk_moves import MOVE
from hiring.operations.invitations import INVITE
from hiring.queries.jobs import test_stage
from hiring.queries.results import OF_JOB
from hiring.registries import REJECTION
from hiring.rules import BULK_LIMIT
from hiring.views.bases import REFUSALS, JobPage, add_errors
from hiring.views.job import chosen_people
from outbox.models import Work
from outbox.operations.templates import Words, merge, words_for
from outbox.queries import asked_work
from outbox.registries import message_kind

# How many names a preview lists; the numbers are always of all.
SHOWN = 200


class BulkPage(JobPage, TemplateView):
    """A preview of what happens to the people chosen on the job's page, and the button that does it."""

    # Of the work that does it.
    kind = ""
    for_recruiters = True
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.info(request, _("Choose people in the list first."))
        return HttpResponseRedirect(self.job_url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        frozen = BulkForm(request.POST)
        confirmed = frozen.is_valid() and "confirm" in request.POST
        if frozen.is_valid():
            people, token = self._frozen(frozen.cleaned_data["ids"]), frozen.cleaned_data["token"]
        else:
            people, token = self._chosen(request.POST), uuid.uuid4()
        if confirmed and self.query is not None:
            listed = self._listed(self.query)
            if {row.pk for row in listed} != {row.pk for row in people}:
                asked = asked_work(self.kind, self.intent(token))
                if asked is not None:
                    # Pressed twice: what the first press did has changed the list.
                    return self.to_work(asked)
                self._say_changed(len(people), len(listed))
                people, token, confirmed = listed, uuid.uuid4(), False
        if not people:
            return self.get(request)
        if len(people) > BULK_LIMIT:
            words = _(
                "That is %(count)d people; at most %(limit)d at once. Choose fewer, for example by stage."
            )
            messages.error(request, words % {"count": len(people), "limit": BULK_LIMIT})
            return HttpResponseRedirect(self.job_url)
        return self.preview(people, token, confirmed=confirmed)

    @cached_property
    def query(self) -> str | None:
        """Which list everybody was chosen of, narrowed how; None for people chosen one by one."""
        return self.request.POST.get("query", "") if self.request.POST.get("everyone") else None

    @cached_property
    def opened(self) -> OpenedList | None:
        """The list of results where everybody was chosen, as it is now; 404 for one of another job."""
        parameters = QueryDict(self.query or "")
        if KIND not in parameters:
            return None
        if (parameters[KIND], parameters.get(WHICH)) != (OF_JOB, self.job.slug):
            raise Http404
        return opened_list(parameters, actor=self.actor, now=self.now)

    def _say_changed(self, before: int, now: int) -> None:
        words = _(
            "The list has changed: people when you looked: %(before)d, now: %(now)d, and they may be others. "
            "Nothing was done yet. Look again, then decide."
        )
        messages.warning(self.request, words % {"before": before, "now": now})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = {}
        if self.opened is not None:
            words = [*filter_words(self.opened.table), *self.opened.words]
            listed = {"listed_words": words, "total": len(self.opened.table.found.lines)}
        return super().get_context_data(**{"query": self.query, "opened": self.opened, **listed, **kwargs})

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        """Show what would happen, or do it."""
        raise NotImplementedError

    def frozen(self, people: Sequence[Application], token: uuid.UUID) -> BulkForm:
        """The hidden part of the form that carries the choice on."""
        ids = ",".join(f"{row.public_id}:{row.version}" for row in people)
        return BulkForm(initial={"ids": ids, "token": token})

    def intent(self, token: uuid.UUID) -> str:
        """The same preview sent twice is one piece of work."""
        return f"{self.job.pk}:{self.request.user.pk}:{token.hex}"

    def to_work(self, work: Work) -> HttpResponse:
        return HttpResponseRedirect(reverse("outbox:work", args=[work.public_id]))

    def _chosen(self, data: QueryDict) -> list[Application]:
        if self.query is not None:
            return self._listed(self.query)
        invitations = [
            int(word) for word in data.getlist("invitations") if word.isdecimal() and len(word) < 19
        ]
        if invitations:
            # Chosen in the list of results, where a line is an invitation.
            links = ApplicationAssessment.objects.filter(invitation__in=invitations).visible_to(self.actor)
            return self._of([row.application.public_id for row in links.select_related("application")])
        return self._of(data.getlist("ids"))

    def _listed(self, query: str) -> list[Application]:
        """Everybody of the job's page, or of its results, who matches now."""
        if self.opened is not None:
            # A person may stand in the results more than once, with several tests.
            return self._of([line.more["application"] for line in self.opened.table.found.lines])
        rows = chosen_people(self.job, self.actor, QueryDict(query), now=self.now)
        return list(rows.select_related(None).only("pk", "public_id", "version")[: BULK_LIMIT + 1])

    def _frozen(self, ids: str) -> list[Application]:
        """The people a preview showed, with the version that it showed, whatever happened to them since."""
        shown = dict(part.partition(":")[::2] for part in ids.split(","))
        people = self._of(list(shown))
        for person in people:
            if shown[person.public_id].isdecimal():
                person.version = int(shown[person.public_id])
        return people

    def _of(self, public_ids: Sequence[str]) -> list[Application]:
        wanted = list(dict.fromkeys(public_ids))[: BULK_LIMIT + 1]
        mine = Application.objects.filter(job=self.job, public_id__in=wanted).visible_to(self.actor)
        found = {row.public_id: row for row in mine.only("pk", "public_id", "version")}
        return [found[public_id] for public_id in wanted if public_id in found]


@dataclass(frozen=True, slots=True)
class MailSample:
    """What one of the people will read."""

    to_name: str
    subject: str
    paragraphs: list[str]
    paragraphs_after: list[str]
    button: str


def mail_sample(kind: str, fields: Mapping[str, str], *, to_name: str, language: str) -> MailSample:
    """Return the mail of a kind as one person will read it. One query."""
    known = message_kind(kind)
    words: Words = merge(words_for(kind=known, language=language or "en"), kind=known, context=fields)
    before, _mark, after = words.body.partition("{{ link }}")
    return MailSample(to_name, words.subject, _paragraphs(before), _paragraphs(after), words.button)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


class InviteView(BulkPage):
    """Invite people to a test."""

    kind = INVITE
    template_name = "hiring/invite.html"

    def get_title(self) -> str:
        return _("Invite to a test")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        assessment = self._assessment(people)
        if assessment is None:
            return self.render_to_response(self.get_context_data(form=None))
        form = InviteForm(self.request.POST, actor=self.actor)
        if "assessment" not in self.request.POST:
            form = InviteForm(initial={"assessment": assessment.pk}, actor=self.actor)
        terms = self._terms(form, assessment)
        if confirmed and terms is not None:
            work = self._queue(form, people, assessment, token)
            if work is not None:
                return self.to_work(work)
        found = queries.preview_invites(
            job=self.job,
            application_ids=[row.pk for row in people],
            assessment=assessment,
            actor=self.actor,
            now=self.now,
            allow_again=bool(terms and terms.again_reason),
        )
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            assessment=assessment,
            found=found,
            terms=terms,
            is_cut=terms is not None and self._is_cut(form, terms),
            will=found.will[:SHOWN],
            more=max(0, len(found.will) - SHOWN),
            others=len(found.will) - 1,
            moves_to=self._moves_to(assessment, found.will),
            sample=self._sample(terms, found.will[0]) if found.will and terms is not None else None,
        )
        return self.render_to_response(context)

    def _terms(self, form: InviteForm, assessment: Assessment) -> Terms | None:
        """What the invitations would say; None when the form says what cannot be, which it then says itself."""
        typed = form.terms() if form.is_bound and form.is_valid() else {}
        if form.is_bound and not typed:
            return None
        try:
            return invitation_terms(assessment, now=self.now, **typed)
        except ValidationError as error:
            add_errors(form, error)
        except CannotInvite:
            # The preview says why nobody can be invited.
            pass
        return None

    def _is_cut(self, form: InviteForm, terms: Terms) -> bool:
        """Whether the window of the test made the invitations shorter than was asked for."""
        typed = form.terms() if form.is_bound else {"not_before": None, "expires_at": None}
        wished = typed["expires_at"] or self.now + timedelta(days=INVITATION_DAYS)
        return terms.expires_at != wished or terms.not_before != typed["not_before"]

    def _queue(
        self, form: InviteForm, people: Sequence[Application], assessment: Assessment, token: uuid.UUID
    ) -> Work | None:
        try:
            return operations.queue_bulk_invite(
                job=self.job,
                assessment=assessment,
                application_ids=[row.pk for row in people],
                intent=self.intent(token),
                by=self.actor,
                now=self.now,
                **form.terms(),
            )
        except REFUSALS as refusal:
            messages.error(self.request, str(refusal))
        except ValidationError as error:
            add_errors(form, error)
        return None

    def _moves_to(self, assessment: Assessment, invited: Sequence[Application]) -> tuple[Stage, int] | None:
        """The stage that asks for this test, with how many of them go there by being invited."""
        stage = test_stage(self.job.pk, assessment)
        behind = [row for row in invited if stage and row.stage.position < stage.position]
        return (stage, len(behind)) if stage and behind else None

    def _assessment(self, people: Sequence[Application]) -> Assessment | None:
        """The test that was chosen, else the one of the people's stage, of any stage, or the only one there is."""
        tests = {str(test.pk): test for test in published_tests(self.actor)}
        chosen = tests.get(self.request.POST.get("assessment", ""))
        if chosen is not None:
            return chosen
        stages = queries.current_stages(self.job.pk)
        here = Application.objects.filter(pk=people[0].pk).values_list("stage", flat=True).first()
        wanted = [stage.assessment_id for stage in sorted(stages, key=lambda stage: stage.pk != here)]
        return next((tests[str(pk)] for pk in wanted if str(pk) in tests), next(iter(tests.values()), None))

    def _sample(self, terms: Terms, application: Application) -> MailSample:
        person = application.candidate
        language = terms.language or person.language or terms.organisation.language
        fields = merge_fields(terms, person)
        return mail_sample(TEST_INVITATION, fields, to_name=person.full_name, language=language)


class RejectView(BulkPage):
    """Reject people with a reason, and tell them by mail if wished."""

    kind = REJECT
    template_name = "hiring/reject.html"

    def get_title(self) -> str:
        return _("Reject applications")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        form = RejectForm(self.request.POST if confirmed else None, actor=self.actor)
        found = queries.preview_rejects(
            job=self.job, application_ids=[row.pk for row in people], actor=self.actor, now=self.now
        )
        if confirmed and form.is_valid():
            work = self._reject(form, people, token)
            if work is not None:
                return self.to_work(work)
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            found=found,
            will=found.will[:SHOWN],
            more=max(0, len(found.will) - SHOWN),
            others=len(found.mailed) - 1,
            sample=self._sample(found.mailed[0]) if found.mailed else None,
        )
        return self.render_to_response(context)

    def _reject(self, form: RejectForm, people: Sequence[Application], token: uuid.UUID) -> Work | None:
        data = form.cleaned_data
        try:
            return operations.queue_bulk_reject(
                job=self.job,
                seen=[(row.pk, row.version) for row in people],
                reason=data["reason"],
                comment=data["comment"],
                send_mail=data["send_mail"],
                withdraw_invitations=data["withdraw_invitations"],
                intent=self.intent(token),
                by=self.actor,
                now=self.now,
            )
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            add_errors(form, error)
        return None

    def _sample(self, application: Application) -> MailSample:
        mail = rejection_mail(application, organisation())
        return mail_sample(REJECTION, mail.context, to_name=mail.to_name, language=mail.language)


class MoveView(BulkPage):
    """Move people to a stage."""

    kind = MOVE
    template_name = "hiring/move.html"

    def get_title(self) -> str:
        return _("Move to another stage")

    def preview(self, people: list[Application], token: uuid.UUID, *, confirmed: bool) -> HttpResponse:
        stages = Stage.objects.filter(job=self.job, retired_at=None).order_by("position", "pk")
        form = MoveForm(self.request.POST if "stage" in self.request.POST else None, stages=stages)
        if confirmed and form.is_valid():
            try:
                work = operations.queue_bulk_move(
                    job=self.job,
                    seen=[(row.pk, row.version) for row in people],
                    to_stage=form.cleaned_data["stage"],
                    intent=self.intent(token),
                    by=self.actor,
                    now=self.now,
                )
            except (*REFUSALS, ValidationError) as error:
                form.add_error(None, str(error) if isinstance(error, REFUSALS) else error.messages)
            else:
                return self.to_work(work)
        rows = Application.objects.filter(pk__in=[row.pk for row in people])
        shown = list(
            queries.with_list_columns(rows).order_by("stage__position", "candidate__full_name", "pk")
        )
        live = [row for row in shown if row.status in ApplicationStatus.live]
        context = self.get_context_data(
            form=form,
            frozen=self.frozen(people, token),
            will=live[:SHOWN],
            count=len(live),
            more=max(0, len(live) - SHOWN),
            skipped=[row for row in shown if row.status not in ApplicationStatus.live],
        )
        return self.render_to_response(context)
