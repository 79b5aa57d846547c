"""Question banks: what can be asked, the frozen versions that were shown, and the keys that mark them."""

from questions.models.banks import QuestionBank, QuestionTag, Skill
from questions.models.findings import QuestionFinding
from questions.models.importing import ImportLine
from questions.models.keys import AnswerKey
from questions.models.pictures import QuestionPicture
from questions.models.questions import Question, QuestionVersion
from questions.models.typing import UnsavedEdit
from questions.models.usage import QuestionUsage
from questions.models.words import QuestionWords

__all__ = [
    "AnswerKey",
    "ImportLine",
    "Question",
    "QuestionBank",
    "QuestionFinding",
    "QuestionPicture",
    "QuestionTag",
    "QuestionUsage",
    "QuestionVersion",
    "QuestionWords",
    "Skill",
    "UnsavedEdit",
]
