"""What events are about, of all rooms that lie below: what it is called, and where whoever may see it does."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from accounts.models import Actor
from assessments.models import Assessment, Attempt, Invitation
from candidates.models import Candidate
from hiring.models import Application, Job
from questions.models import Question
from shell.registries import Subject, register_subjects


def _applications(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Application.objects.filter(pk__in=ids).visible_to(actor).select_related("candidate", "job")
    return {
        row.pk: Subject(
            f"{row.candidate}, {row.job.title}", reverse("hiring:application", args=[row.public_id])
        )
        for row in rows
    }


def _jobs(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Job.objects.filter(pk__in=ids).visible_to(actor)
    return {row.pk: Subject(row.title, reverse("hiring:job", args=[row.slug])) for row in rows}


def _people(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Candidate.objects.filter(pk__in=ids).visible_to(actor)
    return {
        row.pk: Subject(str(row), "" if row.erased_at else reverse("hiring:person", args=[row.public_id]))
        for row in rows
    }


def _tests(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Assessment.objects.filter(pk__in=ids).visible_to(actor)
    return {
        row.pk: Subject(row.name, reverse("admin:assessments_assessment_change", args=[row.pk]))
        for row in rows
    }


def _invitations(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Invitation.objects.filter(pk__in=ids).visible_to(actor)
    return {
        row.pk: Subject(
            f"{row.candidate}, {row.version.assessment.name}",
            reverse("admin:assessments_invitation_change", args=[row.pk]),
        )
        for row in rows.select_related("candidate", "version__assessment")
    }


def _attempts(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Attempt.objects.filter(pk__in=ids).visible_to(actor)
    return {
        row.pk: Subject(
            f"{row.invitation.candidate}, {row.invitation.version.assessment.name}",
            reverse("assessments:attempt", args=[row.pk]),
        )
        for row in rows.select_related("invitation__candidate", "invitation__version__assessment")
    }


def _questions(ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    rows = Question.objects.filter(pk__in=ids).visible_to(actor)
    return {
        row.pk: Subject(str(row), reverse("admin:questions_question_change", args=[row.pk])) for row in rows
    }


def register() -> None:
    """Register them. Called once, by the app's `ready`."""
    for label, find in (
        ("hiring.application", _applications),
        ("hiring.job", _jobs),
        ("candidates.candidate", _people),
        ("assessments.assessment", _tests),
        ("assessments.invitation", _invitations),
        ("assessments.attempt", _attempts),
        ("questions.question", _questions),
    ):
        register_subjects(label, find)
