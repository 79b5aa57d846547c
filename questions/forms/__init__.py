"""The forms of question banks."""

from questions.forms.exposure import CapForm, LeakForm
from questions.forms.filters import QuestionFilterForm
from questions.forms.question import QuestionForm

__all__ = ["CapForm", "LeakForm", "QuestionFilterForm", "QuestionForm"]
