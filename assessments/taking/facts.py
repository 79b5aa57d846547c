"""What a candidate weighs before the start, in plain words: it follows the rules of the version, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import CandidateSees, MarkingRule, Navigation
from assessments.models import AssessmentVersion, Invitation
from assessments.queries import BriefedPart
from assessments.rules import stretch_for, stretched
from assessments.taking.words import duration
from rendering.moments import exact_time, iso_time


@dataclass(frozen=True)
class Facts:
    """A test before its start. Each tuple holds whole sentences."""

    questions: str
    time: str
    extra: str
    start_by: str
    start_by_iso: str
    clock: str
    how: tuple[str, ...]
    parts: tuple[str, ...]
    marking: tuple[str, ...]
    afterwards: tuple[str, ...]


def facts(invitation: Invitation, parts: Sequence[BriefedPart], *, organisation: str) -> Facts:
    """Return what the page before the start says of the test of `invitation`."""
    version = invitation.version
    extra = timedelta(seconds=invitation.extra_seconds)
    time = duration(timedelta(minutes=version.minutes) + extra)
    stretch = stretch_for(version.minutes, invitation.extra_seconds)
    return Facts(
        questions=_("%(count)d, one a page") % {"count": sum(part.questions for part in parts)},
        time=time,
        extra=_("%(time)s of them are extra time for you") % {"time": duration(extra)} if extra else "",
        start_by=exact_time(invitation.expires_at),
        start_by_iso=iso_time(invitation.expires_at),
        clock=_("Pressing it starts your %(time)s.") % {"time": time},
        how=tuple(_how(version, parts, stretch)),
        parts=tuple(_parts(parts, stretch)),
        marking=tuple(_marking(version)),
        afterwards=tuple(_afterwards(version, organisation)),
    )


def _how(version: AssessmentVersion, parts: Sequence[BriefedPart], stretch: Fraction) -> list[str]:
    return [
        _("The time starts when you press Start and cannot be paused."),
        *_moving(version, parts, stretch),
        _(
            "Every choice is saved at once. If your computer or your network fails, open the link in your mail again "
            "and go on where you were, on any device."
        ),
        _("When the time is over, what you have answered until then is handed in for you."),
        *_times(version),
    ]


def _moving(version: AssessmentVersion, parts: Sequence[BriefedPart], stretch: Fraction) -> list[str]:
    """How one may go back and forth, and what of the inside of the test has a limit."""
    sentences = []
    if version.navigation == Navigation.FORWARD:
        sentences.append(
            _(
                "The questions come one after the other. You may leave one open, but you cannot go back to it once "
                "you have moved on."
            )
        )
        limit = stretched(version.question_seconds, stretch)
        if limit is not None:
            sentences.append(
                _("Each question has %(time)s. When that time is over, the next one opens.")
                % {"time": duration(limit)}
            )
            if version.buffer_seconds:
                buffer = duration(timedelta(seconds=version.buffer_seconds))
                sentences.append(
                    _("Once in each question you may take %(time)s more, with one press.") % {"time": buffer}
                )
    elif any(part.minutes is not None for part in parts):
        sentences.append(
            _(
                "Inside a part you may go back, change answers, mark questions to return to, and leave some open. You "
                "cannot come back to a part that you have left or whose time is over."
            )
        )
    else:
        sentences.append(
            _("You may go back, change answers, mark questions to return to, and leave some open.")
        )
    return sentences


def _times(version: AssessmentVersion) -> list[str]:
    """How often the test may be taken; nothing where it is once, which nobody expects to be otherwise."""
    if version.most_attempts == 1:
        return []
    often = ngettext(
        "You may take this test %(count)d time in all, if you are invited again.",
        "You may take this test up to %(count)d times in all, if you are invited again.",
        version.most_attempts,
    ) % {"count": version.most_attempts}
    if not version.retake_after_days:
        return [often]
    wait = ngettext(
        "At least %(count)d day lies between two times.",
        "At least %(count)d days lie between two times.",
        version.retake_after_days,
    ) % {"count": version.retake_after_days}
    return [f"{often} {wait}"]


def _parts(parts: Sequence[BriefedPart], stretch: Fraction) -> list[str]:
    """A line for each part of a test that has more than one, or a part with a limit."""
    if len(parts) < 2 and not any(part.minutes is not None for part in parts):
        return []
    lines = []
    for number, part in enumerate(parts, start=1):
        name = part.title or _("Part %(number)d") % {"number": number}
        count = ngettext("%(count)d question", "%(count)d questions", part.questions) % {
            "count": part.questions
        }
        limit = stretched(part.minutes * 60 if part.minutes is not None else None, stretch)
        line = f"{name}: {count}"
        lines.append(f"{line}, {duration(limit)}" if limit is not None else line)
    return lines


def _marking(version: AssessmentVersion) -> list[str]:
    sentences = []
    if version.formula_scoring:
        sentences.append(
            _(
                "Where one answer is right, a wrong one costs a part of the mark, so that guessing gains nothing on "
                "average. A question left open costs nothing."
            )
        )
    else:
        sentences.append(
            _(
                "A wrong answer costs no more than none at all. If you are not sure, choose what you think best."
            )
        )
    if version.marking == MarkingRule.ALL_OR_NOTHING:
        sentences.append(
            _("Where several answers are right, it counts only when you chose all of them and no other.")
        )
    elif version.marking == MarkingRule.PARTIAL:
        sentences.append(
            _(
                "Where several answers are right, each of them earns a part of the mark and each wrong one takes a "
                "part away, never below nothing."
            )
        )
    else:
        sentences.append(
            _(
                "Where several answers are right, some questions count in parts and some only as a whole: choose all "
                "that you think are right and no other."
            )
        )
    return sentences


def _afterwards(version: AssessmentVersion, organisation: str) -> list[str]:
    names = {"organisation": organisation}
    sentences = [
        _(
            "Your test is marked, and a person at %(organisation)s looks at the result together with the rest of your "
            "application and writes to you."
        )
        % names
    ]
    if version.candidate_sees == CandidateSees.RECEIVED:
        sentences.append(_("This page will say that your answers arrived. It shows no result."))
    elif version.candidate_sees == CandidateSees.RESULT:
        sentences.append(_("Once it is marked you read your result on this page, under the same link."))
    else:
        sentences.append(
            _("Once it is marked you read your result and each skill on this page, under the same link.")
        )
    return sentences
