"""A list of results as its page and its downloads show it: filters, columns, order, one page of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from accounts.registries import may_see_field
from assessments.enums import Band, InvitationState
from assessments.models import Assessment, Invitation
from assessments.queries.result_files import Cell, file_columns
from assessments.queries.result_lists import (
    NO_BAND,
    Line,
    Order,
    ResultFilter,
    ResultList,
    result_list,
)
from assessments.queries.result_rows import ResultChoices, ResultRow, result_choices, result_rows
from shell.columns import Column, Heading, address_with, headings, page_links, shown_columns

PAGE_SIZE: Final = 50
# A longer list is made into a file by a worker: whoever asks, and whoever asks for something else, would wait.
AT_ONCE: Final = 2_000
# How many rows of a file are loaded whole at a time.
_CHUNK: Final = 500

RANK = Column("rank", gettext_lazy("Rank"), is_number=True)
PERSON = Column("person", gettext_lazy("Name"), first="ascending", is_fixed=True)
STATE = Column("state", gettext_lazy("State"), first="ascending")
SCORE = Column("score", gettext_lazy("Score"), first="descending")
SKILLS = Column("skills", gettext_lazy("By skill"), first="descending")
SECTIONS = Column("sections", gettext_lazy("By section"))
TIME = Column("time", gettext_lazy("Time used"), first="ascending", is_number=True)
# Not to be sorted by: it puts nobody above or below anybody.
INTEGRITY = Column("integrity", gettext_lazy("Integrity"))
EXTRA_TIME = Column("extra_time", gettext_lazy("Extra time"), first="descending", is_number=True)
TEST = Column("test", gettext_lazy("Test"), first="ascending", is_usual=False)
VERSION = Column("version", gettext_lazy("Version"), first="descending", is_number=True, is_usual=False)
INVITED = Column("invited", gettext_lazy("Invited"), first="descending", is_usual=False)
EXPIRES = Column("expires", gettext_lazy("Start by"), first="ascending", is_usual=False)
STARTED = Column("started", gettext_lazy("Started"), first="descending", is_usual=False)
FINISHED = Column("finished", gettext_lazy("Finished"), first="descending")


@dataclass(frozen=True, slots=True)
class ResultKind:
    """A kind of list of results: under which name its columns are remembered, and what it knows besides the test.

    `more` are further facts of a row by their path from the invitation, `cells` columns of the file made from them,
    `sorts` further orders.
    """

    name: str
    columns: Sequence[Column]
    more: Mapping[str, str] = field(default_factory=dict)
    sorts: Mapping[str, Order] = field(default_factory=dict)
    cells: Mapping[str, Sequence[Cell]] = field(default_factory=dict)


RESULTS_OF_TEST: Final = ResultKind(
    name="test-results",
    columns=(
        *(RANK, PERSON, STATE, SCORE, SKILLS, SECTIONS, TIME, INTEGRITY, EXTRA_TIME),
        *(VERSION, INVITED, EXPIRES, STARTED, FINISHED),
    ),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A band with how many of the list stand in it, and the address that shows them alone."""

    band: str
    label: str
    url: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A list as it was asked for. `columns` are shown now, `chosen` by this person, `choosable` for them."""

    kind: ResultKind
    wanted: ResultFilter
    parameters: QueryDict
    choices: ResultChoices
    found: ResultList
    columns: Sequence[Column]
    chosen: Sequence[Column]
    choosable: Sequence[Column]

    @property
    def headings(self) -> list[Heading]:
        """What stands above the columns."""
        # By which skill it would be sorted is for the filter to say.
        columns = [
            replace(column, first="") if column is SKILLS and self.wanted.skill is None else column
            for column in self.columns
        ]
        return headings(columns, self.wanted.sort, self.parameters)

    @property
    def shown(self) -> Mapping[str, bool]:
        """Which columns a row has, by their keys."""
        return {column.key: True for column in self.columns}

    @property
    def column_keys(self) -> set[str]:
        """Which columns are chosen, those included that mean nothing just now."""
        return {column.key for column in self.chosen}

    @property
    def tabs(self) -> list[Tab]:
        """Everybody, then each band."""
        labels = [(band.value, str(band.label)) for band in Band] + [(NO_BAND, _("No result"))]
        everybody = Tab(
            "", _("Everybody"), address_with(self.parameters, band=""), None, not self.wanted.band
        )
        return [everybody, *(self._tab(band, label) for band, label in labels)]

    def _tab(self, band: str, label: str) -> Tab:
        address = address_with(self.parameters, band=band)
        return Tab(band, label, address, self.found.bands.get(band, 0), self.wanted.band == band)

    @property
    def states(self) -> list[tuple[str, Any]]:
        """What the filter of the state offers."""
        return list(InvitationState.choices)

    @property
    def query(self) -> str:
        """The filters and the order, as the end of an address."""
        return address_with(self.parameters)[1:]

    @property
    def is_long(self) -> bool:
        """Whether a file of it is not made at once."""
        return len(self.found.lines) > AT_ONCE

    def page(self, number: Any) -> Page[Line]:
        """Return one page of lines; the nearest one where `number` makes no sense."""
        return Paginator(self.found.lines, PAGE_SIZE).get_page(number)

    def page_links(self, page: Page[Line]) -> dict[str, str]:
        """Return the addresses of the pages around `page`."""
        return page_links(page, self.parameters)

    def rows(self, lines: Sequence[Line]) -> list[ResultRow]:
        """Load `lines` whole."""
        with_hints = INTEGRITY in self.columns
        return result_rows(lines, self.found.ranks, more=self.kind.more, with_hints=with_hints)

    def with_columns(self, keys: Collection[str]) -> ResultTable:
        """Return the same list with these columns, as far as they can be chosen and mean something."""
        columns = [column for column in self.choosable if column.key in keys]
        has_ranks = self.found.ranks is not None
        return replace(
            self, chosen=columns, columns=[each for each in columns if each is not RANK or has_ranks]
        )

    def file(self, report: Callable[[int], None] | None = None) -> tuple[list[Cell], list[ResultRow]]:
        """Return columns and rows of a file with all that is listed, in the columns that are shown.

        `report` is told how many rows are loaded, now and then.
        """
        rows: list[ResultRow] = []
        for start in range(0, len(self.found.lines), _CHUNK):
            rows += self.rows(self.found.lines[start : start + _CHUNK])
            if report is not None:
                report(len(rows))
        return file_columns([column.key for column in self.columns], rows, more=self.kind.cells), rows


def result_table(
    kind: ResultKind,
    invitations: QuerySet[Invitation],
    *,
    actor: Actor,
    parameters: QueryDict,
    now: datetime,
) -> ResultTable:
    """Return the list that the `parameters` of an address ask for, of `invitations` that the actor may see.

    Three statements, however many: versions, skills, lines. `rows` adds five, and four more for hints.
    """
    choices = result_choices(invitations)
    hidden = {
        EXTRA_TIME.key: not may_see_field(Invitation._meta.label, "extra_seconds", actor),
        SECTIONS.key: not choices.has_sections,
    }
    choosable = [column for column in kind.columns if not hidden.get(column.key)]
    sorts = [column.key for column in choosable if column.first]
    wanted = ResultFilter.read(parameters, sorts=sorts)
    chosen = shown_columns(actor.user, kind.name, choosable) if actor.user else choosable
    found = result_list(invitations, wanted, now=now, sorts=kind.sorts)
    return ResultTable(
        kind=kind,
        wanted=wanted,
        parameters=parameters,
        choices=choices,
        found=found,
        columns=[column for column in chosen if column is not RANK or found.ranks is not None],
        chosen=chosen,
        choosable=choosable,
    )


def results_of_test(
    assessment: Assessment, *, actor: Actor, parameters: QueryDict, now: datetime
) -> ResultTable:
    """Return the list of the people invited to a test whom the actor sees, as `parameters` ask for it."""
    invitations = Invitation.objects.filter(version__assessment=assessment).visible_to(actor)
    return result_table(RESULTS_OF_TEST, invitations, actor=actor, parameters=parameters, now=now)
