"""The first day: what is to be set up before the first candidate is invited, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor, Organisation, User
from assessments.models import Assessment
from hiring.models import Job
from outbox.enums import MessageState
from outbox.models import Message
from outbox.registries import TEST_MAIL


class StepState(StrEnum):
    """How far a step is."""

    OPEN = "open"
    DONE = "done"
    # Decided where the site was started; nothing can or need be done here.
    BY_ENVIRONMENT = "by_environment"
    # Saved, and in force from the next start on.
    NEXT_START = "next_start"
    SET_ASIDE = "set_aside"


# What a small house may do without. A job and a test are what everybody came for.
OPTIONAL: Final = ("identity", "address", "mail", "colleagues")
SETTLED: Final = (StepState.DONE, StepState.BY_ENVIRONMENT, StepState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up: what, why, how far it is, and what is known about it."""

    code: str
    title: str
    why: str
    state: StepState
    note: str = ""

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    @property
    def is_optional(self) -> bool:
        return self.code in OPTIONAL


@dataclass(frozen=True, slots=True)
class FirstDay:
    """All steps, in the order in which they help each other."""

    steps: tuple[Step, ...]

    @property
    def settled(self) -> int:
        return sum(step.is_settled for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The first one that is still open."""
        return next((step for step in self.steps if not step.is_settled), None)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.next_step is None

    @property
    def set_aside(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.state is StepState.SET_ASIDE)


def first_day(actor: Actor, home: Organisation) -> FirstDay | None:
    """Return what is to be set up, for administrators of a real organisation; else None. One query."""
    if actor.user is None or not actor.has_role(Role.ADMINISTRATOR) or home.is_sample:
        return None
    tests = Message.objects.filter(kind=TEST_MAIL).order_by("-created_at", "-pk")
    published = Assessment.objects.exclude(current_version=None).filter(retired_at=None).order_by("pk")
    facts = (
        User.objects.filter(pk=actor.user.pk)
        .annotate(
            has_colleague=Exists(User.objects.exclude(pk=OuterRef("pk")).filter(is_active=True)),
            has_job=Exists(Job.objects.all()),
            test=Subquery(published.values("name")[:1]),
            mail=Subquery(tests.values("state")[:1]),
        )
        .values("has_colleague", "has_job", "test", "mail")
        .get()
    )
    steps = [
        _identity(home),
        _address(home),
        _mail(home, facts["mail"]),
        Step(
            "colleagues",
            _("Invite colleagues"),
            _("Recruiters and hiring managers sign in with accounts of their own, and see only their jobs."),
            StepState.DONE if facts["has_colleague"] else StepState.OPEN,
        ),
        Step(
            "job",
            _("Open the first job"),
            _("Candidates apply for a job and move through its stages."),
            StepState.DONE if facts["has_job"] else StepState.OPEN,
        ),
        Step(
            "test",
            _("Have a test to send"),
            _("A published test is what candidates are invited to."),
            StepState.DONE if facts["test"] else StepState.OPEN,
            note=_("“%(name)s” is ready to send.") % {"name": facts["test"]} if facts["test"] else "",
        ),
    ]
    return FirstDay(tuple(_unless_set_aside(step, home) for step in steps))


def _unless_set_aside(step: Step, home: Organisation) -> Step:
    if step.code not in home.set_aside or not step.is_optional or step.is_settled:
        return step
    return Step(step.code, step.title, step.why, StepState.SET_ASIDE)


def _identity(home: Organisation) -> Step:
    is_named = home.name != Organisation._meta.get_field("name").default
    note = ""
    if is_named and not home.logo_digest:
        note = _("The name is set; a logo is not there yet.")
    return Step(
        "identity",
        _("Say who you are: name and logo"),
        _("Candidates see them on every page and in every mail."),
        StepState.DONE if is_named and home.logo_digest else StepState.OPEN,
        note=note,
    )


def _address(home: Organisation) -> Step:
    state, note = StepState.OPEN, ""
    if home.is_reachable:
        is_fixed = settings.SITE_ADDRESS_FROM != "screen"
        state, note = StepState.BY_ENVIRONMENT if is_fixed else StepState.DONE, home.address
    elif home.site_address and settings.SITE_ADDRESS_FROM == "screen":
        state = StepState.NEXT_START
        note = _("%(address)s counts from the next start on.") % {"address": home.site_address}
    return Step(
        "address",
        _("Set the address of this site"),
        _("Links in mail start with it. At present they would lead to this machine alone.")
        if state is StepState.OPEN
        else _("Links in mail start with it."),
        state,
        note=note,
    )


def _mail(home: Organisation, last: str | None) -> Step:
    why = _("Until then mail stays on this machine, and candidates get none.")
    if home.mail_is_local:
        return Step("mail", _("Send mail"), why, StepState.OPEN)
    why = _("Invitations and answers reach candidates.")
    if last == MessageState.SENT:
        return Step(
            "mail", _("Send mail"), why, StepState.DONE, note=_("The last test mail was taken by the server.")
        )
    if settings.EMAIL_URL and last is None:
        return Step(
            "mail", _("Send mail"), why, StepState.BY_ENVIRONMENT, note=_("No test mail was sent yet.")
        )
    note = _("The last test mail did not go out.") if last else _("Send yourself a test mail to be sure.")
    if last in MessageState.open_states:
        note = _("A test mail is on its way.")
    return Step("mail", _("Send mail"), why, StepState.OPEN, note=note)
