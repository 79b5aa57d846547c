"""What happens in a process whose database is one of the two sides: `python -m tests.config.moving.inside make`."""

from __future__ import annotations

import json
import sys
from io import StringIO
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone


def make(more: str = "0") -> dict[str, Any]:
    """An installation with the sample company, `more` people, and one candidate in the middle of the test."""
    call_command("migrate", verbosity=0)
    said = StringIO()
    call_command("seed_demo", json=True, stdout=said)
    add(int(more))
    show_logo()
    link = json.loads(said.getvalue())["link"]
    candidate = browser()
    path = candidate.get(link.removeprefix(settings.SITE_ADDRESS)).headers["Location"]
    candidate.post(f"{path}start/", {"consent": "on"})
    return {"link": link, "saved": answer(candidate, path, 1), "top": erase_newest_event()}


def add(number: int) -> None:
    """More people, with an address and two events each."""
    from candidates.models import Candidate, CandidateEmail
    from outbox.models import Event

    now = timezone.now()
    people = Candidate.objects.bulk_create(
        Candidate(full_name=f"Ólafur Þórsson {place}", created_at=now) for place in range(number)
    )
    CandidateEmail.objects.bulk_create(
        CandidateEmail(
            candidate=each, address=f"P{each.pk}@example.org", normalised=f"p{each.pk}@example.org"
        )
        for each in people
    )
    Event.objects.bulk_create(
        Event(
            kind=kind, at=now, actor_kind="system", person_ref=each.public_id, data={"why": "né", "n": 1.50}
        )
        for each in people
        for kind in ("candidate.added", "candidate.changed")
    )


def show_logo() -> None:
    """A picture, which is kept as bytes; what is in it nobody looks at here."""
    from accounts.models import Actor
    from accounts.operations import set_logo

    content = bytes(range(256))
    set_logo(content=content, media_type="image/png", digest="ab" * 32, by=Actor.system(), now=timezone.now())


def erase_newest_event() -> int:
    """Remove the newest row of the history, whose number nothing else may ever get."""
    from outbox.models import Event

    newest = Event.objects.order_by("-pk").first()
    assert newest is not None
    top = newest.pk
    newest.delete()
    return int(top)


def go_on(link: str) -> dict[str, Any]:
    """The same candidate, by the same link, after the move; then somebody new."""
    from accounts.models import Actor
    from assessments.models import Attempt
    from candidates.models import Candidate
    from candidates.operations import find_or_add_candidate
    from outbox.models import Event

    candidate = browser()
    path = candidate.get(link.removeprefix(settings.SITE_ADDRESS)).headers["Location"]
    where = candidate.get(path).headers["Location"]
    page = candidate.get(where).content.decode()
    second = answer(candidate, path, 2)
    candidate.post(f"{path}submit/", {"confirmed": "yes"})
    attempt = Attempt.objects.order_by("-pk").first()
    assert attempt is not None
    before = Candidate.objects.order_by("-pk").values_list("pk", flat=True)[0]
    person, _is_new = find_or_add_candidate(
        full_name="New Person", email="new.person@example.org", by=Actor.system(), now=timezone.now()
    )
    return {
        "where": where,
        "ticked": page.count(" checked"),
        "second": second,
        "state": attempt.state,
        "answers": list(attempt.questions.order_by("position").values_list("answer_version", flat=True))[:3],
        "is_new": person.pk > before,
        "next_event": Event.objects.filter(person_ref=person.public_id).order_by("pk")[0].pk,
    }


def answer(candidate: Any, path: str, position: int) -> str:
    """Choose the first option of a question; return what the server says."""
    page = candidate.get(f"{path}question/{position}/").content.decode()
    place = page.split('name="answer" value="')[1].split('"')[0]
    body = {"answer": [place], "base_version": 0, "save_id": str(uuid4()), "page_id": str(uuid4())}
    reply = candidate.post(f"{path}question/{position}/save/", body, content_type="application/json")
    return str(reply.json()["outcome"])


def browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="127.0.0.1")


if __name__ == "__main__":
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    django.setup()
    print(json.dumps({"make": make, "go_on": go_on}[sys.argv[1]](*sys.argv[2:])))
