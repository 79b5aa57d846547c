"""The forms of question banks."""

from questions.forms.filters import QuestionFilterForm
from questions.forms.question import QuestionForm

__all__ = ["QuestionFilterForm", "QuestionForm"]
