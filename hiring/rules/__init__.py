"""Rules of the pipeline that need no database: edges, default stages, who may do what, why somebody stayed."""

from hiring.rules.actions import (
    ACTION_DELAYS,
    ACTION_LEASE,
    ACTION_WORDS,
    ENTRY_CAUSES,
    INTERVIEWS_A_STAGE,
    LETTER_DAYS,
    LOOK_AGAIN,
    action_text,
)
from hiring.rules.details import SALARY_FIELDS, JobDetails
from hiring.rules.edges import JOB_EDGES, STATUS_EDGES, may_follow
from hiring.rules.intents import rejection_intent
from hiring.rules.letters import (
    LETTER_LATEST,
    LETTER_WAITS,
    LETTERS_SHOWN,
    Letter,
    LetterWords,
    job_scope,
    letter_intent,
)
from hiring.rules.limits import (
    BULK_LIMIT,
    DAYS_MORE,
    MAIL_DAYS,
    MOST_OPENINGS,
    OPENINGS_AT_ONCE,
    RECENT,
    UNDO_FOR,
    UNDO_HEARD_FOR,
    UNDO_WAITS,
    settled_at,
)
from hiring.rules.roles import MANAGING_ROLES, SEEING_ROLES
from hiring.rules.scores import WHY_STAYED, ScoreSituation, outcome_of, why_stays, why_text
from hiring.rules.skipping import SKIP_REASONS, skip_text
from hiring.rules.stages import StageDraft, default_stages
from hiring.rules.steps import Standing, next_step, waits_for

__all__ = [
    "ACTION_DELAYS",
    "ACTION_LEASE",
    "ACTION_WORDS",
    "BULK_LIMIT",
    "DAYS_MORE",
    "ENTRY_CAUSES",
    "INTERVIEWS_A_STAGE",
    "JOB_EDGES",
    "LETTERS_SHOWN",
    "LETTER_DAYS",
    "LETTER_LATEST",
    "LETTER_WAITS",
    "LOOK_AGAIN",
    "MAIL_DAYS",
    "MANAGING_ROLES",
    "MOST_OPENINGS",
    "OPENINGS_AT_ONCE",
    "RECENT",
    "SALARY_FIELDS",
    "SEEING_ROLES",
    "SKIP_REASONS",
    "STATUS_EDGES",
    "UNDO_FOR",
    "UNDO_HEARD_FOR",
    "UNDO_WAITS",
    "WHY_STAYED",
    "JobDetails",
    "Letter",
    "LetterWords",
    "ScoreSituation",
    "StageDraft",
    "Standing",
    "action_text",
    "default_stages",
    "job_scope",
    "letter_intent",
    "may_follow",
    "next_step",
    "outcome_of",
    "rejection_intent",
    "settled_at",
    "skip_text",
    "waits_for",
    "why_stays",
    "why_text",
]
