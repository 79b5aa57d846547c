"""What questions registers with the floors below: who may open which list, and the colours of states."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.registries import register_role_permissions, register_veil
from questions.enums import FindingState, Status, Weight
from shell.registries import register_events, register_tones

if TYPE_CHECKING:
    from accounts.models import Actor
    from questions.models import Question, QuestionBank


# --- What the floors above know of questions --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A test that may draw a version of a question, and how many attempts hold it."""

    version_id: int
    test: str
    url: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Starved:
    """A rule of a published test that draws more questions than it would have left."""

    test: str
    url: str
    rule: str
    draws: int
    left: int


@dataclass(frozen=True, slots=True)
class MovedUse:
    """What a test has to do with questions that move to another bank, in words that fit one of them and many."""

    test: str
    url: str
    what: str
    question_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where questions can be put, a section of a draft of a test: its key, and what it is called."""

    key: int
    label: str


@dataclass(frozen=True, slots=True)
class PlaceLook:
    """What it comes to if questions are put in a place: those there already, and why others are left out, by their ids;
    what is to be said of the others; the page of the place; numbers with their names, as they are and as they would be;
    what to look out for.
    """

    already: frozenset[int]
    refused: Mapping[int, str]
    notes: Mapping[int, str]
    url: str
    numbers: Sequence[tuple[str, int, int]]
    warnings: Sequence[str]


class Places(Protocol):
    """What an app above registers that takes questions."""

    def all(self, actor: Actor) -> Sequence[Place]:
        """Return the places where the actor may put questions."""

    def look(self, key: int, questions: Sequence[Question], actor: Actor) -> PlaceLook | None:
        """Say what putting `questions` there comes to; None where the actor may not, or the place is gone."""

    def put(self, key: int, questions: Sequence[Question], *, by: Actor, now: datetime) -> Mapping[int, str]:
        """Put `questions` there that are not there yet; return why others were left out, by their ids."""


@dataclass(frozen=True, slots=True)
class QuestionNotice:
    """Something about a question that somebody has to decide, and where."""

    text: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class BankLink:
    """A way on from the page of a bank."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What a candidate found wrong with a question, and nobody has settled: what it is, in whose words, since when."""

    title: str
    text: str
    at: datetime
    url: str


FindUses = Callable[[Collection[int], "Actor"], Sequence[VersionUse]]
FindStarved = Callable[[Collection[int], "Actor"], Sequence[Starved]]
FindMoved = Callable[[Collection[int], int, "Actor"], Sequence[MovedUse]]
FindNotices = Callable[["Question", "Actor"], Sequence[QuestionNotice]]
FindBankLinks = Callable[["QuestionBank", "Actor"], Sequence[BankLink]]
FindReports = Callable[[Collection[int], "Actor"], Mapping[int, Sequence[ReportLine]]]

_uses: dict[str, FindUses] = {}
_starved: dict[str, FindStarved] = {}
_moved: dict[str, FindMoved] = {}
_places: list[Places] = []
_question_notices: dict[str, FindNotices] = {}
_bank_links: dict[str, FindBankLinks] = {}
_reports: dict[str, FindReports] = {}


def register_uses(name: str, find: FindUses) -> None:
    """Let an app above say what holds versions of questions: `find(version ids, actor)`."""
    _uses[name] = find


def version_uses(version_ids: Collection[int], actor: Actor) -> list[VersionUse]:
    """Return what holds these versions, as far as the actor may see it. As many queries as apps ask."""
    return [use for find in _uses.values() for use in find(version_ids, actor)]


def register_starved(name: str, find: FindStarved) -> None:
    """Let an app above say what would run short without questions: `find(question ids, actor)`."""
    _starved[name] = find


def starved_by(question_ids: Collection[int], actor: Actor) -> list[Starved]:
    """Return what would run short if all these questions were retired, one or thousands of them.

    As many queries as apps ask, whatever the number of questions.
    """
    return [each for find in _starved.values() for each in find(question_ids, actor)]


def register_moved(name: str, find: FindMoved) -> None:
    """Let an app above say what becomes of its use of questions: `find(question ids, key of the new bank, actor)`."""
    _moved[name] = find


def moved_uses(question_ids: Collection[int], bank_id: int, actor: Actor) -> list[MovedUse]:
    """Return what would become of uses if these questions moved to a bank, as far as the actor may see them.

    As many queries as apps ask, whatever the number of questions.
    """
    return [use for find in _moved.values() for use in find(question_ids, bank_id, actor)]


def register_places(places: Places) -> None:
    """Let the app above take questions. There is one."""
    _places[:] = [places]


def places() -> Places | None:
    """Return what the app above registered."""
    return _places[0] if _places else None


def register_question_notices(name: str, find: FindNotices) -> None:
    """Let an app above say on the page of a question what is to be decided about it."""
    _question_notices[name] = find


def question_notices(question: Question, actor: Actor) -> list[QuestionNotice]:
    """Return what is to be decided about a question. As many queries as apps ask."""
    return [notice for find in _question_notices.values() for notice in find(question, actor)]


def register_bank_links(name: str, find: FindBankLinks) -> None:
    """Let an app above lead on from the page of a bank."""
    _bank_links[name] = find


def bank_links(bank: QuestionBank, actor: Actor) -> list[BankLink]:
    """Return where the page of a bank leads on to, for whoever may go there."""
    return [link for find in _bank_links.values() for link in find(bank, actor)]


def register_reports(name: str, find: FindReports) -> None:
    """Let an app above say what candidates reported with questions and nobody has settled, the oldest first."""
    _reports[name] = find


def report_lines(question_ids: Collection[int], actor: Actor) -> dict[int, list[ReportLine]]:
    """Return what candidates reported with each of these questions, as far as the actor may see it.

    As many queries as apps ask.
    """
    lines: dict[int, list[ReportLine]] = {}
    for find in _reports.values():
        for question_id, found in find(question_ids, actor).items():
            lines.setdefault(question_id, []).extend(found)
    return lines


# --- What this app tells the floors below --------------------------------------------------------------------------


def _register_veils() -> None:
    """Hide what a piece of work is still writing: it comes to everybody at once, or never."""
    register_veil("questions.QuestionBank", "questions.arriving", lambda _actor: ~Q(arriving_for=""))
    for label in ("questions.Question", "questions.QuestionFinding"):
        register_veil(label, "questions.arriving", lambda _actor: ~Q(bank__arriving_for=""))


def register() -> None:
    """Register everything of this app. Called once, when the app is ready."""
    labels = ("questions.QuestionBank", "questions.Skill", "questions.QuestionTag", "questions.Question")
    register_role_permissions(Role.QUESTION_AUTHOR, {label: {"view", "add", "change"} for label in labels})
    register_role_permissions(Role.RECRUITER, {label: {"view"} for label in labels})
    _register_veils()
    register_tones(
        good=[Status.READY, FindingState.GONE],
        attention=[Status.IN_REVIEW, Weight.ATTENTION],
        bad=[Weight.ERROR],
    )
    register_events(
        "questions",
        _("Questions"),
        {
            "question.added": _("Question added"),
            "question.changed": _("Question changed"),
            "question.sent_to_review": _("Question sent to review"),
            "question.sent_back": _("Question sent back to its author"),
            "question.made_ready": _("Question made ready"),
            "question.retired": _("Question retired"),
            "question.taken_up": _("Retired question taken up again"),
            "question.moved": _("Question moved to another bank"),
            "question.rested": _("Question put to rest"),
            "question.woken": _("Question back from its rest"),
            "question.exposure_capped": _("Limit of showing a question changed"),
            "question.leaked": _("Question marked as leaked"),
            "question.leak_cleared": _("Mark of a leak taken away"),
            "question.key_mended": _("Key of a question mended"),
            "question.marked_again": _("Attempts marked again by a mended key"),
            "question.marks_left": _("Marks left as they are after a key was mended"),
            "question.report_settled": _("Report about a question settled"),
            "question.finding_accepted": _("Something found with a question accepted as it is"),
            "question.finding_reopened": _("Something accepted put before authors again"),
            "question_bank.created": _("Bank made"),
            "question_bank.changed": _("Bank changed"),
            "question_bank.loaded": _("Bank loaded from a file"),
            "question_bank.imported": _("Questions of a file imported into a bank"),
            "skill.saved": _("Skill saved"),
        },
    )
