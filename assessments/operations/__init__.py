"""The verbs of assessments. Every write goes through one of them."""

from assessments.operations.accommodations import (
    AccommodationRefused,
    ask_for_accommodation,
    decline_accommodation,
    grant_accommodation,
)
from assessments.operations.answers import SaveReply, save_answer, set_flag
from assessments.operations.attempts import (
    AttemptRefused,
    close_overdue,
    start_attempt,
    submit_attempt,
)
from assessments.operations.authoring import (
    VERSION_FIELDS,
    create_assessment,
    draft_version,
    rename_assessment,
    retire_assessment,
    update_draft,
)
from assessments.operations.blueprints import (
    BlueprintChanged,
    RuleDraft,
    SectionDraft,
    add_rule,
    follow_question,
    remove_rule,
    replace_rules,
    unsaved,
    write_blueprint,
)
from assessments.operations.changing import CHANGE, change_invitation, invite_again, queue_change
from assessments.operations.clocks import (
    add_time,
    add_time_to_all,
    pause_all,
    pause_attempt,
    resume_all,
    resume_attempt,
)
from assessments.operations.corrections import reopen_attempt, void_attempt
from assessments.operations.exporting import queue_results_file
from assessments.operations.history import AttemptClosed
from assessments.operations.integrity import PageNote, is_new_origin, note_origin, record_notes
from assessments.operations.invitations import (
    InvitationRefused,
    extend_invitation,
    reissue_invitation,
    resend_invitation,
    revoke_invitation,
    set_extra_time,
    show_link,
)
from assessments.operations.inviting import (
    InvitationDraft,
    InviteResult,
    invitation_terms,
    invite,
    invite_many,
)
from assessments.operations.language import set_language
from assessments.operations.list_files import take_open_links
from assessments.operations.mailing import CannotInvite, NotInvitedAgain, Terms
from assessments.operations.marking import (
    KeyMissing,
    NotToBeScored,
    score_attempt,
    score_submitted,
)
from assessments.operations.moving_on import move_on, start_part, take_buffer
from assessments.operations.open_links import (
    OpenLinkRefused,
    close_open_link,
    confirm_sign_up,
    create_open_link,
    forget_sign_ups,
    sign_up,
)
from assessments.operations.problems import report_problem, settle_problem
from assessments.operations.publishing import PublishError, publish_version
from assessments.operations.regrading import (
    LONGEST_REASON,
    RegradeClosed,
    ask_for_regrade,
    latest_look,
    leave_marks,
    look_at_regrade,
    look_labels,
    mark_again,
    newest_look,
)
from assessments.operations.reminding import send_due_reminders, set_reminders
from assessments.operations.sample import forget_sample_attempts
from assessments.operations.starter import StarterResult, seed_starter_content
from assessments.operations.versions import VersionLocked
from assessments.operations.windows import go_on_here

__all__ = [
    "CHANGE",
    "LONGEST_REASON",
    "VERSION_FIELDS",
    "AccommodationRefused",
    "AttemptClosed",
    "AttemptRefused",
    "BlueprintChanged",
    "CannotInvite",
    "InvitationDraft",
    "InvitationRefused",
    "InviteResult",
    "KeyMissing",
    "NotInvitedAgain",
    "NotToBeScored",
    "OpenLinkRefused",
    "PageNote",
    "PublishError",
    "RegradeClosed",
    "RuleDraft",
    "SaveReply",
    "SectionDraft",
    "StarterResult",
    "Terms",
    "VersionLocked",
    "add_rule",
    "add_time",
    "add_time_to_all",
    "ask_for_accommodation",
    "ask_for_regrade",
    "change_invitation",
    "close_open_link",
    "close_overdue",
    "confirm_sign_up",
    "create_assessment",
    "create_open_link",
    "decline_accommodation",
    "draft_version",
    "extend_invitation",
    "follow_question",
    "forget_sample_attempts",
    "forget_sign_ups",
    "go_on_here",
    "grant_accommodation",
    "invitation_terms",
    "invite",
    "invite_again",
    "invite_many",
    "is_new_origin",
    "latest_look",
    "leave_marks",
    "look_at_regrade",
    "look_labels",
    "mark_again",
    "move_on",
    "newest_look",
    "note_origin",
    "pause_all",
    "pause_attempt",
    "publish_version",
    "queue_change",
    "queue_results_file",
    "record_notes",
    "reissue_invitation",
    "remove_rule",
    "rename_assessment",
    "reopen_attempt",
    "replace_rules",
    "report_problem",
    "resend_invitation",
    "resume_all",
    "resume_attempt",
    "retire_assessment",
    "revoke_invitation",
    "save_answer",
    "score_attempt",
    "score_submitted",
    "seed_starter_content",
    "send_due_reminders",
    "set_extra_time",
    "set_flag",
    "set_language",
    "set_reminders",
    "settle_problem",
    "show_link",
    "sign_up",
    "start_attempt",
    "start_part",
    "submit_attempt",
    "take_buffer",
    "take_open_links",
    "unsaved",
    "update_draft",
    "void_attempt",
    "write_blueprint",
]
