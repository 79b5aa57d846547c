"""Reads of outbox."""

from outbox.queries.events import (
    EventLine,
    HistoryFilter,
    event_lines,
    events_about,
    history_filter,
)
from outbox.queries.health import house_health, house_measures, oldest_due_work, work_is_due
from outbox.queries.history import moments_of
from outbox.queries.links import find_link, link_url, logo_url, mailbox_url
from outbox.queries.mail import (
    HistoryLine,
    MailHold,
    TestMailResult,
    kept_mail,
    last_test_mail,
    mail_hold,
    mail_is_due,
    may_resend,
    may_write_kind,
    message_history,
    message_state_for,
    message_text,
    needs_you_count,
    not_held,
    oldest_due_message,
)
from outbox.queries.notices import backup_notices, house_notices, mail_notices, signs, silent_parts
from outbox.queries.works import asked_work

__all__ = [
    "EventLine",
    "HistoryFilter",
    "HistoryLine",
    "MailHold",
    "TestMailResult",
    "asked_work",
    "backup_notices",
    "event_lines",
    "events_about",
    "find_link",
    "history_filter",
    "house_health",
    "house_measures",
    "house_notices",
    "kept_mail",
    "last_test_mail",
    "link_url",
    "logo_url",
    "mail_hold",
    "mail_is_due",
    "mail_notices",
    "mailbox_url",
    "may_resend",
    "may_write_kind",
    "message_history",
    "message_state_for",
    "message_text",
    "moments_of",
    "needs_you_count",
    "not_held",
    "oldest_due_message",
    "oldest_due_work",
    "signs",
    "silent_parts",
    "work_is_due",
]
