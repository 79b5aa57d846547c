"""Looking through questions for mistakes, and saying that something may stay as it is."""

from questions.operations.linting.accepting import MOST_AT_ONCE as MOST_ACCEPTED
from questions.operations.linting.accepting import accept_findings, take_acceptance_back
from questions.operations.linting.banks import BankLook, look_through_bank, queue_bank_look
from questions.operations.linting.questions import look_through_due, look_through_questions

__all__ = [
    "MOST_ACCEPTED",
    "BankLook",
    "accept_findings",
    "look_through_bank",
    "look_through_due",
    "look_through_questions",
    "queue_bank_look",
    "take_acceptance_back",
]
