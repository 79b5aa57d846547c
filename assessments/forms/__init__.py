"""Forms of tests, for staff."""

from assessments.forms.blueprints import BlueprintForm
from assessments.forms.steps import (
    AgainForm,
    AnswerForm,
    ExtendForm,
    ExtraTimeForm,
    MarksForm,
    ReopenForm,
    SettleForm,
    StartedForm,
    TimeForm,
    WhyForm,
)
from assessments.forms.versions import AssessmentForm

__all__ = [
    "AgainForm",
    "AnswerForm",
    "AssessmentForm",
    "BlueprintForm",
    "ExtendForm",
    "ExtraTimeForm",
    "MarksForm",
    "ReopenForm",
    "SettleForm",
    "StartedForm",
    "TimeForm",
    "WhyForm",
]
