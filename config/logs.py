"""How every process writes its log: readable lines, or JSON for programs. Ids and codes, never a name or a token."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from shell import logs


def logging_settings(*, level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING. Raises `ImproperlyConfigured` for a form that is none."""
    formatter = logs.FORMATTERS.get(form)
    if formatter is None:
        known = " or ".join(logs.FORMATTERS)
        raise ImproperlyConfigured(f"LOG_FORMAT is {form!r}. Set it to {known}, or leave it out for lines.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        # The last door is the last filter.
        "filters": {"context": {"()": logs.ContextFilter}, "redact": {"()": logs.RedactFilter}},
        "formatters": {"chosen": {"()": formatter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "chosen",
                "filters": ["context", "redact"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
    }


def begin_task(*, task_id: str, task: Any, **kwargs: Any) -> None:
    """Let what is logged from now on name the task."""
    logs.task.set((task.name, task_id))


def end_task(**kwargs: Any) -> None:
    """The task is over."""
    logs.task.set(("", ""))
