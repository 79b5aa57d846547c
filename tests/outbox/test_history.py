"""The history as people read it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Actor, User
from candidates.operations import erase_person
from hiring.enums import JobStatus
from outbox.enums import MessageState, WorkState
from outbox.models import Event
from outbox.operations import record_event
from shell.registries import has_event_words
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_recruiter, make_user
from tests.factories.hiring import make_application, make_interviewer, make_job, make_manager, move

pytestmark = pytest.mark.django_db
HISTORY = "/admin/history/"
ROOT = Path(__file__).parents[2]

# Where code names what it writes down.
NAMED = re.compile(
    r"""(?:kind=|event=|\btell\(\s*|\b_?record(?:_\w*event)?\(\s*|\b_tell\(\s*)"([a-z_]+\.[a-z_]+)\"""",
    re.VERBOSE,
)


def kinds_in_code() -> set[str]:
    found: set[str] = set()
    for app in ("accounts", "outbox", "candidates", "questions", "assessments", "hiring"):
        for path in (ROOT / app / "operations").rglob("*.py"):
            # What is told of one person is no event.
            if path.name != "person.py":
                found |= set(NAMED.findall(path.read_text()))
    labels = {model._meta.label_lower for model in apps.get_models()}
    return (
        found - labels
        | {f"message.{state.value}" for state in MessageState}
        | {f"work.{state.value}" for state in WorkState}
        | {f"job.{state.value}" for state in JobStatus if state is not JobStatus.DRAFT}
    )


def test_everything_that_is_written_down_has_words() -> None:
    kinds = kinds_in_code()

    assert len(kinds) > 90
    assert sorted(kind for kind in kinds if not has_event_words(kind)) == []


def shown(client: Client, **parameters: str) -> str:
    text = client.get(HISTORY, parameters).content.decode()
    return text[text.index("<tbody>") :] if "<tbody>" in text else ""


def test_history_says_in_words_what_happened_and_leads_there(client: Client) -> None:
    application = make_application(make_job(recruiter=make_recruiter(full_name="Rosa Ruiz")))
    rosa = User.objects.get(full_name="Rosa Ruiz")
    move(application, "Screen", by=Actor.of_user(rosa))
    client.force_login(make_administrator())
    page = shown(client)

    assert "Moved to another stage" in page
    assert "Rosa Ruiz" in page
    assert f"/admin/applications/{application.public_id}/" in page
    assert "application.moved" not in page
    assert "Rosa Ruiz" not in shown(client, who="system", group="decisions")
    assert "Applied or was added" not in shown(client, who=str(rosa.pk))
    assert "Job made" not in shown(client, group="decisions")
    day = NOW.date()
    assert "Moved to another stage" in shown(client, since=day.isoformat(), until=day.isoformat())
    assert "Moved to another stage" not in shown(client, since=(day + timedelta(days=2)).isoformat())
    # What is none of it narrows nothing down.
    for odd in ("nonsense", "0001-01-01", "2026-02-31", "9999-12-31"):
        assert "Moved to another stage" in shown(client, since=odd, until=odd, who=odd, group=odd)


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_the_same_queries(client: Client, django_assert_num_queries, count: int) -> None:
    job = make_job()
    applications = [make_application(job) for _number in range(count)]
    client.force_login(make_administrator())
    Event.objects.exclude(about="hiring.application").delete()

    # Session, user, roles; colleagues to choose from, how many, the events, the applications; organisation, signs.
    with django_assert_num_queries(9):
        page = shown(client)

    assert page.count("Applied or was added") == len(applications)


def test_recruiters_read_the_history_of_their_job_and_of_no_other(client: Client) -> None:
    recruiter = make_recruiter()
    job, other = make_job(recruiter=recruiter), make_job()
    mine, foreign = make_application(job), make_application(other)
    client.force_login(recruiter)

    page = client.get(f"/admin/jobs/{job.slug}/history/").content.decode()

    assert str(mine.candidate) in page
    assert "Job opened" in page
    assert str(foreign.candidate) not in page
    assert client.get(f"/admin/jobs/{other.slug}/history/").status_code == 404
    assert client.get(HISTORY).status_code == 403
    for user in (make_manager(job), make_interviewer(job), make_user()):
        client.force_login(user)
        assert client.get(f"/admin/jobs/{job.slug}/history/").status_code == 404


def test_coming_and_going_is_written_down_without_addresses(client: Client) -> None:
    user = make_administrator()
    Event.objects.all().delete()

    client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/logout/")

    written = Event.objects.order_by("pk").values_list("kind", "actor_user", "about_id", "data", "person_ref")
    assert list(written) == [
        ("accounts.sign_in_failed", None, None, {}, ""),
        ("accounts.sign_in_failed", None, None, {}, ""),
        ("accounts.signed_in", user.pk, user.pk, {}, ""),
        ("accounts.signed_out", user.pk, user.pk, {}, ""),
    ]
    client.force_login(user)
    page = shown(client, group="sign_ins")
    for words in ("Could not sign in", "Somebody", "Signed in", "Signed out"):
        assert words in page


def test_case_88_audit_tamper_erasing_a_person_keeps_the_events_without_the_person(client: Client) -> None:
    administrator = make_administrator()
    application = make_application(full_name="Zebedee Quill")
    before = Event.objects.filter(person_ref=application.candidate.public_id).count()
    client.force_login(administrator)
    assert "Zebedee Quill" in shown(client)

    erase_person(candidate=application.candidate, by=Actor.of_user(administrator), now=NOW)

    kept = Event.objects.filter(person_ref=application.candidate.public_id)
    assert kept.count() >= before
    assert "Zebedee Quill" not in shown(client)
    assert "Person erased" in shown(client)


def test_unknown_kinds_are_shown_by_their_code(client: Client) -> None:
    record_event(kind="thing.done", by=Actor.system(), now=NOW, about="app.thing", about_id=3)
    client.force_login(make_administrator())

    assert "thing.done" in shown(client)
