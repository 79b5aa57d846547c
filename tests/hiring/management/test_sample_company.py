import json
import stat
import statistics
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import DateTimeField

from accounts.models import Actor, User
from accounts.queries import organisation
from assessments.models import Attempt, Score
from candidates.models import Candidate
from hiring.enums import ApplicationStatus
from hiring.management.sample_company import company
from hiring.management.sample_company.cast import APPROVAL_NOTE, COLLEAGUES, PEOPLE
from hiring.management.sample_company.plot import chance_of_right, stories
from hiring.models import Application, ApplicationTransition, Approval, Job, Stage
from hiring.queries import waiting_approvals
from outbox.models import Message
from tests.factories.accounts import NOW
from tests.factories.hiring import make_application

# What says until when something holds may lie ahead; nothing else may.
EXPIRIES = {"expires_at", "deadline_at", "next_check_at", "not_before", "until", "lease_until", "remind_at"}


def test_the_stories_are_sixty_different_ones_of_the_last_ninety_days():
    told = stories(now=NOW)

    assert len(told) == len(PEOPLE) == 60
    assert len({story.name for story in told}) == len({story.email for story in told}) == 60
    assert len({story.applied_at for story in told}) == 60
    assert all(NOW - timedelta(days=90) < story.applied_at < NOW for story in told)
    assert Counter(story.ending for story in told)["finished"] == 40


def test_the_same_seed_tells_the_same_stories():
    assert stories(now=NOW) == stories(now=NOW)
    assert stories(now=NOW, seed=1) != stories(now=NOW)


def test_the_chance_of_a_right_answer_rises_with_ability_and_falls_with_difficulty():
    chances = [
        chance_of_right(ability=ability / 2, level="junior", difficulty=3, options=4)
        for ability in range(-6, 7)
    ]

    assert all(lower < higher for lower, higher in pairwise(chances))
    assert chance_of_right(ability=0, level="experienced", difficulty=5, options=4) < chances[6]
    assert 0.25 < min(chances) < max(chances) < 1


@pytest.fixture
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def _moments():
    for model in apps.get_models():
        if model._meta.app_label not in ("assessments", "candidates", "hiring", "outbox", "questions"):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, DateTimeField) and field.name not in EXPIRIES:
                label = f"{model._meta.label}.{field.name}"
                # What migrations put there has the machine's own date.
                if model._meta.label != "candidates.ConsentText":
                    values = model._default_manager.filter(**{f"{field.name}__isnull": False})
                    yield label, list(values.values_list(field.name, flat=True))


def _timeline(application):
    moves = ApplicationTransition.objects.filter(application=application).order_by("number")
    return tuple((move.to_stage_id, move.to_status, move.at) for move in moves)


@pytest.mark.django_db
def test_the_company_is_believable_and_founding_it_again_changes_nothing(data_folder):
    entrance = company.found(now=NOW)

    # People: every stage of every job and every status, no two ways alike, the scores follow ability.
    ability = {story.email: story.ability for story in stories(now=NOW)}
    scored = [
        (ability[score.attempt.invitation.candidate.emails.get().address], float(score.percent))
        for score in Score.objects.select_related("attempt__invitation__candidate")
    ]
    timelines = [_timeline(application) for application in Application.objects.all()]
    assert (Job.objects.count(), Candidate.objects.count(), Application.objects.count()) == (3, 60, 60)
    assert {application.stage_id for application in Application.objects.all()} == {
        stage.pk for stage in Stage.objects.all()
    }
    assert set(Application.objects.values_list("status", flat=True)) == set(ApplicationStatus.values)
    assert len(set(timelines)) == len(timelines)
    assert len(scored) == Attempt.objects.filter(state="submitted").count() == 40
    assert statistics.correlation(*zip(*scored, strict=True)) > 0.5
    assert {"passed", "borderline", "below"} <= set(Score.objects.values_list("band", flat=True))

    # Time: nothing ahead, nothing older than the company, and each way goes forward.
    for label, moments in _moments():
        assert all(NOW - timedelta(days=90) < moment <= NOW for moment in moments), label
    for timeline in timelines:
        assert all(earlier[2] < later[2] for earlier, later in pairwise(timeline)), timeline

    # Offers of the engineering jobs were approved by the manager, for whose word somebody waits.
    manager = User.objects.get(email="priya@brightwater.example")
    waiting = waiting_approvals(Actor.of_user(manager)).get()
    assert (waiting.stage.name, str(waiting.asked_by), waiting.note) == (
        "Offer",
        "Ida Lindqvist",
        APPROVAL_NOTE,
    )
    given = Approval.objects.filter(state="approved")
    assert set(given.values_list("decided_by", "stage__name")) == {(manager.pk, "Offer")}
    assert not given.filter(asked_at=None).exists()
    let_in = ApplicationTransition.objects.filter(to_stage__needs_approval=True, from_stage__name="Interview")
    assert given.count() == let_in.count() > 3

    # The way in.
    path = Path(settings.DATA_DIR) / "keys" / "demo_logins.json"
    kept = json.loads(path.read_text())
    assert [login.email for login in entrance.logins] == [one.email for one in COLLEAGUES]
    assert [one["password"] for one in kept] == [login.password for login in entrance.logins]
    assert len({login.password for login in entrance.logins}) == len(COLLEAGUES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "/t/" in entrance.link
    assert organisation().is_sample
    assert set(Message.objects.values_list("state", flat=True)) == {"kept_here"}

    # Again, a day later.
    events = ApplicationTransition.objects.count()
    again = company.found(now=NOW + timedelta(days=1))
    assert (again.created, again.logins, again.link) == (False, entrance.logins, entrance.link)
    assert (Application.objects.count(), ApplicationTransition.objects.count()) == (60, events)

    # Weeks later the link has run out, and somebody new gets one.
    later = company.found(now=NOW + timedelta(days=30))
    assert later.link != entrance.link
    assert Candidate.objects.count() == 61


@pytest.mark.django_db
def test_real_data_is_never_mixed_with_sample_data(data_folder):
    make_application()

    with pytest.raises(CommandError):
        call_command("seed_demo")

    assert Candidate.objects.count() == 1
    assert not organisation().is_sample
