"""From one application to the next, in the order of the list that it was opened from."""

from __future__ import annotations

import zoneinfo
from copy import copy
from datetime import datetime
from typing import Final

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from assessments.queries.neighbours import KIND, WHICH
from hiring.forms import PeopleFilterForm
from hiring.forms.numbers import ReportForm
from hiring.models import Application, Job
from hiring.queries import sees_people_of
from hiring.queries.reports import REPORTS, people_behind
from hiring.views.choosing import listed
from shell.turning import Place, Turn

# How an address names the list: the people of a job, all applications, or those behind a number of a report.
OF_JOB: Final = "people"
OF_ALL: Final = "applications"
OF_REPORT: Final = "report"
# How manieth the application was when it was opened: a decision may take it out of the list, and turning goes on there.
AT: Final = "at"
# Nobody turns further, and keys of more are not read.
MOST: Final = 10_000
# As far beyond the place that an address names keys are read, and counted, at once.
NEAR: Final = 1_000


def list_query(form: PeopleFilterForm, *, sort: str = "") -> str:
    """Return the end of an address that says which people of a job, in which order, an application is opened from."""
    query = QueryDict(mutable=True)
    query[KIND], query[WHICH], query["sort"] = OF_JOB, form.job.slug, sort or form.chosen()["sort"]
    return "&".join(filter(None, [query.urlencode(), form.query()]))


def report_query(form: ReportForm, *, row: str, column: str) -> str:
    """Return the same of the number of a report that an application is opened from."""
    query = QueryDict(mutable=True)
    query.update({KIND: OF_REPORT, WHICH: form.kind.name, "row": row, "column": column})
    return "&".join(filter(None, [query.urlencode(), form.query]))


def kept_query(parameters: QueryDict) -> str:
    """Return what of an address says from which list it was opened; empty without one."""
    kept = parameters.copy()
    for passing in ("undo", "sent", "story"):
        kept.pop(passing, None)
    return kept.urlencode() if kept.get(KIND) in (OF_JOB, OF_ALL, OF_REPORT) else ""


def place_of(application: Application, request: HttpRequest, actor: Actor, *, now: datetime) -> Place | None:
    """Return where an application stands in the list that its address names; None without one that the actor sees."""
    parameters = QueryDict(kept_query(request.GET)[:4000])
    if parameters.get(KIND) == OF_ALL:
        opened = _all(parameters, request)
    elif parameters.get(KIND) == OF_REPORT:
        opened = _behind_a_number(parameters, actor, now=now)
    else:
        opened = _people_of_job(parameters, actor, now=now)
    if opened is None:
        return None
    title, url, rows = opened
    ids, total = _keys(rows, application, parameters)
    number = ids.index(application.pk) + 1 if application.pk in ids else 0
    at = number or _number(parameters.get(AT, ""), len(ids))
    # Whoever comes next moved up when this one left the list.
    next_at = at if not number and at else at + 1
    around = {turn: ids[turn - 1] for turn in (at - 1, next_at) if at and 1 <= turn <= len(ids)}
    found = Application.objects.filter(pk__in=around.values()).select_related("candidate").in_bulk()
    turns = {turn: _turn(found.get(pk), turn, parameters) for turn, pk in around.items()}
    before, after = turns.get(at - 1), turns.get(next_at)
    return Place(title, url, parameters.urlencode(), before, after, number, total, has_more=len(ids) > total)


def _keys(
    rows: QuerySet[Application], application: Application, parameters: QueryDict
) -> tuple[list[int], int]:
    """Return the keys of the list as far as the application needs them, and how many are counted: one key more, where
    there are more.

    Where it is not among the near ones it may have moved on, and everybody to whom somebody turns is read.
    """
    keys = rows.values_list("pk", flat=True)
    near = min(_number(parameters.get(AT, ""), MOST) // NEAR * NEAR + NEAR, MOST)
    ids, reach = list(keys[: near + 1]), near
    if application.pk not in ids[:near] and len(ids) > near:
        ids, reach = list(keys[: MOST + 1]), MOST
    return ids, min(len(ids), reach)


def _people_of_job(
    parameters: QueryDict, actor: Actor, *, now: datetime
) -> tuple[str, str, QuerySet[Application]] | None:
    if parameters.get(KIND) != OF_JOB:
        return None
    job = Job.objects.filter(slug=parameters.get(WHICH, "")).visible_to(actor).first()
    if job is None or not sees_people_of(actor, job):
        return None
    form = PeopleFilterForm(parameters, job=job, actor=actor)
    address = f"{reverse('hiring:job', args=[job.slug])}?{_without(parameters, {KIND, WHICH, AT})}"
    return job.title, address, listed(form, actor, now=now)


def _all(parameters: QueryDict, request: HttpRequest) -> tuple[str, str, QuerySet[Application]] | None:
    """The list of the admin, which knows by itself how it is narrowed down and sorted."""
    narrowed = copy(request)
    query = _without(parameters, {KIND, WHICH, AT})
    narrowed.GET = QueryDict(query)
    try:
        changes = admin.site.get_model_admin(Application).get_changelist_instance(narrowed)
    except IncorrectLookupParameters:
        return None
    address = reverse("admin:hiring_application_changelist")
    return _("Applications"), f"{address}?{query}", changes.queryset


def _behind_a_number(
    parameters: QueryDict, actor: Actor, *, now: datetime
) -> tuple[str, str, QuerySet[Application]] | None:
    """Those behind a number of a report, which is not read again for that."""
    kind, row, column = (parameters.get(name, "") for name in (WHICH, "row", "column"))
    if kind not in REPORTS or not row or not column:
        return None
    chosen = {name: str(value) for name, value in parameters.items()}
    form = ReportForm(chosen, kind=REPORTS[kind], actor=actor)
    if not form.is_valid():
        return None
    zone = zoneinfo.ZoneInfo(organisation().time_zone or "UTC")
    rows = people_behind(kind, form.asked(now=now, zone=zone), row=row, column=column)
    try:
        address = reverse("hiring:report-people", args=[kind, row, column])
    except NoReverseMatch:
        return None
    return str(REPORTS[kind].title), f"{address}?{form.query}", rows


def _without(parameters: QueryDict, names: set[str]) -> str:
    kept = parameters.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _number(text: str, most: int) -> int:
    return min(int(text), most + 1) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _turn(application: Application | None, at: int, parameters: QueryDict) -> Turn | None:
    if application is None:
        return None
    query = parameters.copy()
    query[AT] = str(at)
    address = reverse("hiring:application", args=[application.public_id])
    return Turn(str(application.candidate), f"{address}?{query.urlencode()}")
