"""Where something is decided, one line says what, and leads to a place of the handbook that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from assessments.operations import draft_version
from shell import chapters
from tests.architecture.test_sources import TEMPLATES
from tests.architecture.world import World, make_world
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore:No directory at"),
]

TAG = re.compile(r'\{% help_line "([^"]*)" "([^"]*)" _\("([^"]*)"\) %\}')
LINE = re.compile(r'<p class="help-line">.*?<a href="(/admin/handbook/[^"]+)"', re.DOTALL)


def templates_with_lines() -> list[Path]:
    return [path for path in TEMPLATES if "help_line " in path.read_text()]


@pytest.mark.parametrize("path", templates_with_lines(), ids=lambda path: path.name)
def test_every_help_line_of_a_template_leads_to_a_place_that_is_there(path: Path) -> None:
    text = path.read_text()
    lines = TAG.findall(text)

    if path.name != "admin_help.html":
        assert len(lines) == text.count("help_line ")
    for chapter, anchor, sentence in lines:
        assert chapters.place(chapter, anchor)
        assert sentence.endswith(".")


def test_every_help_line_of_an_admin_leads_to_a_place_that_is_there() -> None:
    lines = [line for each in admin.site._registry.values() if (line := getattr(each, "help_line", None))]

    assert len(lines) >= 6
    for line in lines:
        assert chapters.place(line.chapter, line.anchor)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all pages, with a test whose next version is being written."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        draft_version(assessment=world.ids["assessment"], by=SYSTEM, now=NOW)
        yield world
        transaction.set_rollback(True)


# Every page on which somebody decides something.
DECIDING = [
    "hiring:stages job",
    "hiring:board job",
    "hiring:job-settings job",
    "hiring:new-job",
    "hiring:copy-job job",
    "hiring:save-pipeline job",
    "hiring:new-pipeline",
    "hiring:import job",
    "hiring:import-columns job file",
    "hiring:import-people",
    "hiring:drafts job",
    "hiring:draft job draft",
    "hiring:correct-source person",
    "hiring:close job",
    "questions:review-queue",
    "questions:import bank",
    "questions:import-columns bank table",
    "hiring:results job",
    "hiring:dashboard",
    "hiring:reports",
    "hiring:needs-you",
    "hiring:approvals",
    "hiring:ask-approval person",
    "hiring:undelivered",
    "hiring:answers",
    "hiring:new-api-key",
    "hiring:invite job POST",
    "hiring:reject job POST",
    "hiring:move job POST",
    "hiring:move-of-test test POST",
    "hiring:hire-many job POST",
    "hiring:hold job POST",
    "hiring:withdraw job POST",
    "hiring:restore job POST",
    "hiring:write-many job POST",
    "hiring:write person",
    "hiring:job-mail job",
    "hiring:bulk-tags job POST",
    "assessments:rules test",
    "assessments:publish test",
    "assessments:attempt attempt",
    "assessments:running test",
    "assessments:request asked",
    "assessments:open-links test",
    "hiring:open-links job",
    "hiring:application-form job",
    "hiring:tracking job",
    "hiring:all-tracking",
    "admin:assessments_assessment_change assessment",
    "admin:questions_question_change question",
    "admin:questions_question_ready question",
    "admin:outbox_messagetemplate_change template",
    "admin:outbox_messagetemplate_add",
    "admin:accounts_organisation_change organisation",
    "admin:accounts_user_change user",
    "admin:accounts_user_add",
    "admin:accounts_apikey_changelist",
    "hiring:application person",
    "hiring:merge candidate",
    "hiring:hire person",
    "hiring:hand-over user",
    "outbox:sign-in user",
    "outbox:mail-server",
    "outbox:held-mail",
    "admin:candidates_candidate_erase erased",
]


@pytest.mark.parametrize("page", DECIDING)
def test_page_where_something_is_decided_has_a_help_line(world: World, page: str) -> None:
    name, *rest = page.split()
    about = {"job": world.ids["job"].slug, "test": world.ids["assessment"].slug}
    about["erased"] = world.ids["candidate"].pk
    about["file"] = world.ids["import_file"].public_id
    about["bank"] = world.ids["question"].bank.slug
    about["table"] = world.ids["question_file"].public_id
    about["draft"] = world.ids["draft"].public_id
    about["candidate"] = world.ids["candidate"].public_id
    about["person"] = world.ids["application"].public_id
    parts = [about.get(part) or world.ids[part].pk for part in rest if part != "POST"]
    client = Client()
    client.force_login(world.users["administrator"])

    if "POST" in rest:
        chosen = {"ids": world.ids["application"].public_id}
        if name == "hiring:move-of-test":
            # A line of results is an invitation.
            chosen = {"invitations": world.ids["invitation"].pk}
        response = client.post(reverse(name, args=parts), chosen)
    else:
        response = client.get(reverse(name, args=parts))

    assert response.status_code == 200
    found = LINE.findall(response.content.decode())
    assert found
    places = {
        chapters.place(each.slug, heading.anchor)[1]
        for each in chapters.chapters()
        for heading in each.document.headings
    }
    assert set(found) <= places
