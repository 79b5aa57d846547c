"""The forms of question banks."""

from questions.forms.bulk import BulkValuesForm, FrozenForm
from questions.forms.exposure import CapForm, LeakForm, LimitsForm
from questions.forms.filters import QuestionFilterForm
from questions.forms.question import QuestionForm
from questions.forms.queue import AcceptForm, QueueForm

__all__ = [
    "AcceptForm",
    "BulkValuesForm",
    "CapForm",
    "FrozenForm",
    "LeakForm",
    "LimitsForm",
    "QuestionFilterForm",
    "QuestionForm",
    "QueueForm",
]
