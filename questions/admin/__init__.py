"""Lists and forms of question banks."""

from questions.admin.banks import QuestionBankAdmin, QuestionTagAdmin, SkillAdmin
from questions.admin.questions import QuestionAdmin

__all__ = ["QuestionAdmin", "QuestionBankAdmin", "QuestionTagAdmin", "SkillAdmin"]
