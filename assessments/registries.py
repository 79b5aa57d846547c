"""What assessments registers with the floors below: its mail, who may open which list, who sees keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Actor
from accounts.registries import register_mask, register_role_permissions
from assessments.enums import AccommodationState, AttemptState, Band, IntegrityGrade, InvitationState
from outbox.enums import Audience
from outbox.registries import MessageKind, register_kind
from shell.registries import register_tones

if TYPE_CHECKING:
    from assessments.models import Invitation, OpenLink
    from assessments.queries.neighbours import OpenedList
    from candidates.models import Candidate

TEST_INVITATION = "test_invitation"
TEST_REMINDER = "test_reminder"
ACCOMMODATION_ANSWER = "accommodation_answer"
SIGN_UP = "sign_up"


# Answers of people are read with the key by those who hire or write questions; others see answers and marks.
KEY_ROLES = (Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR)


# (which list of its kind, who asks, the parameters of the address, now) -> the list, None where it may not be seen.
OpenList = Callable[[str, Actor, QueryDict, datetime], "OpenedList | None"]

_result_lists: dict[str, OpenList] = {}


def register_result_list(kind: str, open_list: OpenList) -> None:
    """Let attempts be turned over in the order of the lists that `open_list` opens."""
    _result_lists[kind] = open_list


def result_lists() -> Mapping[str, OpenList]:
    """Return what opens each kind of list."""
    return _result_lists


_may_take: list[Callable[[Actor], bool]] = []


def register_taking(may: Callable[[Actor], bool]) -> None:
    """Let the app above, which knows roles on jobs, say who takes results of a test along as a file. There is one."""
    _may_take[:] = [may]


def may_take_results(actor: Actor) -> bool:
    """Whether the actor may take along the results that they see."""
    return all(may(actor) for may in _may_take)


# By name, what says which of these invitations nobody is to be reminded of now.
Quiet = Callable[[Sequence[int]], Iterable[int]]
_quiet: dict[str, Quiet] = {}


def register_quiet(name: str, quiet: Quiet) -> None:
    """Let an app above keep invitations from being reminded: those of an application that is on hold, for example."""
    _quiet[name] = quiet


def kept_quiet(invitation_ids: Sequence[int]) -> set[int]:
    """Return the invitations among these that nobody is to be reminded of now. As many queries as apps ask."""
    return {pk for quiet in _quiet.values() for pk in quiet(invitation_ids)}


# By name, what says which of these invitations are mailed in words of a scope of their own, and in which.
Scopes = Callable[[Sequence[int]], Mapping[int, str]]
_scopes: dict[str, Scopes] = {}


def register_scopes(name: str, find: Scopes) -> None:
    """Let an app above say whose words the mail of invitations has: those of a job, for example."""
    _scopes[name] = find


def mail_scopes(invitation_ids: Sequence[int]) -> dict[int, str]:
    """Return the scopes of the words that mail about these invitations has. As many queries as apps ask."""
    return {pk: scope for find in _scopes.values() for pk, scope in find(invitation_ids).items()}


# (an open link) -> the scope of the words of its mail, "" for those that hold everywhere.
LinkScope = Callable[[int], str]
_link_scopes: list[LinkScope] = []


def register_link_scope(find: LinkScope) -> None:
    """Let the app above say whose words confirm an address at an open link of its own. There is one."""
    _link_scopes[:] = [find]


def link_scope(open_link_id: int) -> str:
    """Return the scope of the words that mail of an open link has. As many queries as the app above asks."""
    return next((find(open_link_id) for find in _link_scopes), "")


# Makes the invitation of somebody who came by an open link; None where the link is none of its own.
Inviter = Callable[["OpenLink", "Candidate", datetime], "Invitation | None"]
_inviters: list[Inviter] = []


def register_inviter(make: Inviter) -> None:
    """Let the app above invite whoever comes by an open link of its own, a job's for example. There is one."""
    _inviters[:] = [make]


def inviter() -> Inviter | None:
    """Return what the app above registered."""
    return _inviters[0] if _inviters else None


# (an invitation, why the retake rule is left aside, who asks, now) -> the new invitation of whom an app above knows
# by it, else None.
InviterAgain = Callable[["Invitation", str, Actor, datetime], "Invitation | None"]
_inviters_again: list[InviterAgain] = []


def register_inviter_again(make: InviterAgain) -> None:
    """Let the app above invite those of its own again: the applicants of a job, for example. There is one."""
    _inviters_again[:] = [make]


def inviter_again() -> InviterAgain | None:
    """Return what the app above registered."""
    return _inviters_again[0] if _inviters_again else None


def register() -> None:
    """Register everything of this app. Called once, when the app is ready."""
    _register_mail()
    register_mask("assessments.Attempt", "keys", _may_see_keys)
    register_mask("assessments.Invitation", "extra_seconds", _may_see_extra_time)
    register_mask("assessments.Invitation", "extra_reason", _may_see_extra_time)
    every, read = {"view", "add", "change"}, {"view"}
    register_role_permissions(
        Role.RECRUITER, {"assessments.Assessment": every, "assessments.Invitation": {"view", "change"}}
    )
    register_role_permissions(Role.QUESTION_AUTHOR, {"assessments.Assessment": every})
    register_role_permissions(Role.ANALYST, {"assessments.Assessment": read})
    register_tones(
        good=[InvitationState.FINISHED, AttemptState.SUBMITTED, Band.PASSED],
        attention=[InvitationState.EXPIRED, Band.BORDERLINE],
        bad=[InvitationState.REVOKED, InvitationState.VOID, Band.BELOW],
        accent=[InvitationState.STARTED, AttemptState.IN_PROGRESS],
    )
    register_tones(good=[AccommodationState.GRANTED], attention=[AccommodationState.OPEN])
    register_tones(attention=[IntegrityGrade.SEVERAL], accent=[IntegrityGrade.FEW])


def _may_see_keys(actor: Actor, _attempt: Model | None) -> bool:
    return actor.has_role(*KEY_ROLES)


def _may_see_extra_time(actor: Actor, _invitation: Model | None) -> bool:
    # Why somebody gets more time is often their health: who compares results does not see that they did.
    return actor.has_role(Role.ADMINISTRATOR)


def _register_mail() -> None:
    register_kind(
        MessageKind(
            kind=TEST_INVITATION,
            title=_("Invitation to a test"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "test_name": _("The name of the test"),
                "organisation": _("The name of your organisation"),
                "minutes": _("The time limit in minutes, with the person's extra time"),
                "questions": _("How many questions the test has"),
                "expires_at": _("Until when the test can be started"),
                "contact": _("Whom to ask"),
                "extra_time": _("A sentence about extra time, or nothing"),
                "opening": _("A sentence with when the test opens, or nothing"),
            },
            own_fields=frozenset({"organisation", "contact", "expires_at", "test_name", "opening"}),
            # Who has extra time is for administrators alone, and the limit tells it too.
            confidential=frozenset({"minutes", "extra_time"}),
            subject=_("Your test for {{ organisation }}: {{ test_name }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "{{ organisation }} invites you to take the test “{{ test_name }}”. It has {{ questions }} questions "
                "and a time limit of {{ minutes }} minutes. {{ extra_time }}\n\n"
                "{{ link }}\n\n"
                "You can start at any time until {{ expires_at }}. {{ opening }} Opening the page does not start the "
                "clock: you read first what to expect, and the time begins when you press Start. Choose a quiet "
                "moment; if your connection drops, open the same link again and you go on where you were.\n\n"
                "The link is yours alone, please do not pass it on. If you need more time, another format or have a "
                "question, write to {{ contact }}."
            ),
            button=_("Open the test"),
            why=_("You were invited to take this test as part of an application or a selection."),
        )
    )
    register_kind(
        MessageKind(
            kind=TEST_REMINDER,
            title=_("Reminder of a test"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "test_name": _("The name of the test"),
                "organisation": _("The name of your organisation"),
                "minutes": _("The time limit in minutes, with the person's extra time"),
                "questions": _("How many questions the test has"),
                "expires_at": _("Until when the test can be started"),
                "contact": _("Whom to ask"),
                "extra_time": _("A sentence about extra time, or nothing"),
                "opening": _("A sentence with when the test opens, or nothing"),
            },
            own_fields=frozenset({"organisation", "contact", "expires_at", "test_name", "opening"}),
            # Who has extra time is for administrators alone, and the limit tells it too.
            confidential=frozenset({"minutes", "extra_time"}),
            subject=_("Your test for {{ organisation }} waits for you: {{ test_name }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "{{ organisation }} invited you to take the test “{{ test_name }}”, and you have not started it yet. "
                "You can start at any time until {{ expires_at }}. It takes {{ minutes }} minutes. {{ extra_time }}\n\n"
                "{{ link }}\n\n"
                "Opening the page does not start the clock. It is the same link as in the first mail.\n\n"
                "If you need more time or another format, say so on that page before you start. If you no longer wish "
                "to take the test, you need not do anything. For anything else, write to {{ contact }}."
            ),
            button=_("Open the test"),
            why=_("You were invited to take this test and have not started it yet."),
        )
    )
    register_kind(
        MessageKind(
            kind=SIGN_UP,
            title=_("Confirmation of an address"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The name that was typed"),
                "title": _("What the open link is about"),
                "test_name": _("The name of the test"),
                "organisation": _("The name of your organisation"),
                "contact": _("Whom to ask"),
            },
            own_fields=frozenset({"organisation", "contact", "test_name", "title"}),
            subject=_("Confirm your address: {{ title }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "somebody, you we hope, asked {{ organisation }} for an invitation to the test “{{ test_name }}” with "
                "this address. Confirm it, and you come to the page of the test. Nothing starts by that.\n\n"
                "{{ link }}\n\n"
                "The link works for a week. If it was not you, do nothing: your address is then deleted. For anything "
                "else, write to {{ contact }}."
            ),
            button=_("Confirm my address"),
            why=_("This address was typed on a page of ours."),
        )
    )
    register_kind(
        MessageKind(
            kind=ACCOMMODATION_ANSWER,
            title=_("Answer about more time or another format"),
            audience=Audience.CANDIDATE,
            fields={
                "candidate_name": _("The candidate's name"),
                "test_name": _("The name of the test"),
                "organisation": _("The name of your organisation"),
                "decision": _("A sentence with what was decided"),
                "answer": _("What your colleague wrote, or nothing"),
                "minutes": _("The time limit in minutes, with the person's extra time"),
                "expires_at": _("Until when the test can be started"),
                "contact": _("Whom to ask"),
            },
            own_fields=frozenset({"organisation", "contact", "expires_at", "test_name", "decision"}),
            subject=_("About your test for {{ organisation }}: {{ test_name }}"),
            body=_(
                "Hello {{ candidate_name }},\n\n"
                "you asked for more time or another format for the test “{{ test_name }}”. {{ decision }}\n\n"
                "{{ answer }}\n\n"
                "The time limit is {{ minutes }} minutes for you. You can start at any time until {{ expires_at }}, "
                "with the link that you have, or this one:\n\n"
                "{{ link }}\n\n"
                "If this does not help, write to {{ contact }}, or ask again on the page of the test before you start."
            ),
            button=_("Open the test"),
            why=_("You asked for more time or another format for a test."),
        )
    )
