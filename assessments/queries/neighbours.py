"""Where an attempt stands in the list it was opened from: who comes before, who after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from accounts.models import Actor
from assessments.models import Assessment, Invitation
from assessments.queries.result_lists import Line
from assessments.queries.result_tables import ResultTable, results_of_test
from assessments.registries import result_lists
from shell.turning import Place, Turn

# How an address names the list: its kind, and which one of that kind. The filters stand beside them.
KIND: Final = "list"
WHICH: Final = "of"
OF_TEST: Final = "test"


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list of results that somebody came from."""

    title: str
    url: str
    table: ResultTable
    # What it is narrowed to besides what every list knows.
    words: Sequence[str] = ()

    @property
    def address(self) -> str:
        """Its page, narrowed and sorted as it is."""
        narrowed = self.table.parameters.copy()
        for name in (KIND, WHICH):
            narrowed.pop(name, None)
        return f"{self.url}?{narrowed.urlencode()}" if narrowed else self.url


def list_query(kind: str, which: str, table: ResultTable) -> str:
    """Return the end of an address that says from which list, narrowed and sorted how, an attempt is opened."""
    parameters = QueryDict(mutable=True)
    parameters[KIND], parameters[WHICH] = kind, which
    return "&".join(filter(None, [parameters.urlencode(), table.query]))


def opened_list(parameters: QueryDict, *, actor: Actor, now: datetime) -> OpenedList | None:
    """Return the list that `parameters` name, narrowed as they say; None without one that the actor sees."""
    open_list = result_lists().get(parameters.get(KIND, ""))
    return open_list(parameters.get(WHICH, ""), actor, parameters, now) if open_list else None


def place_in_list(attempt_id: int, *, actor: Actor, parameters: QueryDict, now: datetime) -> Place | None:
    """Return where an attempt stands in the list that `parameters` name; None without one that the actor sees."""
    opened = opened_list(parameters, actor=actor, now=now)
    if opened is None:
        return None
    before, after, number, total = opened.table.found.neighbours(attempt_id)
    beside = [line.pk for line in (before, after) if line is not None]
    names = dict(Invitation.objects.filter(pk__in=beside).values_list("pk", "candidate__full_name"))
    query = parameters.urlencode()
    return Place(
        title=opened.title,
        url=opened.address,
        query=query,
        before=_turn(before, names, query),
        after=_turn(after, names, query),
        number=number,
        total=total,
    )


def _turn(line: Line | None, names: Mapping[int, str], query: str) -> Turn | None:
    if line is None:
        return None
    return Turn(names[line.pk], f"{reverse('assessments:attempt', args=[line.attempt_id])}?{query}")


def open_results_of_test(slug: str, actor: Actor, parameters: QueryDict, now: datetime) -> OpenedList | None:
    """Return the results of a test that the actor sees, as `parameters` ask for them."""
    assessment = Assessment.objects.filter(slug=slug).visible_to(actor).first()
    if assessment is None:
        return None
    table = results_of_test(assessment, actor=actor, parameters=parameters, now=now)
    return OpenedList(assessment.name, reverse("assessments:results", args=[slug]), table)
