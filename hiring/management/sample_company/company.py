"""Founds the sample company once, and says each time how to get in."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Actor, User
from accounts.operations import create_user, set_organisation
from accounts.queries import organisation
from assessments.enums import InvitationState
from assessments.models import Assessment, Invitation
from assessments.operations import seed_starter_content
from assessments.queries import with_state
from candidates.models import Candidate
from hiring import operations
from hiring.enums import ApplicationStatus, Verdict
from hiring.management.sample_company.cast import (
    APPROVAL_NOTE,
    BACKEND,
    COLLEAGUES,
    COMPANY,
    DOMAIN,
    PEOPLE,
    jobs,
)
from hiring.management.sample_company.papers import hand_in
from hiring.management.sample_company.play import SYSTEM, Play
from hiring.management.sample_company.plot import LONGEST_AGO, stories
from hiring.models import Application, ApplicationAssessment, Job, Stage
from hiring.queries import was_started_for_real
from outbox.models import Notification
from outbox.operations import deliver_due, read_notifications
from outbox.queries import link_url

ADDRESS = "flask"
WORDS = """
amber anchor apple arrow autumn badge basil beacon birch bridge cabin canal candle cedar cherry cliff clover
comet copper coral cotton creek daisy delta dune ember falcon fern ferry field flint forest garden ginger
grove harbor hazel heron island ivory jade juniper kite lagoon lantern lemon lilac linen maple marble meadow
mint moss north oak olive orchid otter pebble pepper pine plum poplar prairie quartz raven reed ridge river
robin saddle sage sail sand silver slate sparrow spruce stone summit thistle thyme timber tulip valley velvet
violet walnut willow winter wren
""".split()  # noqa: SIM905 -- a word a line would fill two pages


class NotSample(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """The database holds data that is not ours; sample people among real ones would be a mess nobody can undo."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in as somebody."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Entrance:
    """What the operator is told."""

    logins: tuple[Login, ...]
    link: str
    mail: str
    created: bool

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def found(*, now: datetime) -> Entrance:
    """Found the company if it is not there, and return how to get in. Safe to repeat; the data people made is kept.

    Raises: `NotSample` for a database with real data in it.
    """
    created = False
    with transaction.atomic():
        if not organisation().is_sample:
            _found(now)
            created = True
        link = _fresh_link(now)
    return Entrance(tuple(_logins()), link, reverse("outbox:mail"), created)


def _found(now: datetime) -> None:
    if Job.objects.exists() or Candidate.objects.exists() or was_started_for_real():
        raise NotSample
    begun = now - timedelta(days=LONGEST_AGO + 1)
    (content,) = seed_starter_content(by=SYSTEM, now=begun, slugs=[ADDRESS])
    set_organisation(
        by=SYSTEM,
        now=begun,
        name=COMPANY,
        is_sample=True,
        reply_to=f"jobs@{DOMAIN}",
        privacy_contact=f"privacy@{DOMAIN}",
        time_zone="Europe/Amsterdam",
    )
    users = _hire_colleagues(begun)
    made = _post_jobs(users, content.assessment, begun)
    play = Play(
        jobs=made,
        recruiters={ad.slug: users[ad.recruiter] for ad in jobs(content.assessment.pk)},
        manager=users["priya"],
        assessment=content.assessment,
        now=now,
    )
    play.run(stories(now=now))
    _ask_for_an_offer(made[BACKEND], Actor.of_user(users["ida"]), now)
    hand_in(job=made[BACKEND], recruiter=users["ida"])
    for user in users.values():
        _let_read(user, now)


def _ask_for_an_offer(job: Job, recruiter: Actor, now: datetime) -> None:
    """Let whoever waits longest after an interview wait for the manager's approval of an offer."""
    there = Application.objects.filter(job=job, status=ApplicationStatus.ACTIVE, stage__name="Interview")
    application = there.select_related("candidate", "job").order_by("stage_entered_at", "pk").first()
    if application is None:
        return
    since = max(now - timedelta(hours=20), application.stage_entered_at + timedelta(minutes=1))
    operations.recommend(application=application, verdict=Verdict.YES, by=recruiter, now=since)
    operations.ask_approval(
        application=application,
        to_stage=Stage.objects.get(job=job, name="Offer"),
        seen_version=None,
        note=APPROVAL_NOTE,
        by=recruiter,
        now=since,
    )


def _let_read(user: User, now: datetime) -> None:
    """Let a colleague have read what happened up to a week ago."""
    old = Notification.objects.filter(user=user, created_at__lt=now - timedelta(days=7))
    newest = old.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        read_notifications(until=newest, by=Actor.of_user(user), now=now)


def _hire_colleagues(now: datetime) -> dict[str, User]:
    passwords = {login.email: login.password for login in _logins()}
    return {
        one.key: create_user(
            email=one.email,
            full_name=one.name,
            password=passwords[one.email],
            roles=one.roles,
            by=SYSTEM,
            now=now,
        )
        for one in COLLEAGUES
    }


def _post_jobs(users: dict[str, User], assessment: Assessment, now: datetime) -> dict[str, Job]:
    made = {}
    for number, ad in enumerate(jobs(assessment.pk)):
        moment = now + timedelta(hours=5 * number + 1)
        job = operations.create_job(
            title=ad.title,
            slug=ad.slug,
            department=ad.department,
            location=ad.location,
            description=ad.description,
            members=[
                (users[one.key], role) for one in COLLEAGUES for slug, role in one.jobs if slug == ad.slug
            ],
            stages=ad.stages,
            by=Actor.of_user(users[ad.recruiter]),
            now=moment,
        )
        operations.add_openings(
            job=job, count=ad.openings - 1, by=Actor.of_user(users[ad.recruiter]), now=moment
        )
        made[ad.slug] = operations.open_job(job=job, by=Actor.of_user(users[ad.recruiter]), now=moment)
    return made


def _fresh_link(now: datetime) -> str:
    """Return the link of an invitation that nobody has used yet; a new person is invited when there is none."""
    ties = ApplicationAssessment.objects.filter(application__job__slug=BACKEND)
    unused: QuerySet[Any] = (
        with_state(Invitation.objects.filter(pk__in=ties.values("invitation")), now)
        .filter(Q(state_now=InvitationState.INVITED))
        .select_related("link")
        .order_by("-expires_at", "pk")
    )
    invitation = unused.first() or _invite_somebody(now)
    return link_url(invitation.link)


def _invite_somebody(now: datetime) -> Invitation:
    job = Job.objects.get(slug=BACKEND)
    number = Candidate.objects.count() - len(PEOPLE) + 1
    application, _is_new = operations.apply(
        job=job, full_name=f"Robin Doe {number}", email=f"robin.doe.{number}@example.com", by=SYSTEM, now=now
    )
    assessment = Assessment.objects.get(slug=ADDRESS)
    invitation = operations.invite_to_test(application=application, assessment=assessment, by=SYSTEM, now=now)
    deliver_due(now=now, limit=5)
    return Invitation.objects.select_related("link").get(pk=invitation.pk)


# --- Logins ----------------------------------------------------------------------------------------------------


def _logins() -> list[Login]:
    """Return the logins of this folder; their passwords are made at the first call and kept, readable to us alone."""
    path = operations.logins_file()
    if path.exists():
        kept = {one["email"]: one["password"] for one in json.loads(path.read_text())}
    else:
        kept = {}
    logins = [Login(one.title, one.name, one.email, kept.get(one.email) or _password()) for one in COLLEAGUES]
    if any(login.email not in kept for login in logins):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            json.dump([asdict(login) for login in logins], opened, indent=1)
        fresh.replace(path)
    return logins


def _password() -> str:
    """Return a random password that can be typed: three of ninety words and four digits, for sample data only."""
    words = "-".join(secrets.choice(WORDS) for _ in range(3))
    return f"{words}-{secrets.randbelow(9000) + 1000}"
