"""The verbs of question banks. Every write goes through one of them."""

from questions.formats.starter import StarterContentError
from questions.operations.banks import create_bank, save_skill, set_bank_cap, set_second_reviewer, update_bank
from questions.operations.bulk import queue_bulk
from questions.operations.linting import (
    MOST_ACCEPTED,
    BankLook,
    accept_findings,
    look_through_bank,
    look_through_due,
    look_through_questions,
    queue_bank_look,
    take_acceptance_back,
)
from questions.operations.loading import LoadResult, load_questions
from questions.operations.pictures import add_picture
from questions.operations.starter import StarterLoad, load_starter_bank
from questions.operations.typing import NotKept, forget_typing, keep_typing
from questions.operations.usage import forget_usage, record_reports, record_usage
from questions.operations.writing import (
    QuestionLocked,
    SameWriter,
    SavedQuestion,
    StaleEdit,
    add_question,
    clear_leak,
    edit_question,
    flag_leaked,
    let_rest,
    make_ready,
    mend_key,
    move_question,
    retire_question,
    save_question,
    send_back,
    send_to_review,
    set_exposure_cap,
    take_up_again,
    wake,
)

__all__ = [
    "MOST_ACCEPTED",
    "BankLook",
    "LoadResult",
    "NotKept",
    "QuestionLocked",
    "SameWriter",
    "SavedQuestion",
    "StaleEdit",
    "StarterContentError",
    "StarterLoad",
    "accept_findings",
    "add_picture",
    "add_question",
    "clear_leak",
    "create_bank",
    "edit_question",
    "flag_leaked",
    "forget_typing",
    "forget_usage",
    "keep_typing",
    "let_rest",
    "load_questions",
    "load_starter_bank",
    "look_through_bank",
    "look_through_due",
    "look_through_questions",
    "make_ready",
    "mend_key",
    "move_question",
    "queue_bank_look",
    "queue_bulk",
    "record_reports",
    "record_usage",
    "retire_question",
    "save_question",
    "save_skill",
    "send_back",
    "send_to_review",
    "set_bank_cap",
    "set_exposure_cap",
    "set_second_reviewer",
    "take_acceptance_back",
    "take_up_again",
    "update_bank",
    "wake",
]
