"""Inviting many people to a test."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from assessments.models import Assessment
from assessments.operations import CannotInvite, Terms, invitation_terms
from assessments.operations.mailing import merge_fields
from assessments.registries import TEST_INVITATION
from assessments.rules import INVITATION_DAYS
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import InviteForm, published_tests
from hiring.models import Application, Stage
from hiring.operations.bulk_inviting import INVITE
from hiring.queries.jobs import test_stage
from hiring.rules import job_scope
from hiring.views.bases import REFUSALS, add_errors
from hiring.views.bulk.bases import SHOWN, BulkPage
from hiring.views.bulk.samples import MailSample, mail_sample
from outbox.models import Work


class InviteView(BulkPage):
    """Invite people to a test."""

    needs = Capability.INVITE
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
            reused=found.reused[:SHOWN],
            reused_more=max(0, len(found.reused) - SHOWN),
            others=len(found.will) - 1,
            moves_to=self._moves_to(assessment, [*found.will, *found.reused]),
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
        return mail_sample(
            TEST_INVITATION,
            fields,
            to_name=person.full_name,
            language=language,
            scope=job_scope(self.job.pk),
        )
