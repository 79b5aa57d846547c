"""The history of a question: every version and key, who holds them, and what differs between any two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from questions import queries
from questions.enums import Kind, Marking, Status
from questions.models import Question, QuestionVersion
from questions.queries.differences import Edition, difference_between, editions_of, share_words
from questions.registries import VersionUse, version_uses
from rendering.markdown import RenderedQuestion
from shell.views import ShellPage

LONGEST_TITLE = 80


class QuestionPage(ShellPage, TemplateView):
    """Base of the pages of one question, for those who may read questions with their keys."""

    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and request.user.has_perm(self.needed)
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    needed = "questions.view_question"

    @cached_property
    def question(self) -> Question:
        """The question; 404 when it may not be seen."""
        questions = Question.objects.all().visible_to(self.actor)
        return get_object_or_404(
            queries.with_stem(questions.select_related("bank", "status_by", "usage", "leaked_by")),
            pk=self.kwargs["pk"],
        )

    @property
    def address(self) -> str:
        """Where the question itself is."""
        return reverse("admin:questions_question_change", args=[self.question.pk])

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        words = queries.plain_stem(getattr(self.question, "stem", "") or "")
        return [
            (_("Questions"), reverse("admin:questions_question_changelist")),
            (Truncator(words).chars(LONGEST_TITLE) or self.question.external_id, self.address),
        ]

    def get_menu_path(self) -> str:
        return reverse("admin:questions_question_changelist")


@dataclass(frozen=True, slots=True)
class EditionReading:
    """A revision of a key as its page shows it: what each option earned, and the edition before it."""

    edition: Edition
    options: tuple[tuple[SafeString, str], ...]
    marking: str
    before: str


@dataclass(frozen=True, slots=True)
class VersionReading:
    """A version as its page shows it: its text, its keys with the newest first, and what holds it."""

    version: QuestionVersion
    shown: RenderedQuestion
    editions: tuple[EditionReading, ...]
    uses: tuple[VersionUse, ...]

    @property
    def attempts(self) -> int:
        """How many attempts hold it."""
        return sum(use.attempts for use in self.uses)


class HistoryView(QuestionPage):
    """Every version and key of a question, whatever became of it; retired ones as well."""

    template_name = "questions/history.html"
    title = gettext_lazy("History of this question")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question
        editions = editions_of(question)
        return super().get_context_data(
            **kwargs,
            question=question,
            status=Status(question.status),
            is_single=question.kind == Kind.SINGLE,
            editions=editions,
            versions=self.readings(editions),
            events=queries.history_of(question, self.actor),
            back=self.address,
        )

    def readings(self, editions: Sequence[Edition]) -> list[VersionReading]:
        """Return the versions as the page shows them, the newest first."""
        uses = version_uses({edition.version.pk for edition in editions}, self.actor)
        codes = [edition.code for edition in editions]
        before = dict(zip(codes, [*codes[1:], ""], strict=True)) if codes else {}
        readings = []
        for _number, group in groupby(editions, key=lambda edition: edition.version.number):
            of_version = list(group)
            version = of_version[0].version
            shown = queries.rendered(version)
            readings.append(
                VersionReading(
                    version,
                    shown,
                    tuple(self.reading(edition, shown, before[edition.code]) for edition in of_version),
                    tuple(use for use in uses if use.version_id == version.pk),
                )
            )
        return readings

    def reading(self, edition: Edition, shown: RenderedQuestion, before: str) -> EditionReading:
        """Return a revision of a key as the page shows it."""
        shares = edition.key.shares
        options = tuple((html, share_words(shares.get(code, "0"))) for code, html in shown.options)
        is_marked = self.question.kind == Kind.MULTIPLE
        return EditionReading(
            edition, options, str(Marking(edition.key.marking).label) if is_marked else "", before
        )


class DifferenceView(QuestionPage):
    """What differs between two editions of a question; without a choice between the newest and the one before."""

    template_name = "questions/differences.html"
    title = gettext_lazy("What differs between two versions")

    def get_crumbs(self) -> Sequence[tuple[str, str]]:
        history = reverse("questions:history", args=[self.question.pk])
        return [*super().get_crumbs(), (_("History of this question"), history)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editions = editions_of(self.question)
        new = self.chosen("to", editions, 0)
        old = self.chosen("from", editions, 1)
        return super().get_context_data(
            **kwargs,
            question=self.question,
            editions=editions,
            old=old,
            new=new,
            difference=difference_between(old, new, kind=self.question.kind) if old and new else None,
            back=reverse("questions:history", args=[self.question.pk]),
        )

    def chosen(self, name: str, editions: Sequence[Edition], usual: int) -> Edition | None:
        """Return the edition that the address names; the usual one where it names none that is here."""
        wanted = self.request.GET.get(name, "")
        found = next((edition for edition in editions if edition.code == wanted), None)
        return found or (editions[min(usual, len(editions) - 1)] if editions else None)
