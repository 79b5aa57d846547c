"""Writing questions. What somebody was shown is frozen: an edit of it starts a new version."""

from questions.operations.writing.content import QuestionLocked, known_skills, made_tags
from questions.operations.writing.flags import clear_leak, flag_leaked, let_rest, set_exposure_cap, wake
from questions.operations.writing.keys import mend_key, write_mended
from questions.operations.writing.moving import move_question
from questions.operations.writing.retiring import retire_question, take_up_again
from questions.operations.writing.reviewing import SameWriter, make_ready, send_back, send_to_review
from questions.operations.writing.saving import (
    SavedQuestion,
    StaleEdit,
    add_question,
    edit_question,
    save_question,
)
from questions.rules import key_fields

__all__ = [
    "QuestionLocked",
    "SameWriter",
    "SavedQuestion",
    "StaleEdit",
    "add_question",
    "clear_leak",
    "edit_question",
    "flag_leaked",
    "key_fields",
    "known_skills",
    "let_rest",
    "made_tags",
    "make_ready",
    "mend_key",
    "move_question",
    "retire_question",
    "save_question",
    "send_back",
    "send_to_review",
    "set_exposure_cap",
    "take_up_again",
    "wake",
    "write_mended",
]
