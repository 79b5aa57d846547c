"""Leaving the sample company behind: its people go, what was written to be asked and sent stays."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction

from accounts.models import Actor, User
from accounts.operations import NotSampleData, draft_administrator, leave_sample_data, only_sample_data
from assessments.operations import forget_sample_attempts
from candidates.operations import forget_lost_documents, forget_sample_people
from hiring.models import (
    ApiKeyJob,
    Application,
    ApplicationAnswer,
    ApplicationAssessment,
    ApplicationQuestion,
    ApplicationTransition,
    Approval,
    Follow,
    Interview,
    Job,
    JobMember,
    JobOpenLink,
    Opening,
    Recommendation,
    ResumeDraft,
    SavedFilter,
    Stage,
    StageAction,
    StagedUpload,
    TrackingLink,
)
from hiring.operations.staging import forget_lost_uploads
from hiring.queries.sample import STARTED, sample_parts, was_started_for_real, when_started_for_real
from hiring.signals import started_for_real
from outbox.operations import forget_lost_files, forget_sample_history, record_event
from questions.operations import forget_usage

logger = logging.getLogger(__name__)

SCRUB_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    """Who looks after the real organisation."""

    full_name: str
    email: str
    password: str


@dataclass(frozen=True)
class Started:
    """What was removed, who signs in now, and the command that starts the site from now on ("" if as before)."""

    removed: dict[str, int]
    administrator: User | None
    command: str


def logins_file() -> Path:
    """Where the passwords of the sample company's colleagues are kept."""
    return Path(settings.DATA_DIR) / "keys" / "demo_logins.json"


def start_for_real(
    *, name: str, administrator: FirstAdministrator | None, by: Actor, now: datetime
) -> Started:
    """Clear the sample company away and let the real organisation begin, with `administrator` as its only account.

    People, applications, jobs, attempts, mail, work, the history and everybody who signs in are gone afterwards, in
    the database and in files below DATA_DIR; question banks, tests, templates, rejection reasons and the settings of
    the organisation stay. Without an administrator (for commands) the next start asks for one.

    All rows go in one transaction, so that a kill leaves everything or nothing of them; what comes after it (files,
    freed pages of the database) is finished by calling this again, which is also all that a second call does.

    Raises: `PermissionDenied` unless an administrator or the system asks, `NotSampleData` for a real organisation,
    `ValidationError` keyed "name", "full_name", "email" or "password".
    """
    if was_started_for_real() and by.is_system:
        return Started({}, None, finish_starting())
    only_sample_data(by=by)
    person = None
    if administrator is not None:
        # Hashing a password takes long on purpose, so it is done before anything is locked.
        person = draft_administrator(
            email=administrator.email,
            full_name=administrator.full_name,
            password=administrator.password,
            by=by,
            now=now,
        )
    with transaction.atomic():
        removed = {part.code: part.number for part in sample_parts()}
        _forget_jobs(by=by)
        forget_sample_attempts(by=by)
        forget_usage(by=by)
        forget_sample_people(by=by)
        forget_sample_history(by=by)
        leave_sample_data(name=name, administrator=person, by=by, now=now)
        record_event(kind=STARTED, by=Actor.system(), now=now, data=removed)
    return Started(removed, person, finish_starting(is_first=True))


def finish_starting(*, is_first: bool = False) -> str:
    """Remove what a cleared sample company has left outside its rows; return the command for the next start.

    Safe to repeat: only the first time, right after the rows went, everything there is is the sample company's; later
    what is younger than the start stays. Raises `NotSampleData` where no sample company was cleared away.
    """
    started_at = when_started_for_real()
    if started_at is None:
        raise NotSampleData
    forget_lost_files(before=None if is_first else started_at)
    forget_lost_documents(before=None if is_first else started_at)
    forget_lost_uploads(before=None if is_first else started_at)
    logins_file().unlink(missing_ok=True)
    _scrub()
    # Last, because whose folder it is decides which start would look after the rest.
    answers = [answer for _receiver, answer in started_for_real.send(sender=None, is_first=is_first)]
    return next((str(answer) for answer in answers if answer), "")


def _forget_jobs(*, by: Actor) -> None:
    only_sample_data(by=by)
    for model in (
        SavedFilter,
        Follow,
        ResumeDraft,
        StagedUpload,
        StageAction,
        Approval,
        Recommendation,
        Interview,
        ApplicationAnswer,
        ApplicationQuestion,
        Opening,
        ApplicationAssessment,
        ApplicationTransition,
        Application,
        TrackingLink,
        ApiKeyJob,
        JobMember,
        JobOpenLink,
        Stage,
        Job,
    ):
        model._default_manager.all().delete()


def _scrub() -> None:
    """Let SQLite forget the rows that are gone: it frees their pages, and keeps what stood on them."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    for _attempt in range(SCRUB_TRIES):
        try:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                is_busy = cursor.fetchone()[0]
        except OperationalError:
            is_busy = True
        if not is_busy:
            return
        time.sleep(0.2)
    logger.warning(
        "The database was busy: cleared rows stay on freed pages until all processes have stopped."
    )
