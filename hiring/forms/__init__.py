"""Forms of hiring's pages. They clean what was typed and hand it on; writing is the operations' part."""

from hiring.forms.application_form import (
    FormWordsForm,
    QuestionFormSet,
    TrackingLinkForm,
    initial_questions,
)
from hiring.forms.approving import AskApprovalForm, DecideApprovalForm
from hiring.forms.chasing import CorrectAddressForm
from hiring.forms.choices import colleagues, pipelines_in_use, published_tests
from hiring.forms.deciding import (
    BulkForm,
    BulkMoveForm,
    BulkStatusForm,
    HireForm,
    InviteForm,
    MoveForm,
    RejectForm,
    RejectionReasonForm,
    StageMoveForm,
    StatusForm,
)
from hiring.forms.documents import DocumentForm, ResumesForm
from hiring.forms.fates import InvitationsFateForm
from hiring.forms.filters import BoardFilterForm, PeopleFilterForm
from hiring.forms.importing import ColumnsForm
from hiring.forms.interviewing import AskInterviewForm, InterviewersForm, RecommendForm
from hiring.forms.jobs import (
    CopyJobForm,
    HandOverForm,
    JobDetailsForm,
    MembersForm,
    NewJobForm,
)
from hiring.forms.letters import JobWordsOfMailForm, LetterForm, TryWordsForm
from hiring.forms.numbers import PERIODS, DashboardForm
from hiring.forms.open_links import JobLinkForm
from hiring.forms.openings import AddOpeningsForm, CloseForm, CloseOpeningForm
from hiring.forms.people import (
    BulkTagsForm,
    CorrectSourceForm,
    ImportForm,
    NewApplicationForm,
    NoteForm,
    TagsForm,
)
from hiring.forms.pipelines import (
    PeopleGoToForm,
    PipelineForm,
    StageForm,
    StageFormSet,
    kept_forms,
    stage_initial,
)
from hiring.forms.settings import NewApiKeyForm, StartForRealForm

__all__ = [
    "PERIODS",
    "AddOpeningsForm",
    "AskApprovalForm",
    "AskInterviewForm",
    "BoardFilterForm",
    "BulkForm",
    "BulkMoveForm",
    "BulkStatusForm",
    "BulkTagsForm",
    "CloseForm",
    "CloseOpeningForm",
    "ColumnsForm",
    "CopyJobForm",
    "CorrectAddressForm",
    "CorrectSourceForm",
    "DashboardForm",
    "DecideApprovalForm",
    "DocumentForm",
    "FormWordsForm",
    "HandOverForm",
    "HireForm",
    "ImportForm",
    "InterviewersForm",
    "InvitationsFateForm",
    "InviteForm",
    "JobDetailsForm",
    "JobLinkForm",
    "JobWordsOfMailForm",
    "LetterForm",
    "MembersForm",
    "MoveForm",
    "NewApiKeyForm",
    "NewApplicationForm",
    "NewJobForm",
    "NoteForm",
    "PeopleFilterForm",
    "PeopleGoToForm",
    "PipelineForm",
    "QuestionFormSet",
    "RecommendForm",
    "RejectForm",
    "RejectionReasonForm",
    "ResumesForm",
    "StageForm",
    "StageFormSet",
    "StageMoveForm",
    "StartForRealForm",
    "StatusForm",
    "TagsForm",
    "TrackingLinkForm",
    "TryWordsForm",
    "colleagues",
    "initial_questions",
    "kept_forms",
    "pipelines_in_use",
    "published_tests",
    "stage_initial",
]
