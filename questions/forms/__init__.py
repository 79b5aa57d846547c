"""The forms of question banks."""

from questions.forms.bulk import BulkValuesForm, FrozenForm
from questions.forms.exposure import CapForm, LeakForm
from questions.forms.filters import QuestionFilterForm
from questions.forms.findings import AcceptForm, QueueForm
from questions.forms.question import QuestionForm

__all__ = [
    "AcceptForm",
    "BulkValuesForm",
    "CapForm",
    "FrozenForm",
    "LeakForm",
    "QuestionFilterForm",
    "QuestionForm",
    "QueueForm",
]
