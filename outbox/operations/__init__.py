"""Writes of outbox: mail, links, the history, long work, leases."""

from outbox.operations.attachments import check_attachments, keep_attachment
from outbox.operations.cancelling import (
    cancel_batch,
    cancel_message,
    cancel_messages,
    put_off,
    uncancel_messages,
)
from outbox.operations.colleague_lists import API_KEYS, COLLEAGUES
from outbox.operations.colleagues import (
    LinkRefused,
    ask_for_new_password,
    choose_password,
    close_colleague_links,
    hand_over_link,
    mail_password_link,
)
from outbox.operations.delivery import deliver_due
from outbox.operations.events import EventDraft, record_event, record_events
from outbox.operations.exports import (
    FileGone,
    Table,
    export_handler,
    fetch_file,
    queue_export,
    record_export,
)
from outbox.operations.hold import cancel_waiting, hold_mail, release_mail
from outbox.operations.inbound import read_answers, receive_mail, unread_answers
from outbox.operations.leases import acquire_lease, release_lease
from outbox.operations.links import create_link, create_links, extend_link, reissue_link, revoke_link
from outbox.operations.list_files import (
    ListFile,
    RowsFile,
    in_order,
    take_history,
    take_list,
    take_mail,
)
from outbox.operations.mail_server import (
    MailServerFixed,
    keep_mail_here,
    send_kept_mail,
    send_test_mail,
    set_mail_server,
)
from outbox.operations.messages import (
    MessageDraft,
    MessageRefused,
    built_message,
    queue_draft,
    queue_message,
    queue_messages,
    resend,
    send_anyway,
    settle_message,
    write_to_another,
)
from outbox.operations.news import mail_due_news
from outbox.operations.notifications import (
    choose_notifications,
    forget_read_news,
    notify,
    notify_of_mail,
    read_notification,
    read_notifications,
)
from outbox.operations.nudges import nudge
from outbox.operations.person import (
    PersonEntry,
    export_person,
    move_person,
    person_timeline,
    redact_person,
)
from outbox.operations.sample import forget_lost_files, forget_sample_history
from outbox.operations.sending import Welcome, knock
from outbox.operations.signs import give_sign, take_back_sign
from outbox.operations.templates import save_template
from outbox.operations.turns import turn
from outbox.operations.work import (
    Pace,
    WorkLost,
    discard_work,
    forget_old_files,
    give_way,
    queue_work,
    run_due_work,
)

__all__ = [
    "API_KEYS",
    "COLLEAGUES",
    "EventDraft",
    "FileGone",
    "LinkRefused",
    "ListFile",
    "MailServerFixed",
    "MessageDraft",
    "MessageRefused",
    "Pace",
    "PersonEntry",
    "RowsFile",
    "Table",
    "Welcome",
    "WorkLost",
    "acquire_lease",
    "ask_for_new_password",
    "built_message",
    "cancel_batch",
    "cancel_message",
    "cancel_messages",
    "cancel_waiting",
    "check_attachments",
    "choose_notifications",
    "choose_password",
    "close_colleague_links",
    "create_link",
    "create_links",
    "deliver_due",
    "discard_work",
    "export_handler",
    "export_person",
    "extend_link",
    "fetch_file",
    "forget_lost_files",
    "forget_old_files",
    "forget_read_news",
    "forget_sample_history",
    "give_sign",
    "give_way",
    "hand_over_link",
    "hold_mail",
    "in_order",
    "keep_attachment",
    "keep_mail_here",
    "knock",
    "mail_due_news",
    "mail_password_link",
    "move_person",
    "notify",
    "notify_of_mail",
    "nudge",
    "person_timeline",
    "put_off",
    "queue_draft",
    "queue_export",
    "queue_message",
    "queue_messages",
    "queue_work",
    "read_answers",
    "read_notification",
    "read_notifications",
    "receive_mail",
    "record_event",
    "record_events",
    "record_export",
    "redact_person",
    "reissue_link",
    "release_lease",
    "release_mail",
    "resend",
    "revoke_link",
    "run_due_work",
    "save_template",
    "send_anyway",
    "send_kept_mail",
    "send_test_mail",
    "set_mail_server",
    "settle_message",
    "take_back_sign",
    "take_history",
    "take_list",
    "take_mail",
    "turn",
    "uncancel_messages",
    "unread_answers",
    "write_to_another",
]
