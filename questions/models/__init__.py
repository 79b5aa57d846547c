"""Question banks: what can be asked, the frozen versions that were shown, and the keys that mark them."""

from questions.models.banks import QuestionBank, QuestionTag, Skill
from questions.models.keys import AnswerKey
from questions.models.questions import Question, QuestionVersion
from questions.models.usage import QuestionUsage

__all__ = [
    "AnswerKey",
    "Question",
    "QuestionBank",
    "QuestionTag",
    "QuestionUsage",
    "QuestionVersion",
    "Skill",
]
