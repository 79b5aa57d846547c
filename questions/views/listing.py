"""The list of questions: found by words, narrowed down, sorted, with what can be done with those who are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from questions.enums import BulkAction, Kind, Level, Status
from questions.forms import QuestionFilterForm
from questions.models import Question
from questions.queries import plain_stem
from questions.queries.finding import (
    FEWEST_ANSWERS,
    QUESTION_SORTS,
    is_newer_waiting,
    narrowed,
    question_rows,
)
from shell.admin import KeyPages
from shell.columns import Column, headings, page_links, shown_columns
from shell.views import ShellPage

PAGE_SIZE = 50
EXCERPT = 110
COLUMNS = (
    Column("question", gettext_lazy("Question"), first="ascending", is_fixed=True),
    Column("kind", gettext_lazy("Kind"), is_usual=False),
    Column("level", gettext_lazy("Level")),
    Column("difficulty", gettext_lazy("Difficulty"), is_number=True),
    Column("skills", gettext_lazy("Skills")),
    Column("tags", gettext_lazy("Tags"), is_usual=False),
    Column("status", gettext_lazy("Status")),
    Column("shown", gettext_lazy("Shown"), first="descending", is_number=True),
    Column("facility", gettext_lazy("Facility"), first="ascending", is_number=True, is_usual=False),
    Column("changed", gettext_lazy("Changed"), first="descending"),
)
# The name under which people's choice of columns is kept.
TABLE = "questions"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as the list shows it."""

    question: Any
    title: str
    kind: Kind
    level: Level
    status: Status
    shown: int
    answers: int
    # Percent of the mark that answers earn in the mean; None where nobody answered.
    facility: int | None
    is_facility_told: bool
    reports: int
    has_newer: bool
    skills: list[str]
    tags: list[str]


def title_of(question: Any) -> str:
    """What a question with `stem` is called in a list: its name, or how it begins, or its id. Costs no query."""
    words = question.name or plain_stem(question.stem or "")
    return Truncator(words).chars(EXCERPT) or str(question.external_id)


def question_row(question: Any) -> QuestionRow:
    """Return the line of a question of `question_rows`. Costs no query."""
    usage = getattr(question, "usage", None)
    return QuestionRow(
        question=question,
        title=title_of(question),
        kind=Kind(question.kind),
        level=Level(question.level),
        status=Status(question.status),
        shown=usage.shown if usage else 0,
        answers=usage.answers if usage else 0,
        facility=round(usage.facility * 100) if usage and usage.facility is not None else None,
        is_facility_told=bool(usage and usage.answers >= FEWEST_ANSWERS),
        reports=usage.open_reports if usage else 0,
        has_newer=is_newer_waiting(question),
        skills=sorted(skill.name for skill in question.skills.all()),
        tags=sorted(tag.name for tag in question.tags.all()),
    )


class QuestionsPage(ShellPage):
    """A page for those who may look at questions, and, with `is_for_authors`, only for those who change them."""

    is_for_authors = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        needed = "questions.change_question" if self.is_for_authors else "questions.view_question"
        if request.user.is_authenticated and self.test_func() and not request.user.has_perm(needed):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class QuestionListView(QuestionsPage, TemplateView):
    """Every question, by page."""

    title = gettext_lazy("Questions")
    template_name = "questions/list.html"
    http_method_names = ["get", "head", "options"]

    @cached_property
    def form(self) -> QuestionFilterForm:
        """What the list is narrowed down by."""
        return QuestionFilterForm(self.request.GET, actor=self.actor)

    @cached_property
    def shown(self) -> Sequence[Column]:
        """The columns that the actor wants to see."""
        return shown_columns(self.actor.user, TABLE, COLUMNS) if self.actor.user else COLUMNS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, chosen = self.form, self.form.chosen()
        found = narrowed(Question.objects.visible_to(self.actor), form.wanted())
        keys = found.order_by(*QUESTION_SORTS[chosen["sort"]]).values_list("pk", flat=True)
        pages, number = KeyPages(keys, PAGE_SIZE), self.request.GET.get("page", "1")
        pages.reach(number, KeyPages.FOUND if chosen["q"] else KeyPages.NEAR)
        page = pages.get_page(number)
        keys_shown = list(page.object_list)
        rows = question_rows(keys_shown)
        return super().get_context_data(
            form=form,
            chosen=chosen,
            is_filtered=bool(form.used),
            offers=form.offers,
            page=page,
            has_more=pages.has_more,
            rows=[question_row(rows[key]) for key in keys_shown if key in rows],
            headings=headings(self.shown, chosen["sort"], self.request.GET),
            choosable=COLUMNS,
            shown={column.key for column in self.shown},
            table=TABLE,
            query=form.query(),
            actions=list(BulkAction),
            page_links=page_links(page, self.request.GET),
            may_change=self.request.user.has_perm("questions.change_question"),
            may_add=self.request.user.has_perm("questions.add_question"),
            **kwargs,
        )
