"""What the history says of jobs and applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hiring.enums import ApplicationStatus, Source, StageActionState, TransitionCause
from shell.registries import register_events


def register() -> None:
    """Register the words."""
    register_events(
        "decisions",
        _("Decisions about people"),
        {
            "application.added": _("Applied or was added"),
            "application.moved": _("Moved to another stage"),
            "application.held": _("Put on hold"),
            "application.rejected": _("Rejected"),
            "application.withdrawn": _("Withdrawn"),
            "application.hired": _("Hired"),
            "application.restored": _("Went on"),
            "application.undone": _("Undid the last decision"),
            "application.invited": _("Invited to a test"),
            "application.scored": _("Result arrived"),
            "application.result_reused": _("Earlier result used"),
            "application.interview_asked": _("Interview asked for"),
            "application.interviewer_added": _("Interviewer chosen"),
            "application.interviewer_removed": _("Interviewer taken off"),
            "application.interviewed": _("Interview took place"),
            "application.recommended": _("Recommended"),
            "application.source_corrected": _("Source corrected"),
            "application.approval_asked": _("Approval asked for"),
            "application.approval_approved": _("Approved"),
            "application.approval_declined": _("Approval declined"),
            "application.approval_withdrawn": _("Approval asked for no more"),
        }
        | {
            f"application.stage_action_{state.value}": _("What the stage does: %s") % state.label
            for state in StageActionState
        },
        {
            "application.moved": _cause,
            "application.rejected": _cause,
            "application.restored": _status,
            "application.source_corrected": _sources,
        },
    )
    register_events(
        "jobs",
        _("Jobs"),
        {
            "job.created": _("Job made"),
            "job.changed": _("Job changed"),
            "job.copied": _("Job copied"),
            "job.open": _("Job opened"),
            "job.paused": _("Job paused"),
            "job.closed": _("Job closed"),
            "job.stages_saved": _("Stages changed"),
            "job.form_changed": _("Application form changed"),
            "job.members_set": _("People of the job changed"),
            "job.member_added": _("Colleague put on the job"),
            "job.handed_over": _("Job handed over"),
            "job.openings_added": _("Openings added"),
            "job.opening_closed": _("Opening closed"),
            "job.drafts_made": _("Résumés dropped"),
            "job.draft_discarded": _("Résumé discarded"),
            "job.draft_downloaded": _("Résumé of a draft downloaded"),
            "job.tracking_link_made": _("Tracking link made"),
            "job.tracking_link_closed": _("Tracking link closed"),
            "tracking_link.made": _("Tracking link to all jobs made"),
            "tracking_link.closed": _("Tracking link to all jobs closed"),
            "pipeline.saved": _("Pipeline saved"),
            "rejection_reason.saved": _("Reason for rejections saved"),
            "api_key.limited": _("API key limited to jobs"),
        },
        {"job.openings_added": _openings, "job.drafts_made": _drafts},
    )


def _cause(data: Mapping[str, Any]) -> str:
    cause = data.get("cause", "")
    # Which colleague it was stands beside it.
    is_said = cause in TransitionCause.values and cause != TransitionCause.PERSON
    return str(TransitionCause(cause).label) if is_said else ""


def _status(data: Mapping[str, Any]) -> str:
    before = data.get("from_status", "")
    if before not in ApplicationStatus.values:
        return ""
    return gettext("was “%s”") % ApplicationStatus(before).label


def _openings(data: Mapping[str, Any]) -> str:
    count = len(data.get("openings", ()))
    return ngettext("%d opening", "%d openings", count) % count


def _drafts(data: Mapping[str, Any]) -> str:
    count = len(data.get("drafts", ()))
    return ngettext("%d draft", "%d drafts", count) % count


def _sources(data: Mapping[str, Any]) -> str:
    before, after = data.get("from", ""), data.get("to", "")
    if before not in Source.values or after not in Source.values:
        return ""
    return gettext("from “%(before)s” to “%(after)s”") % {
        "before": Source(before).label,
        "after": Source(after).label,
    }
