"""Rules of tests that need no database: time, draws, orders, answers, bands."""

from assessments.rules.answers import AnswerRefused, checked_answer
from assessments.rules.bands import band_for, percent_of
from assessments.rules.drawing import (
    Drawn,
    Form,
    PoolItem,
    RuleNeed,
    draw_form,
    option_order,
    unmet_rules,
)
from assessments.rules.noticing import (
    FEWEST_PEOPLE,
    LONGEST_READING,
    MUCH_COPIED,
    Noticed,
    grade_of,
    half_reach,
    is_quick,
    reading_seconds,
    things_to_look_at,
)
from assessments.rules.origins import BROWSER, DEVICE, NETWORK, Origin, new_marks, origin_marks
from assessments.rules.ranking import shared_ranks, whole_percent
from assessments.rules.reminders import (
    DEFAULT_REMINDER_DAYS,
    MOST_REMINDER_DAYS,
    MOST_REMINDERS,
    next_reminder,
)
from assessments.rules.retakes import NotAgain, Open, Taken, why_not_again, within_window
from assessments.rules.timing import (
    INVITATION_DAYS,
    LATE_ALLOWANCE,
    check_after,
    deadline_for,
    is_in_time,
    last_good_deadline,
)
from assessments.rules.windows import (
    Part,
    Window,
    is_windowed,
    parts_of,
    stretch_for,
    stretched,
    window_at,
)

__all__ = [
    "BROWSER",
    "DEFAULT_REMINDER_DAYS",
    "DEVICE",
    "FEWEST_PEOPLE",
    "INVITATION_DAYS",
    "LATE_ALLOWANCE",
    "LONGEST_READING",
    "MOST_REMINDERS",
    "MOST_REMINDER_DAYS",
    "MUCH_COPIED",
    "NETWORK",
    "AnswerRefused",
    "Drawn",
    "Form",
    "NotAgain",
    "Noticed",
    "Open",
    "Origin",
    "Part",
    "PoolItem",
    "RuleNeed",
    "Taken",
    "Window",
    "band_for",
    "check_after",
    "checked_answer",
    "deadline_for",
    "draw_form",
    "grade_of",
    "half_reach",
    "is_in_time",
    "is_quick",
    "is_windowed",
    "last_good_deadline",
    "new_marks",
    "next_reminder",
    "option_order",
    "origin_marks",
    "parts_of",
    "percent_of",
    "reading_seconds",
    "shared_ranks",
    "stretch_for",
    "stretched",
    "things_to_look_at",
    "unmet_rules",
    "whole_percent",
    "why_not_again",
    "window_at",
    "within_window",
]
