"""The forms of question banks."""

from questions.forms.question import ROWS, QuestionForm

__all__ = ["ROWS", "QuestionForm"]
