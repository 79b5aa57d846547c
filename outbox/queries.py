"""Reads of outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.enums import ActorKind, Role
from accounts.models import Actor, Organisation
from accounts.queries import organisation
from outbox.enums import BackupOutcome, Life, LinkPurpose, MailTrouble, MessageState, SignName, WorkState
from outbox.models import AccessLink, Event, Message, Sign, Work
from outbox.registries import OPENS_ACCOUNTS, TEST_MAIL
from outbox.rules import (
    BACKUP_LATE_AFTER,
    LINK_PATHS,
    MENDS,
    SILENT_AFTER,
    WAITS_LONG,
    life,
    link_token,
    mac_opens,
    split_token,
)
from rendering.moments import relative_time
from shell import serving
from shell.health import Health, HealthState, Measure, seconds_since
from shell.registries import Notice


def find_link(token: object, *, purpose: LinkPurpose, now: datetime) -> AccessLink | None:
    """Return the link that `token` belongs to, or None for one that is unknown, malformed or of an older generation.

    A revoked or expired link is returned, so that its page can say a friendly word: ask `link.is_open(now=now)` before
    showing anything of it. One query; none for a malformed token.
    """
    parts = split_token(token)
    if parts is None:
        return None
    public_id, mac = parts
    link = AccessLink.objects.select_related("user").filter(public_id=public_id, purpose=purpose).first()
    # The same work for a link that does not exist.
    facts = link or AccessLink(public_id=public_id, purpose=purpose)
    return link if mac_opens(mac, facts) else None


def link_url(link: AccessLink, path_prefix: str = "") -> str:
    """Return the full address that opens `link`. It starts with the site's own, never with what a request says."""
    return f"{settings.SITE_ADDRESS}{path_prefix or LINK_PATHS[link.purpose]}{link_token(link)}/"


def logo_url(home: Organisation) -> str:
    """Return the full address of the organisation's logo, for mail; "" without one."""
    return f"{home.address}{reverse('logo', args=[home.logo_digest])}" if home.logo_digest else ""


def message_state_for(about: str, ids: Iterable[int]) -> dict[int, Message]:
    """Return the newest message about each row of `ids` of the model `about` ("assessments.invitation").

    Without subjects and texts; rows nobody wrote about are left out. One query.
    """
    messages = Message.objects.filter(about=about.lower(), about_id__in=list(ids)).defer("body", "subject")
    return {
        message.about_id: message for message in messages.order_by("created_at", "pk") if message.about_id
    }


def mailbox_url(message: Message, *, now: datetime) -> str:
    """Return the address of the mail's link for reading it in the shell, where mail stays on this machine; else "".

    Only for a message that came from `visible_to`: whoever reads it may take the candidate's test.
    """
    if message.link is None or not message.link.is_open(now=now) or not organisation().mail_is_local:
        return ""
    return link_url(message.link)


def may_resend(actor: Actor, message: Message) -> bool:
    """Whether `actor`, who may see `message`, may also send it again or take it back."""
    if actor.kind is not ActorKind.USER or actor.user is None:
        return actor.is_system
    return actor.has_role(Role.ADMINISTRATOR, Role.RECRUITER) or message.created_by_id == actor.user.pk


def may_write_kind(actor: Actor, kind: str) -> bool:
    """Whether `actor`, who writes templates, may also change the words of mail of `kind`."""
    return kind not in OPENS_ACCOUNTS or actor.has_role(Role.ADMINISTRATOR)


@dataclass(frozen=True)
class HistoryLine:
    """Something that happened to a message; `code` is what the mail server answered, `who` a colleague or ""."""

    at: datetime
    words: str
    code: int | None
    who: str


def message_history(message: Message) -> list[HistoryLine]:
    """Return what happened to `message` since it was written, oldest first. One query."""
    words = {
        "message.put_off": _("Did not go out, to be tried again"),
        "message.resent": _("To be sent again"),
    }
    words |= {f"message.{state.value}": str(state.label) for state in MessageState}
    events = Event.objects.filter(about="outbox.message", about_id=message.pk).select_related("actor_user")
    return [
        HistoryLine(
            at=event.at,
            words=words.get(event.kind, event.kind),
            code=event.data.get("code"),
            who=str(event.actor_user or ""),
        )
        for event in events.order_by("at", "pk")
    ]


def kept_mail(actor: Actor, *, now: datetime) -> QuerySet[Message]:
    """Return what was kept here and could still go out: its link is open, or it never had one; oldest first. Lazy."""
    kept = Message.objects.filter(state=MessageState.KEPT_HERE).exclude(kind=TEST_MAIL)
    is_open = Q(link__revoked_at=None) & (Q(link__expires_at=None) | Q(link__expires_at__gte=now))
    return (
        kept.filter(Q(link=None) | is_open)
        .visible_to(actor)
        .select_related("link")
        .defer("body")
        .order_by("created_at", "pk")
    )


@dataclass(frozen=True)
class TestMailResult:
    """The last test mail: what became of it, and when. `trouble` says what went wrong, where that is known."""

    message: Message
    trouble: MailTrouble | None

    @property
    def mend(self) -> str:
        return str(MENDS[self.trouble]) if self.trouble else ""


def last_test_mail(actor: Actor, public_id: str = "") -> TestMailResult | None:
    """Return the test mail with this public id, else the last one anybody asked for. At most two queries."""
    mails = Message.objects.filter(kind=TEST_MAIL).visible_to(actor).select_related("created_by")
    if public_id:
        mails = mails.filter(public_id=public_id)
    mail = mails.order_by("-created_at", "-pk").first()
    if mail is None:
        return None
    events = Event.objects.filter(about="outbox.message", about_id=mail.pk).order_by("-at", "-pk")
    trouble = next((event.data.get("trouble") for event in events[:1]), None)
    return TestMailResult(mail, MailTrouble(trouble) if trouble else None)


def needs_you_count(actor: Actor) -> int:
    """Return how many failed or unknown messages wait for `actor`. One query."""
    return Message.objects.visible_to(actor).filter(state__in=MessageState.needs_you).count()


def mail_is_due(*, now: datetime) -> bool:
    """Whether a message waits to be sent at `now` and may go out. One query."""
    return Message.objects.filter(not_held(), state=MessageState.QUEUED, due_at__lte=now).exists()


def not_held() -> Q:
    """The condition that mail goes out, for the very statement that takes a message up."""
    return Q(~Exists(Sign.objects.filter(name=SignName.MAIL_HOLD)))


@dataclass(frozen=True)
class MailHold:
    """Since when mail is held, and the moment of the backup that was restored, if that is why."""

    since: datetime
    cut_at: datetime | None


def mail_hold() -> MailHold | None:
    """Return what holds mail back, or None where it goes out. One query."""
    sign = Sign.objects.filter(name=SignName.MAIL_HOLD).first()
    if sign is None:
        return None
    cut_at = sign.data.get("cut_at")
    return MailHold(since=sign.at, cut_at=datetime.fromisoformat(cut_at) if cut_at else None)


def work_is_due(*, now: datetime) -> bool:
    """Whether a piece of work waits for a worker at `now`. One query."""
    return Work.objects.filter(state__in=WorkState.open_states, due_at__lte=now).exists()


def signs() -> dict[SignName, Sign]:
    """Return what each part of the installation last said of itself; who never spoke is left out. One query."""
    return {SignName(sign.name): sign for sign in Sign.objects.all()}


def house_notices(actor: Actor, organisation: Organisation, now: datetime) -> list[Notice]:
    """Return what every staff page has to say about mail, workers and scheduler. One query, whatever there is."""
    said = signs()
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


def house_health(now: datetime) -> dict[str, Health]:
    """Return how scheduler, workers, mail, long work and, where it is made, the backup are. Three queries."""
    said = signs()
    parts = {}
    for name in (SignName.SCHEDULER, *map(SignName, SignName.workers)):
        sign = said.get(name)
        alive = life(sign.at if sign else None, now=now)
        state = HealthState.OK if alive is Life.ALIVE else HealthState.DEGRADED
        age = seconds_since(sign.at if sign else None, now=now)
        parts[name.value] = Health(state, "" if alive is Life.ALIVE else alive.value, {"age_seconds": age})
    held = SignName.MAIL_HOLD in said
    parts["mail"] = _waiting_health(oldest_due_message(), now=now, note="mail is held" if held else "")
    parts["work"] = _waiting_health(oldest_due_work(), now=now)
    backup = _last_backup(said)
    if backup is not None:
        outcome = str(said[SignName.BACKUP].data.get("outcome", ""))
        late = "there was no backup for days" if now - backup > BACKUP_LATE_AFTER else ""
        note = outcome if outcome in BackupOutcome.troubles else late
        parts["backup"] = Health(
            HealthState.DEGRADED if note else HealthState.OK,
            note,
            {"age_seconds": seconds_since(backup, now=now)},
        )
    return parts


def _waiting_health(oldest: datetime | None, *, now: datetime, note: str = "") -> Health:
    waits = max(0.0, seconds_since(oldest, now=now) or 0.0)
    if not note and waits > WAITS_LONG.total_seconds():
        note = "something has waited for long"
    return Health(HealthState.DEGRADED if note else HealthState.OK, note, {"oldest_due_seconds": waits})


def oldest_due_message() -> datetime | None:
    """Return since when the message that waits longest is due; a moment to come where none is due yet. One query."""
    queued = Message.objects.filter(state=MessageState.QUEUED).order_by("due_at")
    return queued.values_list("due_at", flat=True).first()


def oldest_due_work() -> datetime | None:
    """Return since when the long work that waits longest is due, as for messages. One query."""
    waiting = Work.objects.filter(state__in=WorkState.open_states).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def _last_backup(said: Mapping[SignName, Sign]) -> datetime | None:
    sign = said.get(SignName.BACKUP)
    return parse_datetime(str(sign.data.get("last_good", ""))) if sign else None


def house_measures(now: datetime) -> list[Measure]:
    """Return the counts and ages of mail and long work, and the ages of the signs of life. Five queries."""
    said = signs()
    # How long ago a version first ran, or mail was held, is no age of a part.
    parts = {SignName.SCHEDULER, *map(SignName, SignName.workers)} & said.keys()
    ages = [({"part": name.value}, (now - said[name].at).total_seconds()) for name in sorted(parts)]
    messages = dict(Message.objects.order_by().values_list("state").annotate(total=Count("pk")))
    work = dict(Work.objects.order_by().values_list("state").annotate(total=Count("pk")))
    backup = _last_backup(said)
    found = [
        Measure(
            "messages",
            "Messages by state.",
            [({"state": each}, messages.get(each, 0)) for each in MessageState.values],
        ),
        Measure(
            "message_oldest_due_seconds",
            "For how long the oldest message that is due has waited.",
            [({}, max(0.0, seconds_since(oldest_due_message(), now=now) or 0.0))],
        ),
        Measure("mail_held", "1 while all mail is held.", [({}, float(SignName.MAIL_HOLD in said))]),
        Measure(
            "work",
            "Pieces of long work by state.",
            [({"state": each}, work.get(each, 0)) for each in WorkState.values],
        ),
        Measure(
            "work_oldest_due_seconds",
            "For how long the oldest piece of long work that is due has waited.",
            [({}, max(0.0, seconds_since(oldest_due_work(), now=now) or 0.0))],
        ),
        Measure("sign_age_seconds", "How long ago a part last gave its sign.", ages),
    ]
    if backup is not None:
        found.append(
            Measure(
                "backup_age_seconds",
                "How old the last good backup is.",
                [({}, (now - backup).total_seconds())],
            )
        )
    return found


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
