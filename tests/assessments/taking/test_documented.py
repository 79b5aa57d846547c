"""`docs/taking-a-test.md` names every request of a candidate's page, every state, and everything that is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessments.enums import AttemptState, InvitationState, SaveOutcome
from assessments.operations.person import AssessmentsPart
from assessments.taking.urls import urlpatterns

TEXT = (Path(__file__).parents[3] / "docs" / "taking-a-test.md").read_text()
# What is before the test: a link that came by mail, and how strangers come to one. And the briefing itself.
ELSEWHERE = {"enter", "test", "open-link", "open-link-sent", "confirm-enter", "confirm"}
# Kept with others: a score is spoken of all through, the parts of a sitting with its windows, sign-ups elsewhere.
SAID_OTHERWISE = {"Score", "AttemptSection", "SignUp"}


@pytest.mark.parametrize("pattern", [each for each in urlpatterns if each.name not in ELSEWHERE])
def test_every_request_of_a_running_test_is_documented(pattern) -> None:
    rest = str(pattern.pattern).removeprefix("test/<str:code>/").replace("<int:position>", "<n>")

    assert re.search(rf"`(GET|POST) {re.escape(rest)}`|(GET|POST) {re.escape(rest)}", TEXT), rest


def test_every_state_and_outcome_is_documented() -> None:
    picture = TEXT.split("```")[1]
    words = {str(state.label).lower() for state in InvitationState}

    assert {word for word in words if word not in picture} == set()
    assert {each for each in AttemptState.values if f"`{each}`" not in TEXT} == set()
    assert {each for each in SaveOutcome.values if f"`{each}`" not in TEXT} == set()


def test_everything_that_is_kept_of_a_person_is_documented() -> None:
    names = {label.partition(".")[2] for label in AssessmentsPart.models} - SAID_OTHERWISE

    recorded = TEXT.split("## What is recorded")[1]
    assert {name for name in names if not re.search(rf"`{name}(\.\w+)?`", recorded)} == set()
