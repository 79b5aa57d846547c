"""The verbs of hiring. Every write goes through one of them."""

from hiring.operations.answering import mark_answers_read, mark_answers_unread
from hiring.operations.applications import apply
from hiring.operations.applying import apply_from_outside
from hiring.operations.approving import (
    LONGEST_APPROVAL_TEXT,
    approve,
    ask_approval,
    decline,
    withdraw_approval,
)
from hiring.operations.bulk import queue_bulk_reject
from hiring.operations.bulk_hiring import queue_bulk_hire
from hiring.operations.bulk_inviting import queue_bulk_invite
from hiring.operations.bulk_moves import queue_bulk_move
from hiring.operations.bulk_statuses import queue_bulk_status
from hiring.operations.bulk_tags import queue_bulk_tags
from hiring.operations.bulk_undoing import queue_bulk_undo
from hiring.operations.chasing import correct_and_resend, correct_mail_and_resend, extend_and_remind
from hiring.operations.closing import close_with_invitations, queue_withdrawals
from hiring.operations.credit import Credit, correct_source
from hiring.operations.documents import add_to_application, open_document
from hiring.operations.draft_reading import read_due_drafts
from hiring.operations.drafts import (
    DroppedResumes,
    discard_draft,
    drop_resumes,
    forget_drafts,
    open_draft,
    use_draft,
)
from hiring.operations.errors import (
    ApplyRefused,
    DraftRefused,
    HiringRefused,
    InviteRefused,
    JobRefused,
    LetterRefused,
    MoveRefused,
    StaleMove,
)
from hiring.operations.following import follow_job, follow_person
from hiring.operations.form_questions import save_form
from hiring.operations.handing_over import hand_over
from hiring.operations.importing import (
    ImportRefused,
    confirm_import,
    queue_check,
    queue_import,
    queue_reading,
)
from hiring.operations.interviewing import ask_for_interview, set_interviewers
from hiring.operations.inviting import invite_to_test
from hiring.operations.job_mail import drop_job_words, save_job_words
from hiring.operations.jobs.making import change_job, create_job
from hiring.operations.jobs.members import add_member, set_members
from hiring.operations.jobs.stages import save_stages
from hiring.operations.jobs.status import close_job, open_job, pause_job
from hiring.operations.keys import create_limited_key, limit_key
from hiring.operations.letter_files import keep_letter_file, name_file, named_file
from hiring.operations.letters import queue_letters, take_back_letters, write_letter
from hiring.operations.merging import merge_candidates
from hiring.operations.moves import change_status, move_to_stage
from hiring.operations.open_links import create_job_link
from hiring.operations.openings import add_openings, close_opening
from hiring.operations.own_documents import send_own_document
from hiring.operations.own_withdrawal import withdraw_own_application
from hiring.operations.pipelines import (
    Copied,
    Usable,
    copy_job,
    save_pipeline_template,
    stages_to_begin_with,
    template_from_job,
)
from hiring.operations.reasons import ensure_reasons, save_rejection_reason
from hiring.operations.recommending import recommend
from hiring.operations.rejection_mail import cancel_waiting_mail
from hiring.operations.sample import (
    FirstAdministrator,
    Started,
    finish_starting,
    logins_file,
    start_for_real,
)
from hiring.operations.saved_filters import forget_filter, save_filter
from hiring.operations.scores import apply_pending_scores, apply_score
from hiring.operations.stage_actions import do_due_actions, finish_interview, try_action_again
from hiring.operations.staging import forget_lost_uploads, forget_staged, stage_upload
from hiring.operations.tracking import close_tracking_link, create_tracking_link
from hiring.operations.undoing import undo_last
from hiring.operations.withdrawing import withdraw_open_invitations

__all__ = [
    "LONGEST_APPROVAL_TEXT",
    "ApplyRefused",
    "Copied",
    "Credit",
    "DraftRefused",
    "DroppedResumes",
    "FirstAdministrator",
    "HiringRefused",
    "ImportRefused",
    "InviteRefused",
    "JobRefused",
    "LetterRefused",
    "MoveRefused",
    "StaleMove",
    "Started",
    "Usable",
    "add_member",
    "add_openings",
    "add_to_application",
    "apply",
    "apply_from_outside",
    "apply_pending_scores",
    "apply_score",
    "approve",
    "ask_approval",
    "ask_for_interview",
    "cancel_waiting_mail",
    "change_job",
    "change_status",
    "close_job",
    "close_opening",
    "close_tracking_link",
    "close_with_invitations",
    "confirm_import",
    "copy_job",
    "correct_and_resend",
    "correct_mail_and_resend",
    "correct_source",
    "create_job",
    "create_job_link",
    "create_limited_key",
    "create_tracking_link",
    "decline",
    "discard_draft",
    "do_due_actions",
    "drop_job_words",
    "drop_resumes",
    "ensure_reasons",
    "extend_and_remind",
    "finish_interview",
    "finish_starting",
    "follow_job",
    "follow_person",
    "forget_drafts",
    "forget_filter",
    "forget_lost_uploads",
    "forget_staged",
    "hand_over",
    "invite_to_test",
    "keep_letter_file",
    "limit_key",
    "logins_file",
    "mark_answers_read",
    "mark_answers_unread",
    "merge_candidates",
    "move_to_stage",
    "name_file",
    "named_file",
    "open_document",
    "open_draft",
    "open_job",
    "pause_job",
    "queue_bulk_hire",
    "queue_bulk_invite",
    "queue_bulk_move",
    "queue_bulk_reject",
    "queue_bulk_status",
    "queue_bulk_tags",
    "queue_bulk_undo",
    "queue_check",
    "queue_import",
    "queue_letters",
    "queue_reading",
    "queue_withdrawals",
    "read_due_drafts",
    "recommend",
    "save_filter",
    "save_form",
    "save_job_words",
    "save_pipeline_template",
    "save_rejection_reason",
    "save_stages",
    "send_own_document",
    "set_interviewers",
    "set_members",
    "stage_upload",
    "stages_to_begin_with",
    "start_for_real",
    "take_back_letters",
    "template_from_job",
    "try_action_again",
    "undo_last",
    "use_draft",
    "withdraw_approval",
    "withdraw_open_invitations",
    "withdraw_own_application",
    "write_letter",
]
