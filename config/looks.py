"""What the scheduler asks for, and how often."""

from __future__ import annotations

from typing import Any

# Every entry is a look at the database for what is due: late, doubled or skipped ones do no harm.
_LOOKS: dict[str, dict[str, Any]] = {
    "deliver-messages": {"task": "outbox.deliver_messages", "schedule": 15.0},
    "send-news": {"task": "outbox.send_news", "schedule": 30.0},
    "forget-news": {"task": "outbox.forget_news", "schedule": 3600.0},
    "run-work": {"task": "outbox.run_work", "schedule": 10.0},
    "forget-lost-files": {"task": "outbox.forget_lost_files", "schedule": 3600.0},
    "close-overdue-attempts": {"task": "assessments.close_overdue", "schedule": 2.0},
    "score-submitted-attempts": {"task": "assessments.score_submitted", "schedule": 10.0},
    "forget-sign-ups": {"task": "assessments.forget_sign_ups", "schedule": 3600.0},
    "send-reminders": {"task": "assessments.send_reminders", "schedule": 60.0},
    "back-up": {"task": "config.back_up", "schedule": 600.0},
    "apply-scores": {"task": "hiring.apply_scores", "schedule": 15.0},
    "forget-staged": {"task": "hiring.forget_staged", "schedule": 600.0},
    "do-stage-actions": {"task": "hiring.do_stage_actions", "schedule": 15.0},
    "read-documents": {"task": "candidates.read_documents", "schedule": 10.0},
    "read-drafts": {"task": "hiring.read_drafts", "schedule": 10.0},
    "look-through-questions": {"task": "questions.look_through", "schedule": 60.0},
    "forget-left-behind-imports": {"task": "questions.forget_left_behind", "schedule": 3600.0},
    "forget-lost-documents": {"task": "candidates.forget_lost_documents", "schedule": 21600.0},
    "forget-lost-uploads": {"task": "hiring.forget_lost_uploads", "schedule": 21600.0},
}
# Word that goes all the way: scheduler, broker, worker, database. Whoever works for a queue answers for it.
_REPORTS: dict[str, dict[str, Any]] = {
    f"report-{queue}": {
        "task": "outbox.report",
        "schedule": 30.0,
        "kwargs": {"queue": queue},
        "options": {"queue": queue},
    }
    for queue in ("mail", "score", "maint")
}


def looks() -> dict[str, dict[str, Any]]:
    """Return the schedule for Celery. A look that waited longer than its period is overtaken by the next one."""
    return {
        name: {**entry, "options": {"expires": 60, **entry.get("options", {})}}
        for name, entry in {**_LOOKS, **_REPORTS}.items()
    }
