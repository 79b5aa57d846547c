"""The history as people read it: what happened in words, who did it, and a way to what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.enums import ActorKind
from accounts.models import Actor, User
from outbox.models import Event
from shell.registries import Subject, event_group, event_groups, event_words, find_subjects

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFilter:
    """What a page of the history is narrowed down to; an unknown word of its address narrows nothing down."""

    groups: Sequence[tuple[str, str]]
    colleagues: Sequence[User]
    group: str = ""
    who: str = ""
    since: str = ""
    until: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.used)

    @property
    def used(self) -> list[str]:
        """The names of what narrows it down."""
        return [name for name in ("group", "who", "since", "until") if getattr(self, name)]

    def narrowed(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Return those of `events` that are asked for, the newest first. Lazy."""
        if self.group:
            events = events.filter(kind__in=event_group(self.group))
        if self.who == SYSTEM:
            events = events.filter(actor_user=None)
        elif self.who:
            events = events.filter(actor_user=int(self.who))
        if self.since:
            events = events.filter(at__gte=_midnight(self.since))
        if self.until:
            events = events.filter(at__lt=_midnight(self.until) + timedelta(days=1))
        return events.order_by("-at", "-pk")


def history_filter(parameters: QueryDict, actor: Actor) -> HistoryFilter:
    """Return what the parameters of an address ask for. One query: the colleagues to choose from."""
    colleagues = list(User.objects.all().visible_to(actor).order_by("full_name", "pk"))
    groups = event_groups()
    group, who = parameters.get("group", ""), parameters.get("who", "")
    return HistoryFilter(
        groups=groups,
        colleagues=colleagues,
        group=group if group in dict(groups) else "",
        who=who if who in {SYSTEM, *(str(user.pk) for user in colleagues)} else "",
        since=_day(parameters.get("since", "")),
        until=_day(parameters.get("until", "")),
    )


def _day(word: str) -> str:
    try:
        day = parse_date(word)
    except ValueError:
        return ""
    # The ends of the calendar have no midnight in every zone, and no history.
    return day.isoformat() if day is not None and 2000 <= day.year < 2200 else ""


def _midnight(day: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(day))


def events_about(subjects: Iterable[tuple[str, object]]) -> Q:
    """Return the condition of events about rows: pairs of a model's label and its row's number, or of many."""
    wanted = Q(pk__in=[])
    for label, ids in subjects:
        key = "about_id" if isinstance(ids, int) else "about_id__in"
        wanted |= Q(about=label.lower(), **{key: ids})
    return wanted


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened. `subject` is what it is about; it leads there where the reader may see it."""

    event: Event
    words: str
    detail: str
    who: str
    subject: Subject


def event_lines(events: Iterable[Event], actor: Actor) -> list[EventLine]:
    """Say of each of `events` (loaded with `actor_user`) what it is. A query for each kind of thing they are about."""
    shown = list(events)
    ids: dict[str, set[int]] = defaultdict(set)
    for event in shown:
        if event.about_id is not None:
            ids[event.about].add(event.about_id)
    found = {label: find_subjects(label, numbers, actor) for label, numbers in ids.items()}
    lines = []
    for event in shown:
        title, detail = event_words(event.kind, event.data)
        subject = found.get(event.about, {}).get(event.about_id or 0) or Subject(_name_of(event))
        lines.append(EventLine(event, title, detail, _who(event), subject))
    return lines


def _name_of(event: Event) -> str:
    """What kind of thing it is about, for whoever may not see it or where it is gone."""
    if not event.about:
        return ""
    try:
        return str(apps.get_model(event.about)._meta.verbose_name)
    except (LookupError, ValueError):
        return event.about


def _who(event: Event) -> str:
    if event.actor_user is not None:
        name = str(event.actor_user)
        return _("%s, by an API key") % name if event.actor_key_id else name
    if event.actor_kind == ActorKind.LINK:
        return _("The candidate")
    return _("Somebody") if event.kind == "accounts.sign_in_failed" else _("The system")
