"""The forms of question banks."""

from questions.forms.filters import QuestionFilterForm
from questions.forms.question import ROWS, QuestionForm

__all__ = ["ROWS", "QuestionFilterForm", "QuestionForm"]
