"""What the journeys through imports of questions ask the product's own code; see `inside`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Count, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import create_user
from outbox.models import Event, Work
from questions.formats import WRITERS
from questions.models import (
    AnswerKey,
    ImportLine,
    Question,
    QuestionBank,
    QuestionVersion,
    QuestionWords,
    Skill,
)
from questions.operations import create_bank, save_skill
from questions.operations.importing import ImportChoices, confirm_import, queue_check
from tests.journeys.walk import PASSWORD
from tests.load.taking_in import SKILLS, questions

AUTHOR = "faults.author@example.org"
# What every question says.
_WORDS = b"and why does it stop"


def open_bank(*, slug: str) -> int:
    """Open a bank, with the skills that the files speak of and somebody who may import into it."""
    by, now = Actor.system(), timezone.now()
    for skill in set(SKILLS) - set(Skill.objects.values_list("slug", flat=True)):
        save_skill(slug=skill, name=skill, by=by, now=now)
    if not User.objects.filter(email=AUTHOR).exists():
        create_user(
            email=AUTHOR,
            full_name="Noor Author",
            password=PASSWORD,
            roles=[Role.QUESTION_AUTHOR],
            by=by,
            now=now,
        )
    return create_bank(slug=slug, name=slug, by=by, now=now).pk


def upload_questions(*, bank: int, count: int, intent: str, words: str = "", confirmed: bool = True) -> int:
    """Upload a file of so many questions to be checked and, where `confirmed`, imported; return the check.

    Every question has `words` in the place of some of its own.
    """
    content = WRITERS["moodle_xml"](questions(count)).content
    if words:
        content = content.replace(_WORDS, words.encode())
    check = queue_check(
        bank=QuestionBank.objects.get(pk=bank),
        file=ContentFile(content, name="questions.xml"),
        format="auto",
        choices=ImportChoices(),
        by=_author(),
        now=timezone.now(),
        intent=intent,
        back={"url": "/", "label": "Import"},
        commits=confirmed,
    )
    return check.pk


def import_of_check(*, check: int) -> int:
    """The work that imports the file of a check; confirmed once more where it is confirmed already."""
    return confirm_import(check=Work.objects.get(pk=check), by=_author(), now=timezone.now()).pk


def import_work(*, pk: int) -> dict[str, Any]:
    """Where a check or an import is; `imports` is the import that a check led to."""
    found = Work.objects.get(pk=pk)
    return {
        "state": found.state,
        "done": found.done,
        "total": found.total,
        "tries": found.tries,
        "reason": found.reason,
        "counts": [count for _label, count in found.result.get("counts", [])],
        "imports": Work.objects.filter(intent=f"questions.import:{found.public_id}")
        .values_list("pk", flat=True)
        .first(),
    }


def lines_of_check(*, check: int) -> dict[str, list[int]]:
    """Of what a check found: how many lines it says there are, how many are kept, how many numbers they have."""
    kept = ImportLine.objects.filter(work=check).values("found").order_by("found")
    counted = {
        row["found"]: [row["lines"], row["numbers"]]
        for row in kept.annotate(lines=Count("pk"), numbers=Count("number", distinct=True))
    }
    said = Work.objects.get(pk=check).result["found"]
    return {
        found: [said.get(found, 0), *counted.get(found, [0, 0])]
        for found in sorted({*said, *counted})
        if said.get(found) or found in counted
    }


def bank_as_seen(*, bank: int) -> int:
    """How many questions of a bank an author sees, and of what is on its way into any."""
    seen = Question.objects.all().visible_to(_author())
    return seen.filter(Q(bank=bank) | ~Q(bank__arriving_for="")).count()


def bank_in_full(*, bank: int, words: str = "") -> dict[str, int]:
    """Count the parts of which the questions of a bank consist, and what imports left elsewhere."""
    rows = Question.objects.filter(bank=bank)
    versions = QuestionVersion.objects.filter(question__bank=bank)
    told = Event.objects.filter(about="questions.question", about_id__in=rows.values("pk"))
    return {
        "questions": rows.count(),
        "ids": rows.values("external_id").distinct().count(),
        "versions": versions.filter(stem__contains=words).count(),
        "keys": AnswerKey.objects.filter(version__in=versions).values("version").distinct().count(),
        "words": QuestionWords.objects.filter(question__in=rows).count(),
        "added": told.filter(kind="question.added").count(),
        "changed": told.filter(kind="question.changed").count(),
        "imported": times_imported(bank=bank),
        "left": QuestionBank.objects.exclude(arriving_for="").count(),
    }


def times_imported(*, bank: int) -> int:
    """How many imports into a bank were seen."""
    told = Event.objects.filter(kind="question_bank.imported", about="questions.questionbank")
    return told.filter(about_id=bank).count()


def _author() -> Actor:
    return Actor.of_user(User.objects.get(email=AUTHOR))


CALLS: dict[str, Callable[..., Any]] = {
    call.__name__: call
    for call in (
        *(open_bank, upload_questions, import_of_check, import_work, lines_of_check),
        *(bank_as_seen, bank_in_full, times_imported),
    )
}
