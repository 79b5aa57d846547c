"""What colleagues are told of the pipeline: whom it concerns, and the words for who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Role
from accounts.models import Actor, User
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.models import Note
from candidates.registries import MENTION
from hiring.enums import ApprovalState, JobRole
from hiring.models import (
    Application,
    ApplicationAssessment,
    Approval,
    Follow,
    Interview,
    Job,
    JobMember,
)
from hiring.queries.interviewing import my_interviews
from hiring.rules import MANAGING_ROLES, SEEING_ROLES
from outbox.enums import NotifyBy
from outbox.models import Message, Notification
from outbox.registries.notifications import NotificationKind, Told, register_concerned, register_notification

APPLICATION_NEW = "application_new"
TEST_FINISHED = "test_finished"
RESULT_CHANGED = "result_changed"
ASSIGNED = "assigned"
APPROVAL_ASKED = "approval_asked"
APPROVAL_DECIDED = "approval_decided"


def who_hears(applications: QuerySet[Application]) -> QuerySet[User]:
    """Return those who are told what happens with these applications: recruiters and hiring managers of their jobs, and
    whoever follows one of the jobs or people. Lazy.
    """
    members = JobMember.objects.filter(job__in=applications.values("job"), role__in=list(SEEING_ROLES))
    heard: QuerySet[User] = User.objects.filter(Q(pk__in=members.values("user")) | _followers(applications))
    return heard


def who_hears_of(application: Application) -> QuerySet[User]:
    """Return those whom `who_hears` names, of one application that was read already. Lazy."""
    members = JobMember.objects.filter(job=application.job_id, role__in=list(SEEING_ROLES))
    follows = Follow.objects.filter(Q(job=application.job_id) | Q(candidate=application.candidate_id))
    heard: QuerySet[User] = User.objects.filter(
        Q(pk__in=members.values("user")) | Q(pk__in=follows.values("user"))
    )
    return heard


def _followers(applications: QuerySet[Application]) -> Q:
    follows = Follow.objects.filter(
        Q(job__in=applications.values("job")) | Q(candidate__in=applications.values("candidate"))
    )
    return Q(pk__in=follows.values("user"))


def concerned_with_mail(message: Message) -> Q | None:
    """Say whom mail about an application or an invitation concerns: who recruits for its job, and followers.

    Of an answer about more time nobody hears but who wrote it: not everybody of the job may know that it was asked for.
    """
    if message.kind == ACCOMMODATION_ANSWER or message.about_id is None:
        return None
    if message.about == Application._meta.label_lower:
        applications = Application.objects.filter(pk=message.about_id)
    elif message.about == "assessments.invitation":
        ties = ApplicationAssessment.objects.filter(invitation=message.about_id)
        applications = Application.objects.filter(pk__in=ties.values("application"))
    else:
        return None
    members = JobMember.objects.filter(job__in=applications.values("job"), role__in=list(MANAGING_ROLES))
    return Q(pk__in=members.values("user")) | _followers(applications)


def colleagues_of(application: Application) -> QuerySet[User]:
    """Return the colleagues who may see an application, by name: a note about its person can mention them. Lazy."""
    members = JobMember.objects.filter(job=application.job_id, role__in=list(SEEING_ROLES))
    administrators = Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR)
    seeing = User.objects.filter(Q(pk__in=members.values("user")) | administrators, is_active=True)
    found: QuerySet[User] = User.objects.filter(pk__in=seeing.values("pk")).order_by("full_name", "pk")
    return found


def register() -> None:
    """Make known what hiring tells of, and whom mail about its rows concerns. Called once, when the app is ready."""
    register_concerned("hiring", concerned_with_mail)
    for kind in (
        NotificationKind(
            kind=APPLICATION_NEW,
            title=gettext_lazy("New applications"),
            counted=lambda n: (
                ngettext("%(count)d new application", "%(count)d new applications", n) % {"count": n}
            ),
            describe=_of_applications(_application_new),
            usual=NotifyBy.DAILY,
        ),
        NotificationKind(
            kind=TEST_FINISHED,
            title=gettext_lazy("Finished tests"),
            counted=lambda n: (
                ngettext("%(count)d finished test", "%(count)d finished tests", n) % {"count": n}
            ),
            describe=_of_applications(_test_finished),
            usual=NotifyBy.DAILY,
        ),
        NotificationKind(
            kind=RESULT_CHANGED,
            title=gettext_lazy("Results that changed after a key was mended"),
            counted=lambda n: (
                ngettext("%(count)d result that changed", "%(count)d results that changed", n) % {"count": n}
            ),
            describe=_of_applications(_result_changed),
            usual=NotifyBy.DAILY,
        ),
        NotificationKind(
            kind=MENTION,
            title=gettext_lazy("Mentions of you"),
            counted=lambda n: (
                ngettext("%(count)d mention of you", "%(count)d mentions of you", n) % {"count": n}
            ),
            describe=_of_notes,
            usual=NotifyBy.AT_ONCE,
        ),
        NotificationKind(
            kind=ASSIGNED,
            title=gettext_lazy("Work given to you"),
            counted=lambda n: (
                ngettext("%(count)d job or interview for you", "%(count)d jobs or interviews for you", n)
                % {"count": n}
            ),
            describe=_assigned,
            usual=NotifyBy.AT_ONCE,
        ),
        NotificationKind(
            kind=APPROVAL_ASKED,
            title=gettext_lazy("Approvals you are asked for"),
            counted=lambda n: (
                ngettext("%(count)d approval asked for", "%(count)d approvals asked for", n) % {"count": n}
            ),
            describe=_approvals_asked,
            usual=NotifyBy.AT_ONCE,
        ),
        NotificationKind(
            kind=APPROVAL_DECIDED,
            title=gettext_lazy("Approvals you asked for"),
            counted=lambda n: (
                ngettext("%(count)d approval decided", "%(count)d approvals decided", n) % {"count": n}
            ),
            describe=_approvals_decided,
            usual=NotifyBy.AT_ONCE,
        ),
    ):
        register_notification(kind)


def _of_applications(
    words: Callable[[Application, Notification], str],
) -> Callable[[Actor, Sequence[Notification]], Mapping[int, Told]]:
    """Describe rows that are about applications; many at once lead to their job."""

    def describe(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
        found = Application.objects.filter(pk__in=[row.about_id for row in rows]).visible_to(actor)
        seen = {application.pk: application for application in found.select_related("candidate", "job")}
        told = {}
        for row in rows:
            application = seen.get(row.about_id or 0)
            if application is None:
                continue
            url = reverse("hiring:application", args=[application.public_id])
            if row.count > 1:
                url = reverse("hiring:job", args=[application.job.slug])
            told[row.pk] = Told(words(application, row), url)
        return told

    return describe


def _application_new(application: Application, row: Notification) -> str:
    if row.count > 1:
        words = _("%(count)d new applications for “%(job)s”.")
        return words % {"count": row.count, "job": application.job.title}
    return _("%(person)s applied for “%(job)s”.") % _names(application)


def _test_finished(application: Application, row: Notification) -> str:
    return _("%(person)s has finished a test for “%(job)s”.") % _names(application)


def _result_changed(application: Application, row: Notification) -> str:
    words = _("A key was mended: the result of %(person)s for “%(job)s” is another now. Look at it again.")
    return words % _names(application)


def _approvals_asked(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    told = _of_applications(_approval_asked)(actor, rows)
    # Several at once are decided in their list.
    many = {row.pk for row in rows if row.count > 1}
    return {pk: Told(it.text, reverse("hiring:approvals")) if pk in many else it for pk, it in told.items()}


def _approval_asked(application: Application, row: Notification) -> str:
    if row.count > 1:
        words = _("%(count)d people wait for your approval for “%(job)s”.")
        return words % {"count": row.count, "job": application.job.title}
    return _("%(person)s waits for your approval for “%(job)s”.") % _names(application)


def _approvals_decided(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    decided = (ApprovalState.APPROVED, ApprovalState.DECLINED)
    found = Approval.objects.filter(
        application__in=[row.about_id for row in rows], asked_by=actor.user, state__in=decided
    )
    states = dict(found.order_by("pk").values_list("application", "state"))

    def words(application: Application, row: Notification) -> str:
        if states.get(application.pk) == ApprovalState.DECLINED:
            return _("%(person)s is not approved for “%(job)s”. The reason stands there.") % _names(
                application
            )
        return _("%(person)s is approved for “%(job)s”.") % _names(application)

    return _of_applications(words)(actor, rows)


def _names(application: Application) -> dict[str, str]:
    return {
        "person": application.candidate.full_name or _("An erased person"),
        "job": application.job.title,
    }


def _of_notes(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    found = Note.objects.filter(pk__in=[row.about_id for row in rows]).visible_to(actor)
    notes = {note.pk: note for note in found.select_related("candidate", "author").defer("body")}
    told = {}
    for row in rows:
        note = notes.get(row.about_id or 0)
        if note is not None:
            words = _("%(colleague)s mentions you in a note about %(person)s.") % {
                "colleague": note.author or _("Somebody who left"),
                "person": note.candidate.full_name or _("an erased person"),
            }
            url = reverse("hiring:person", args=[note.candidate.public_id])
            told[row.pk] = Told(words, f"{url}#note-{note.pk}")
    return told


def _assigned(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    interviews = [row for row in rows if row.about == Interview._meta.label_lower]
    jobs = [row for row in rows if row.about == Job._meta.label_lower]
    return {**_of_interviews(actor, interviews), **_of_jobs(actor, jobs)}


def _of_interviews(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    if not rows:
        return {}
    found = my_interviews(actor).filter(pk__in=[row.about_id for row in rows])
    mine = {interview.pk: interview for interview in found}
    told = {}
    for row in rows:
        interview = mine.get(row.about_id or 0)
        if interview is not None:
            words = _("You interview %(person)s for “%(job)s”: %(title)s.") % {
                **_names(interview.application),
                "title": interview.title,
            }
            told[row.pk] = Told(words, reverse("hiring:interview", args=[interview.application.public_id]))
    return told


def _of_jobs(actor: Actor, rows: Sequence[Notification]) -> Mapping[int, Told]:
    if not rows:
        return {}
    ids = [row.about_id for row in rows if row.about_id is not None]
    jobs = {job.pk: job for job in Job.objects.filter(pk__in=ids).visible_to(actor)}
    roles: dict[int, list[str]] = {}
    members = JobMember.objects.filter(job__in=ids, user=actor.user).order_by("role")
    for job_id, role in members.values_list("job_id", "role"):
        roles.setdefault(job_id, []).append(str(JobRole(role).label).lower())
    told = {}
    for row in rows:
        job = jobs.get(row.about_id or 0)
        if job is not None:
            if names := roles.get(job.pk):
                words = _("You were put on “%(job)s”: %(roles)s.") % {
                    "job": job.title,
                    "roles": ", ".join(names),
                }
            else:
                words = _("You were put on “%(job)s”.") % {"job": job.title}
            told[row.pk] = Told(words, reverse("hiring:job", args=[job.slug]))
    return told
