"""Which people of a job an address asks for. The page, the board, the file and whoever acts on a list ask here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import Actor
from hiring import queries
from hiring.forms import PeopleFilterForm
from hiring.models import Application, Job


def chosen_people(job: Job, actor: Actor, parameters: QueryDict, *, now: datetime) -> QuerySet[Application]:
    """Return the people of a job that an address of the list asks for, with the columns of a list, in its order.
    Lazy.
    """
    return listed(PeopleFilterForm(parameters, job=job, actor=actor), actor, now=now)


def listed(form: PeopleFilterForm, actor: Actor, *, now: datetime) -> QuerySet[Application]:
    """Return the same for a form that is at hand. Lazy."""
    rows = queries.with_list_columns(found(form, actor, now=now))
    return rows.order_by(*queries.PEOPLE_SORTS[form.chosen()["sort"]])


def found(form: PeopleFilterForm, actor: Actor, *, now: datetime) -> QuerySet[Application]:
    """Return them without columns and order. Lazy."""
    return queries.narrowed(Application.objects.all().visible_to(actor), form.wanted(now=now), actor)
