"""What every staff page has to say first: signs of the parts, and who was silent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import CharField, Count, Max, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor, Organisation
from outbox.enums import BackupOutcome, Life, SignName
from outbox.models import Notification, Sign
from outbox.rules import (
    BACKUP_LATE_AFTER,
    BELL_COUNTS,
    SILENT_AFTER,
    life,
)
from rendering.moments import relative_time
from shell import serving
from shell.registries import Bell, Notice


def signs() -> dict[SignName, Sign]:
    """Return what each part of the installation last said of itself; who never spoke is left out. One query."""
    return {SignName(sign.name): sign for sign in Sign.objects.all()}


def signs_and_unread(actor: Actor) -> tuple[dict[SignName, Sign], int]:
    """Return the signs, and how many notifications a colleague has not read yet; beyond `BELL_COUNTS` one more at most.

    One query together, because every staff page asks for both.
    """
    if actor.user is None:
        return signs(), 0
    said, count = {}, 0
    for row in Sign.objects.raw(*_signs_and_unread(actor)):
        if row.name:
            said[SignName(row.name)] = row
        else:
            count = row.data["unread"]
    return said, count


# Writing it takes the ORM ten times as long as the database needs to run it, and every page of a colleague runs it.
_written: dict[Hashable, tuple[str, Sequence[Any]]] = {}
_MOST_WRITTEN: Final = 500


def _signs_and_unread(actor: Actor) -> tuple[str, Sequence[Any]]:
    """The statement and its parameters, written once for each colleague as long as their roles stay what they are.

    So the veils of notifications may ask for nothing of an actor but who it is and these, and look nothing up before.
    """
    user = actor.user
    assert user is not None
    who = (connection.vendor, actor.kind, user.pk, user.is_active, actor.api_key and actor.api_key.pk)
    key = (*who, actor.roles, frozenset(actor.rules.items()))
    if key not in _written:
        if len(_written) >= _MOST_WRITTEN:
            _written.clear()
        own = Notification.objects.filter(user=user, read_at=None).visible_to(actor)
        unread = (
            Notification.objects.filter(pk__in=own.values("pk")[: BELL_COUNTS + 1])
            .values("user")
            .annotate(
                name=Value("", output_field=CharField()),
                at=Max("created_at"),
                data=JSONObject(unread=Count("pk")),
            )
        )
        columns = ("name", "at", "data")
        rows = Sign.objects.values_list("id", *columns).union(unread.values_list("user", *columns), all=True)
        _written[key] = rows.query.sql_with_params()
    return _written[key]


def page_heads(actor: Actor, organisation: Organisation, now: datetime) -> list[Notice | Bell]:
    """Return what every staff page has to say about mail, workers and scheduler, and its bell. One query."""
    said, unread = signs_and_unread(actor)
    heads: list[Notice | Bell] = [*house_notices(said, actor, now)]
    if actor.user is not None:
        shown = f"{BELL_COUNTS}+" if unread > BELL_COUNTS else str(unread)
        heads.append(Bell(shown if unread else "", reverse("outbox:notifications")))
    return heads


def house_notices(said: Mapping[SignName, Sign], actor: Actor, now: datetime) -> list[Notice]:
    """Return what the signs mean for every staff page: mail is held, a part is silent, no backup. No query."""
    found = []
    if SignName.MAIL_HOLD in said:
        may_release = actor.has_role(Role.ADMINISTRATOR)
        found.append(
            Notice(
                _("Mail is held: nothing goes out until an administrator releases it."),
                tone="bad",
                url=reverse("outbox:held-mail") if may_release else "",
                label=_("Look and release") if may_release else "",
            )
        )
    served_for = serving.served_for()
    if served_for is not None and served_for >= SILENT_AFTER:
        silent = silent_parts(said, now=now)
        if silent:
            found.append(_silence(silent, actor, now))
    if SignName.BACKUP in said and actor.has_role(Role.ADMINISTRATOR):
        found += backup_notices(said[SignName.BACKUP], now=now)
    return found


def mail_notices(actor: Actor, organisation: Organisation, now: datetime) -> list[Notice]:
    """Return what every staff page has to say about where mail and its links lead. No query."""
    found = []
    is_administrator = actor.has_role(Role.ADMINISTRATOR)
    if organisation.mail_is_local and not organisation.is_sample:
        way_on = {"url": reverse("outbox:mail-server"), "label": _("Set up a mail server")}
        found.append(
            Notice(
                _("Mail stays on this machine: nobody outside gets it."),
                tone="quiet",
                **(way_on if is_administrator else {}),
            )
        )
    wanted = organisation.site_address
    if (
        is_administrator
        and settings.SITE_ADDRESS_FROM == "screen"
        and wanted not in ("", organisation.address)
    ):
        words = _(
            "The site address is %(address)s from the next start on: stop Shortlist and start it again."
        )
        found.append(Notice(words % {"address": wanted}))
    return found


def silent_parts(said: Mapping[SignName, Sign], *, now: datetime) -> dict[SignName, Sign | None]:
    """Return the parts that should have reported by `now` and did not, each with its last sign.

    Workers are asked for their signs by the scheduler. So while that is silent it is the only one to be named, and
    after its start they have as long to answer as a silence may last.
    """
    scheduler = said.get(SignName.SCHEDULER)
    if scheduler is None or life(scheduler.at, now=now) is not Life.ALIVE:
        return {SignName.SCHEDULER: scheduler}
    since = parse_datetime(str(scheduler.data.get("since", "")))
    if since is not None and abs(now - since) < SILENT_AFTER:
        return {}
    names = [SignName(name) for name in SignName.workers]
    last = {name: said.get(name) for name in names}
    return {
        name: sign
        for name, sign in last.items()
        if life(sign.at if sign else None, now=now) is not Life.ALIVE
    }


def _silence(silent: Mapping[SignName, Sign | None], actor: Actor, now: datetime) -> Notice:
    signs_left = [sign for sign in silent.values() if sign is not None]
    if len(silent) == len(SignName.workers):
        last = max(signs_left, key=lambda sign: sign.at, default=None)
        never = _("No worker has ever reported, so mail, scores and long work wait.")
        ago = _("The workers last reported %(when)s, so mail, scores and long work wait.")
        parts = [ago % {"when": relative_time(last.at, now)} if last else never]
    else:
        parts = [_silent_words(name, sign, now) for name, sign in silent.items()]
    if any(life(sign.at, now=now) is Life.AHEAD for sign in signs_left):
        parts.append(_("A report from the future means that a clock was wrong or was set back."))
    return Notice(" ".join(parts), tone="bad", more=_mend(silent, actor))


def _silent_words(name: SignName, sign: Sign | None, now: datetime) -> str:
    words = {
        SignName.SCHEDULER: (
            _("The scheduler has never reported, so mail waits and tests stay open after their time."),
            _("The scheduler last reported %(when)s, so mail waits and tests stay open after their time."),
        ),
        SignName.WORKER_MAIL: (
            _("The worker for mail has never reported, so mail waits."),
            _("The worker for mail last reported %(when)s, so mail waits."),
        ),
        SignName.WORKER_SCORE: (
            _("The worker for scores has never reported, so tests are neither closed nor scored."),
            _("The worker for scores last reported %(when)s, so tests are neither closed nor scored."),
        ),
        SignName.WORKER_MAINT: (
            _("The worker for long work has never reported, so imports, exports and bulk actions wait."),
            _("The worker for long work last reported %(when)s, so imports, exports and bulk actions wait."),
        ),
    }
    never, last = words[name]
    return never if sign is None else last % {"when": relative_time(sign.at, now)}


def _mend(silent: Iterable[SignName], actor: Actor) -> str:
    """What to do about it, for whoever reads it."""
    if not actor.has_role(Role.ADMINISTRATOR):
        return _("Please tell an administrator.")
    if not settings.REDIS_URL:
        return _(
            "Stop Shortlist with Ctrl-C where it runs, and start it again with “make run” (“make demo” for the sample "
            "company). The folder “logs” beside the data says why."
        )
    services = ", ".join(name.value for name in silent)
    return _(
        "On the server, start again what runs these lines of the Procfile: %(services)s. "
        "“python manage.py doctor” says whether the broker is the reason."
    ) % {"services": services}


def backup_notices(sign: Sign, *, now: datetime) -> list[Notice]:
    """Return what is wrong with the nightly backup: it failed, or none was made for some days."""
    outcome = BackupOutcome(sign.data["outcome"])
    if outcome in BackupOutcome.troubles:
        return [Notice(_("The nightly backup failed. %(mend)s") % {"mend": outcome.label}, tone="bad")]
    last = datetime.fromisoformat(sign.data["last_good"])
    if now - last > BACKUP_LATE_AFTER:
        return [
            Notice(
                _(
                    "There was no backup for %(days)d days. See that the worker and the scheduler run; "
                    "“manage.py backup” makes one at once."
                )
                % {"days": (now - last).days},
                tone="bad",
            )
        ]
    return []
