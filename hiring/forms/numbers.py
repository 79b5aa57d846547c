"""Forms that choose what a page of numbers is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, User
from hiring.enums import Cohort, JobRole, Source
from hiring.models import Job, TrackingLink
from hiring.queries.funnel import EVER, Period
from hiring.queries.reports import ReportFilter, ReportKind, reported_jobs, reported_links

PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("12 months")}


class DashboardForm(forms.Form):
    """Which period and jobs the figures are of."""

    period = forms.ChoiceField(label=_("Applied in the last"), choices=list(PERIODS.items()), required=False)
    job = forms.ModelChoiceField(
        Job.objects.none(), label=_("Job"), required=False, empty_label=_("Every job"), to_field_name="slug"
    )

    def __init__(self, parameters: Mapping[str, str], *, jobs: QuerySet[Job]) -> None:
        period = parameters.get("period", "")
        # A quarter where the address says nothing we know.
        super().__init__({"period": period if period in PERIODS else "90", "job": parameters.get("job", "")})
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]

    def days(self) -> int:
        """The length of the period."""
        return int(self.data["period"])


_ALL_TIME = "all"
# Days outside of these are typing mistakes, and no database counts with all of them.
_DAYS = (MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2200, 1, 1)))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=_DAYS
    )


class _LinkField(forms.ModelChoiceField):
    def label_from_instance(self, link: TrackingLink) -> str:
        return f"{link.name} ({link.job.title})" if link.job else link.name


class _JobField(forms.ChoiceField):
    """Chooses one of jobs that are loaded already: what is chosen is the job itself."""

    default_error_messages = {
        "invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]
    }
    jobs: Mapping[str, Job] = {}

    def offer(self, jobs: Sequence[Job], *, everything: Any) -> None:
        """Let one of `jobs` be chosen, or `everything`."""
        self.jobs = {job.slug: job for job in jobs}
        self.choices = [("", everything), *((job.slug, job.title) for job in jobs)]

    def clean(self, value: Any) -> Job | None:
        return self.jobs.get(super().clean(value))


class ReportForm(forms.Form):
    """What a report is about: when, which applications, jobs and ways to them."""

    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            *((days, _("Last %s") % words) for days, words in PERIODS.items()),
            (_ALL_TIME, _("All time")),
        ],
    )
    since = _day(_("Or from this day"))
    until = _day(_("To the end of"))
    cohort = forms.ChoiceField(label=_("Applications"), required=False)
    job = _JobField(label=_("Job"), required=False)
    recruiter = forms.ModelChoiceField(
        User.objects.none(), label=_("Recruiter of the job"), required=False, empty_label=_("Everybody")
    )
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("Every source")), *Source.choices]
    )
    link = _LinkField(
        TrackingLink.objects.none(),
        label=_("Tracking link"),
        required=False,
        empty_label=_("Every link and none"),
        to_field_name="public_id",
    )

    def __init__(self, parameters: Mapping[str, str], *, kind: ReportKind, actor: Actor) -> None:
        self.kind, self.actor = kind, actor
        self.usual = {"period": "90", "cohort": kind.cohorts[0].value if kind.cohorts else ""}
        data = {name: parameters.get(name, "") or self.usual.get(name, "") for name in self.base_fields}
        super().__init__(data)
        if not kind.has_period:
            for name in ("period", "since", "until"):
                del self.fields[name]
        if kind.cohorts:
            self.fields["cohort"].choices = [(each.value, each.label) for each in kind.cohorts]  # type: ignore[attr-defined]
        else:
            del self.fields["cohort"]
        jobs = reported_jobs(actor)
        recruiting = User.objects.filter(
            job_memberships__role=JobRole.RECRUITER, job_memberships__job__in=jobs.order_by().values("pk")
        )
        self.jobs = list(jobs)
        self.fields["job"].offer(self.jobs, everything=_("Every job"))  # type: ignore[attr-defined]
        self.fields["link"].queryset = reported_links(actor)  # type: ignore[attr-defined]
        self.fields["recruiter"].queryset = (  # type: ignore[attr-defined]
            recruiting.visible_to(actor).distinct().order_by("full_name", "pk")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day lies before the first. Choose a later one."))
        return cleaned

    def asked(self, *, now: datetime, zone: tzinfo) -> ReportFilter:
        """What was chosen, for `read_report`. At most one query. Whoever calls has seen that it is valid."""
        chosen = self.cleaned_data
        job = chosen["job"]
        recruiter = chosen["recruiter"]
        jobs = list(reported_jobs(self.actor, recruiter=recruiter.pk)) if recruiter else self.jobs
        return ReportFilter(
            actor=self.actor,
            now=now,
            jobs=[each for each in jobs if each == job] if job else jobs,
            job=job,
            period=self._period(now, zone),
            cohort=Cohort(chosen.get("cohort") or Cohort.APPLIED),
            source=chosen["source"],
            link=chosen["link"],
        )

    def _period(self, now: datetime, zone: tzinfo) -> Period:
        since, until = self._days()
        if since or until:
            return Period(
                start=_midnight(since, zone) if since else None,
                end=_midnight(until + timedelta(days=1), zone) if until else None,
            )
        days = self.cleaned_data.get("period") or _ALL_TIME
        return EVER if days == _ALL_TIME else Period(start=now - timedelta(days=int(days)))

    def _days(self) -> tuple[date | None, date | None]:
        return self.cleaned_data.get("since"), self.cleaned_data.get("until")

    def period_words(self) -> str:
        """Say the period that was chosen."""
        since, until = self._days()
        if since and until:
            words = {"since": date_format(since), "until": date_format(until)}
            return gettext("%(since)s to %(until)s") % words
        if since:
            return gettext("from %s on") % date_format(since)
        if until:
            return gettext("to the end of %s") % date_format(until)
        days = self.cleaned_data["period"] or _ALL_TIME
        return gettext("all time") if days == _ALL_TIME else gettext("the last %s") % PERIODS[days]

    @property
    def used(self) -> list[str]:
        """The names of what was chosen and is not the usual."""
        return [name for name in self.fields if self.data[name] not in ("", self.usual.get(name))]

    @property
    def query(self) -> str:
        """What was chosen, as it stands in an address."""
        return urlencode({name: self.data[name] for name in self.fields if self.data[name]})

    @property
    def carried(self) -> str:
        """What goes along to another report: which applications it is about is its own."""
        return urlencode({name: self.data[name] for name in self.used if name != "cohort"})


def _midnight(day: date, zone: tzinfo) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), zone)
