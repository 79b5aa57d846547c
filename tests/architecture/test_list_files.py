"""Every list of the admin can be taken along as a file, or it stands here why not."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

WITHOUT = {
    "accounts.Organisation": "There is one, and its form is all of it.",
    "outbox.Event": "The history is a page of its own, with a file of its own.",
    "outbox.MessageTemplate": "Saved words are read and tried where they are written.",
    "questions.Question": "Questions have formats of their own: they are exported with all that is in them.",
    # Words to choose from, a few of each; they stand in the files of what has them.
    "candidates.Tag": "Words.",
    "questions.Skill": "Words.",
    "questions.QuestionTag": "Words.",
    "hiring.RejectionReason": "Words.",
    "hiring.PipelineTemplate": "Stages that a job begins with; a job is copied, not its list.",
}
LISTS = {model._meta.label: model_admin for model, model_admin in admin.site._registry.items()}


@pytest.mark.parametrize("label", LISTS)
def test_list_of_the_admin_is_taken_along_or_says_why_not(label: str) -> None:
    address = getattr(LISTS[label], "list_file", "")

    assert bool(address) != (label in WITHOUT)
    if address:
        assert [reverse(address, args=[format]).rpartition(".")[2] for format in ("csv", "xlsx")] == [
            "csv",
            "xlsx",
        ]
