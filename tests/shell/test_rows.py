"""Rows of a list cost what is theirs: what is the same for all of them is worked out once, and is what Unfold says."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override
from unfold.admin import checkbox
from unfold.templatetags import unfold_list

from accounts.models import Actor
from candidates.operations import set_tags
from shell.admin.rows import row_checkbox, written_rows
from tests.factories.accounts import make_administrator
from tests.factories.candidates import make_candidate
from tests.factories.hiring import make_application, make_busy_job, make_letter, make_pipeline, make_reason


@pytest.mark.django_db
def test_heads_of_a_list_are_worked_out_once_however_many_rows(monkeypatch):
    client = Client()
    client.force_login(make_administrator())
    asked = []
    query = ChangeList.get_query_string

    def counted(self, *args, **kwargs):
        asked.append(args)
        return query(self, *args, **kwargs)

    monkeypatch.setattr(ChangeList, "get_query_string", counted)

    counts = []
    for number in range(3):
        make_candidate(full_name=f"Person {number}")
        asked.clear()
        page = client.get("/admin/candidates/candidate/?o=1").content.decode()
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2] > 0
    assert page.count('data-label="Name"') + page.count('data-label="name"') == 3


@pytest.mark.parametrize("language", ["en", "de"])
def test_box_of_a_row_is_that_of_unfold(language):
    with override(language):
        assert row_checkbox(31) == checkbox.render(ACTION_CHECKBOX_NAME, "31")
        assert row_checkbox(7) == checkbox.render(ACTION_CHECKBOX_NAME, "7")


@pytest.mark.django_db
def test_rows_of_every_list_are_those_of_unfold():
    make_busy_job()
    set_tags(candidate=make_application().candidate, names=["<b>"], by=Actor.system(), now=timezone.now())
    make_reason("Another <b>"), make_pipeline(), make_letter()
    administrator = make_administrator()
    seen = set()
    for model, model_admin in site._registry.items():
        request = RequestFactory().get("/", {"p": "1"})
        request.user = administrator
        changes = model_admin.get_changelist_instance(request)
        changes.preserved_filters = "_changelist_filters=q%3Da%26b%3D00000000"
        for row, written in zip(changes.result_list, written_rows(changes), strict=True):
            assert written == "".join(unfold_list.items_for_result(changes, row, None))
            seen.add(model._meta.label)
    assert {"hiring.Job", "hiring.Application", "candidates.Candidate", "accounts.User"} <= seen
    assert {"hiring.RejectionReason", "hiring.PipelineTemplate", "outbox.MessageTemplate"} <= seen
