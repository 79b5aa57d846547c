"""Long work: asked for in a request, done by a worker, shown on a page of its own."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath
from time import monotonic, sleep
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import ActorKind
from accounts.models import Actor, ApiKey
from accounts.rules import random_code
from outbox.enums import SignName, WorkState
from outbox.models import Work
from outbox.operations.events import record_event
from outbox.operations.nudges import WORK, nudge
from outbox.operations.signs import give_sign
from outbox.registries import work_kind
from outbox.rules import (
    DISCARDED,
    SAMPLE,
    SIGN_EVERY,
    SILENT_AFTER,
    WORK_DELAYS,
    WORK_FILE_LIFE,
    WORK_LEASE,
    next_delay,
)

logger = logging.getLogger(__name__)

# Longer than somebody who waits for the writer of SQLite sleeps during a short transaction.
GIVE_WAY_SECONDS = 0.06
# So that nobody who saves an answer meanwhile waits for what they would notice.
LONGEST_WITHOUT_WAY_SECONDS = 0.15
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}", re.ASCII)


class WorkLost(Exception):  # noqa: N818 -- nothing went wrong, somebody else goes on
    """Somebody else goes on with this work, or it ended: stop at once and write nothing more."""


def queue_work(
    *,
    kind: str,
    intent: str,
    arguments: dict[str, Any],
    by: Actor,
    now: datetime,
    file: File[bytes] | None = None,
    total: int = 0,
    claim: Callable[[], None] | None = None,
) -> Work:
    """Ask for long work and return its row; the one that exists, unchanged, if `intent` was asked for before.

    Arguments: `kind` is registered by `registries.register_work`; `arguments` are plain data, frozen here (ids, not
    rows), and may hold a "back" ({"url", "label"}) for the way back from the work's page; `file` is kept in private
    storage under a name of our own; `total` is how many things there are to do, if known; `claim` is called first in
    the transaction that writes the row: what it raises comes out of here, and nothing is kept.
    Side effects: a worker is asked to look once the transaction commits.
    Raises: `LookupError` for an unknown kind.
    """
    work_kind(kind)
    existing = Work.objects.filter(intent=intent).first()
    if existing is not None:
        return existing
    work = Work(
        public_id=random_code(),
        kind=kind,
        intent=intent,
        arguments=arguments,
        actor_kind=by.kind.value,
        created_by=by.user,
        api_key_id=by.api_key.pk if by.api_key else None,
        created_at=now,
        due_at=now,
        total=total,
    )
    if file is not None:
        _keep(work, file)
    try:
        with transaction.atomic():
            if claim is not None:
                claim()
            work.save()
            record_event(
                kind="work.asked", by=by, now=now, about="outbox.work", about_id=work.pk, data={"kind": kind}
            )
            nudge(WORK)
    except IntegrityError:
        _drop(work)
        return Work.objects.get(intent=intent)
    except Exception:
        _drop(work)
        raise
    return work


def _drop(work: Work) -> None:
    if work.file:
        work.file.delete(save=False)


def discard_work(
    *, work: Work, reason: str, by: Actor, now: datetime, unless: Callable[[], None] | None = None
) -> bool:
    """End `work` for good, whether it waits, runs or is done, and delete its file; return whether it was ended by this.

    A worker that is at it notices and writes nothing more. `reason` is what its page says; `unless` is called in the
    transaction, after nobody else can end it: what it raises comes out of here, and the work stays as it was.
    """
    endable = Work.objects.filter(pk=work.pk).exclude(state=WorkState.FAILED)
    with transaction.atomic():
        if not endable.update(state=WorkState.FAILED, reason=reason, finished_at=now, lease_until=None):
            return False
        if unless is not None:
            unless()
        work.refresh_from_db()
        Work.objects.filter(pk=work.pk).update(result=work.result | {DISCARDED: True})
        record_event(
            kind="work.discarded",
            by=by,
            now=now,
            about="outbox.work",
            about_id=work.pk,
            data={"kind": work.kind},
        )
    work.refresh_from_db()
    delete_file(work=work)
    return True


def _keep(work: Work, file: File[bytes]) -> None:
    """Write the uploaded file under a name of our own, or nothing of it: a full disk leaves the half that fitted."""
    name = f"{random_code()}{_suffix(file.name)}"
    try:
        work.file.save(name, file, save=False)
    except OSError:
        work.file.storage.delete(work.file.field.generate_filename(work, name))
        raise


def keep_file(*, work: Work, file: File[bytes]) -> None:
    """Keep what a handler made as the file of its work, in place of the one of a try before; deleted as those are.

    Raises `WorkLost` when the work is not the handler's any more; then nothing is kept.
    """
    before = work.file.name or ""
    storage = work.file.storage
    _keep(work, file)
    mine = Work.objects.filter(pk=work.pk, state=WorkState.RUNNING, lease_until=work.lease_until)
    kept = work.file.name or ""
    if not mine.update(file=kept):
        storage.delete(kept)
        raise WorkLost(work.public_id)
    if before:
        storage.delete(before)


def _suffix(name: str | None) -> str:
    suffix = PurePath(name or "").suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def run_due_work(*, now: datetime) -> int:
    """Do one piece of work that is due, if there is one, and return how many were taken up (0 or 1).

    A piece whose worker fell silent is taken up again once its lease is over; one that was given before a clock was set
    back lasts from now on as long as any other. What a handler raises never comes out of here: a `ValidationError` ends
    the work with its words, anything else is tried again three times.
    """
    clock = _Clock(now)
    far = now + WORK_LEASE + SILENT_AFTER
    looked_at = Q(due_at__lte=now) | Q(state=WorkState.RUNNING, lease_until__gt=far)
    due = Work.objects.filter(looked_at, state__in=WorkState.open_states).order_by("due_at", "pk")
    for work in due[:10]:
        run = _Run(work, clock)
        if work.due_at > now:
            run.shorten(now + WORK_LEASE)
        elif run.claim():
            run.run()
            return 1
    return 0


def forget_old_files(*, now: datetime) -> int:
    """Delete files of work, uploaded or made, that ended long enough ago; return how many."""
    ended = Work.objects.filter(finished_at__lte=now - WORK_FILE_LIFE).exclude(file="").exclude(file=None)
    return sum(delete_file(work=work) for work in ended.order_by("pk")[:100])


def delete_file(*, work: Work) -> bool:
    """Delete the file of `work`, and what of it stands in the result; return whether it is gone, as one is that was
    missing already.

    One that cannot be deleted stays named on its row, and is tried again with the old ones.
    """
    try:
        work.file.delete(save=False)
    except OSError:
        logger.exception("The file of work %s could not be deleted.", work.pk)
        return False
    result = {key: value for key, value in work.result.items() if key != SAMPLE}
    return bool(Work.objects.filter(pk=work.pk).update(file="", result=result))


class _Clock:
    """`now` of the caller, going on by the time that has passed since."""

    def __init__(self, now: datetime) -> None:
        self._now, self._started = now, monotonic()

    def __call__(self) -> datetime:
        return self._now + timedelta(seconds=monotonic() - self._started)


class _Run:
    """One try at one piece of work. Its lease is what makes it the only one."""

    def __init__(self, work: Work, clock: _Clock) -> None:
        self.work, self.clock = work, clock
        self.said_at = clock()

    def claim(self) -> bool:
        """Take the work up, unless another worker was quicker."""
        seen = {"state": self.work.state, "due_at": self.work.due_at, "tries": self.work.tries}
        until = self.clock() + WORK_LEASE
        claimed = Work.objects.filter(pk=self.work.pk, **seen).update(
            state=WorkState.RUNNING, lease_until=until, due_at=until, tries=self.work.tries + 1, done=0
        )
        if claimed:
            self.work.refresh_from_db()
        return bool(claimed)

    def shorten(self, until: datetime) -> None:
        """Let the lease of whoever has the work end at `until`; if they still live, they notice and stop."""
        mine = Work.objects.filter(
            pk=self.work.pk, state=WorkState.RUNNING, lease_until=self.work.lease_until
        )
        mine.update(lease_until=until, due_at=until)

    def run(self) -> None:
        """Do the work and write down how it ended."""
        if self.work.tries > len(WORK_DELAYS) + 1:
            stopped = self.work.tries - 1
            words = ngettext(
                "The worker stopped %(count)d time in the middle of this.",
                "The worker stopped %(count)d times in the middle of this.",
                stopped,
            )
            self._end(WorkState.FAILED, reason=words % {"count": stopped})
            return
        try:
            result = work_kind(self.work.kind).handler(
                self.work, _actor_of(self.work, self.clock()), self.report
            )
            self._end(WorkState.DONE, result=result or {})
        except WorkLost:
            logger.warning("Work %s was taken over by another worker.", self.work.pk)
        except ValidationError as error:
            self._end(WorkState.FAILED, reason=" ".join(error.messages))
        except Exception:
            logger.exception("Work %s raised at try %s.", self.work.pk, self.work.tries)
            self._put_off()

    def report(self, done: int, total: int | None = None) -> None:
        """Write the progress and keep the work ours. Raises `WorkLost` when it is not any more."""
        now = self.clock()
        until = now + WORK_LEASE
        fields: dict[str, Any] = {"done": done, "lease_until": until, "due_at": until}
        if total is not None:
            fields["total"] = total
        self._write(**fields)
        self.work.done = done
        if now - self.said_at >= SIGN_EVERY:
            # Busy is not silent: who does long work alone cannot answer the scheduler meanwhile.
            give_sign(name=SignName.WORKER_MAINT, now=now)
            self.said_at = now

    def _put_off(self) -> None:
        delay = next_delay(WORK_DELAYS, self.work.tries)
        if delay is None:
            words = _("Something went wrong each time. What was done until then is kept.")
            self._end(WorkState.FAILED, reason=words)
            return
        try:
            self._write(state=WorkState.QUEUED, lease_until=None, due_at=self.clock() + delay)
        except WorkLost:
            logger.warning("Work %s was taken over by another worker.", self.work.pk)

    def _end(self, state: WorkState, *, result: dict[str, Any] | None = None, reason: str = "") -> None:
        now = self.clock()
        with transaction.atomic():
            self._write(
                state=state, result=result or {}, reason=reason[:500], finished_at=now, lease_until=None
            )
            record_event(
                kind=f"work.{state.value}",
                by=Actor.system(),
                now=now,
                about="outbox.work",
                about_id=self.work.pk,
                data={"kind": self.work.kind, "tries": self.work.tries},
            )

    def _write(self, **fields: Any) -> None:
        mine = Work.objects.filter(
            pk=self.work.pk, state=WorkState.RUNNING, lease_until=self.work.lease_until
        )
        if not mine.update(**fields):
            raise WorkLost(self.work.public_id)
        for name, value in fields.items():
            setattr(self.work, name, value)


def _actor_of(work: Work, now: datetime) -> Actor:
    """Whoever asked, with the rights that they have now."""
    if work.actor_kind == ActorKind.SYSTEM:
        return Actor.system()
    if work.actor_kind == ActorKind.API_KEY:
        key = ApiKey.objects.select_related("owner").filter(pk=work.api_key_id or 0).first()
        # One that was revoked meanwhile, or ran out, opens nothing any more.
        is_good = key is not None and key.is_good(now=now)
        return Actor.of_key(key) if key is not None and is_good else Actor(kind=ActorKind.API_KEY)
    return Actor(kind=ActorKind.USER, user=work.created_by)


def give_way() -> None:
    """Let others write between two short transactions of long work; for the work to call outside of a transaction.

    SQLite has one writer, and whoever waits for it looks again every so often, up to a tenth of a second apart: work
    that began its next transaction at once would keep them out until all of it is done.
    """
    if connection.vendor == "sqlite":
        sleep(GIVE_WAY_SECONDS)


class Pace:
    """Gives way whenever its work went on for long enough: called between any two transactions, however many they are.

    By time, not by number: on a busy disk fifty small transactions last seconds.
    """

    def __init__(self) -> None:
        self._since = monotonic()

    def __call__(self) -> None:
        if monotonic() - self._since >= LONGEST_WITHOUT_WAY_SECONDS:
            give_way()
            self._since = monotonic()
