"""Programs that take questions in and out, and the worker that does what they ask for."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from outbox.operations import run_due_work
from tests.api.world import ROOT, Program

GOOD = b"::One::Which? {=a ~b}\n\n::Two::Else? {=a ~b ~c}\n"
REFUSED = GOOD + b"\n::Three::No key? {~a ~b}\n"


def work() -> None:
    """Do all that is due."""
    while run_due_work(now=timezone.now()):
        pass


def upload(robot: Program, content: bytes = GOOD, *, key: str = "", **fields: Any) -> Any:
    """Send a file for the bank "python"."""
    data = {"bank": "python", "file": SimpleUploadedFile("x.gift", content), **fields}
    headers = robot.headers | ({"Idempotency-Key": key} if key else {})
    return robot.client.post(f"{ROOT}imports/", data, headers=headers)


def checked(robot: Program, content: bytes = GOOD, **fields: Any) -> dict[str, Any]:
    """Send a file, let it be checked, and return what is told of it."""
    answer = upload(robot, content, **fields)
    assert answer.status_code == 202, answer.content
    work()
    return seen(robot, answer.json()["id"])


def seen(robot: Program, public_id: str) -> dict[str, Any]:
    answer = robot.get(f"imports/{public_id}/")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body
