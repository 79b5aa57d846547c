"""Which role may what, unless an installation decides otherwise; and what no installation changes, with why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.registries import register_capability, register_roles
from hiring.enums import Capability, JobRole

RECRUITER, MANAGER = JobRole.RECRUITER, JobRole.HIRING_MANAGER
DECIDERS = (RECRUITER, MANAGER)


def register() -> None:
    """Register the roles and what each may do."""
    register_roles(
        {role.value: role.label for role in JobRole}
        | {role.value: role.label for role in (Role.ANALYST, Role.QUESTION_AUTHOR)}
    )
    _see()
    _do()
    _rest()


def _see() -> None:
    group = _("What they see of people")
    assigned = _("Whoever decides about people sees them. Interviewers see those whom they interview.")
    unbiased = _("Whoever interviews is not to know beforehand how others judge.")
    register_capability(Capability.SEE, Capability.SEE.label, DECIDERS, group=group, why_fixed=assigned)
    register_capability(
        Capability.CONTACT,
        Capability.CONTACT.label,
        DECIDERS,
        group=group,
        why_fixed=_("Only whoever sees all of a job's people may need to reach them."),
    )
    register_capability(Capability.SCORES, Capability.SCORES.label, DECIDERS, group=group, why_fixed=unbiased)
    register_capability(
        Capability.CONFIDENTIAL_NOTES,
        Capability.CONFIDENTIAL_NOTES.label,
        (RECRUITER,),
        group=group,
        why_fixed=_("Whoever wrote such a note was promised it."),
    )
    register_capability(
        Capability.ACCOMMODATION,
        Capability.ACCOMMODATION.label,
        (RECRUITER,),
        group=group,
        why_fixed=_("It may tell of somebody's health; only whoever answers the request reads it."),
    )
    register_capability(
        Capability.DOWNLOAD, Capability.DOWNLOAD.label, DECIDERS, group=group, changeable=DECIDERS
    )
    register_capability(
        Capability.EXPORT, Capability.EXPORT.label, DECIDERS, group=group, changeable=DECIDERS
    )


def _do() -> None:
    group = _("What they do with people")
    for code, defaults in (
        (Capability.COMMENT, DECIDERS),
        (Capability.RECOMMEND, DECIDERS),
        (Capability.ADD, (RECRUITER,)),
        (Capability.MOVE, (RECRUITER,)),
        (Capability.APPROVE, (MANAGER,)),
        (Capability.INVITE, (RECRUITER,)),
        (Capability.MAIL, (RECRUITER,)),
        (Capability.DECIDE, (RECRUITER,)),
    ):
        register_capability(code, code.label, defaults, group=group, changeable=DECIDERS)


def _rest() -> None:
    group = _("Jobs and numbers")
    register_capability(
        Capability.SALARY, Capability.SALARY.label, (RECRUITER,), group=group, changeable=DECIDERS
    )
    register_capability(
        Capability.CHANGE_JOB,
        Capability.CHANGE_JOB.label,
        (RECRUITER,),
        group=group,
        why_fixed=_("Whoever says who is on a job could give themselves everything else."),
    )
    register_capability(
        Capability.NUMBERS,
        Capability.NUMBERS.label,
        (Role.ANALYST,),
        group=group,
        why_fixed=_("Everybody else sees the numbers of the jobs whose people they see."),
    )
    register_capability(
        Capability.EXPORT_NUMBERS,
        Capability.EXPORT_NUMBERS.label,
        (Role.ANALYST,),
        group=group,
        changeable=(Role.ANALYST,),
    )
