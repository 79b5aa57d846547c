"""Writing questions. What somebody was shown is frozen: an edit of it starts a new version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from questions import queries
from questions.enums import SaveOutcome
from questions.models import Question, QuestionBank, QuestionTag, QuestionVersion, Skill
from questions.operations.linting.questions import look_through_questions
from questions.operations.touching import touched
from questions.operations.typing import forget_typing
from questions.operations.writing.content import (
    QuestionLocked,
    held,
    keep,
    known_skills,
    made_tags,
    record,
    write_key,
    write_version,
)
from questions.operations.writing.keys import write_mended
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, plain_key
from questions.validators import validate_content


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """A question as it was saved: the version that holds its text now, and what the save came to."""

    question: Question
    version: QuestionVersion
    outcome: SaveOutcome


class StaleEdit(Exception):  # noqa: N818 -- a refusal, not a fault
    """Somebody else saved the question meanwhile. `theirs` is what it says now, `by` who wrote it, if known."""

    def __init__(self, theirs: QuestionDraft, by: User | None, base: str) -> None:
        self.theirs, self.by, self.base = theirs, by, base
        super().__init__(_("Somebody else changed this question meanwhile. Nothing was saved."))


@transaction.atomic
def save_question(
    *,
    question: Question | None,
    bank: QuestionBank,
    draft: QuestionDraft,
    by: Actor,
    now: datetime,
    base: str = "",
    reason: str = "",
    unsaved: str = "",
) -> SavedQuestion:
    """Save a question as its author wrote it: a new one of `bank` where `question` is None.

    A draft is changed in place. Another text of a frozen version starts a draft, which candidates do not get before it
    is made ready. Another key of the same text is a new revision, for which `reason` is needed. `base` is what the
    author began from (`queries.edit_base`); without it nobody asks. Skills must exist, tags are made, the id of a
    question stays what it was. `unsaved` names what was kept of the form while it was typed: it is saved now.
    Raises `ValidationError` keyed by field, `StaleEdit` where somebody else saved since, and `QuestionLocked` for a
    change of the kind after it was frozen.
    """
    draft = draft.cleaned()
    skills, tags = known_skills(draft.skills).values(), made_tags(draft.tags).values()
    if unsaved:
        forget_typing(unsaved=unsaved, by=by)
    if question is None:
        return _create(bank, draft, skills, tags, by=by, now=now)
    return _change(question, draft, skills, tags, base=base, reason=reason, by=by, now=now)


def add_question(
    *,
    bank: QuestionBank,
    external_id: str,
    kind: str,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    tags: Iterable[QuestionTag] = (),
) -> Question:
    """Add a question to `bank` as a draft and return it, with its first version and key.

    Raises `ValidationError` keyed by field (external_id, stem, options, key …).
    """
    draft = QuestionDraft(
        external_id=external_id,
        kind=kind,
        level=level,
        difficulty=intended_difficulty,
        skills=[skill.slug for skill in skills],
        tags=[tag.name for tag in tags],
        stem=stem,
        options=options,
        key=key,
    )
    return save_question(question=None, bank=bank, draft=draft, by=by, now=now).question


def edit_question(
    *,
    question: Question,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    tags: Iterable[QuestionTag],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    kind: str | None = None,
    reason: str = "",
) -> QuestionVersion:
    """Change a question and return the version that now holds its text. See `save_question`."""
    draft = QuestionDraft(
        external_id=question.external_id,
        kind=kind or question.kind,
        level=level,
        difficulty=intended_difficulty,
        skills=[skill.slug for skill in skills],
        tags=[tag.name for tag in tags],
        stem=stem,
        options=options,
        key=key,
        name=question.name,
        category=question.category,
    )
    saved = save_question(question=question, bank=question.bank, draft=draft, reason=reason, by=by, now=now)
    return saved.version


def _create(
    bank: QuestionBank,
    draft: QuestionDraft,
    skills: Collection[int],
    tags: Collection[int],
    *,
    by: Actor,
    now: datetime,
) -> SavedQuestion:
    question = Question(
        bank=bank,
        external_id=draft.external_id,
        name=draft.name,
        category=draft.category,
        kind=draft.kind,
        level=draft.level,
        intended_difficulty=draft.difficulty,
        status_at=now,
        status_by=by.user,
        created_by=by.user,
        created_at=now,
        changed_at=now,
    )
    question.full_clean(exclude=["current_version"])
    validate_content(kind=draft.kind, stem=draft.stem, options=draft.options, key=draft.key)
    question.save()
    question.skills.set(skills)
    question.tags.set(tags)
    version = write_version(question, 1, draft.stem, draft.options, draft.key, by=by, now=now)
    touched([question.pk], now=now)
    look_through_questions(question_ids=[question.pk], now=now)
    record("question.added", question, by=by, now=now)
    return SavedQuestion(question, version, SaveOutcome.CREATED)


def _change(
    question: Question,
    draft: QuestionDraft,
    skills: Collection[int],
    tags: Collection[int],
    *,
    base: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> SavedQuestion:
    current = held(question)
    latest = queries.latest_version(current)
    if base and base != queries.edit_base(current, latest):
        raise _stale(current, latest)
    if draft.kind != current.kind and _was_frozen(current):
        raise QuestionLocked(
            _("The kind of a question that was ready does not change. Add a new question instead.")
        )
    facts = _set_facts(current, draft, skills, tags)
    current.full_clean()
    validate_content(kind=draft.kind, stem=draft.stem, options=draft.options, key=draft.key)
    version, outcome = _save_content(current, latest, draft, reason=reason, by=by, now=now)
    if outcome is SaveOutcome.UNCHANGED and facts:
        outcome = SaveOutcome.FACTS
    if outcome is not SaveOutcome.UNCHANGED:
        keep(current, "name", "category", "kind", "level", "intended_difficulty", now=now)
        touched([current.pk], now=now)
        look_through_questions(question_ids=[current.pk], now=now)
    if facts or outcome in (SaveOutcome.DRAFT_BEGUN, SaveOutcome.DRAFT_CHANGED):
        text = version if outcome in (SaveOutcome.DRAFT_BEGUN, SaveOutcome.DRAFT_CHANGED) else None
        record("question.changed", current, by=by, now=now, version=text, facts=facts)
    return SavedQuestion(current, version, outcome)


def _stale(question: Question, latest: QuestionVersion | None) -> StaleEdit:
    version = latest or QuestionVersion(question=question)
    key = queries.keys_for([version.pk]).get(version.pk) if version.pk else None
    return StaleEdit(
        queries.question_draft(question, version, key),
        version.changed_by or version.created_by,
        queries.edit_base(question, latest),
    )


def _was_frozen(question: Question) -> bool:
    return QuestionVersion.objects.filter(question=question, frozen_at__isnull=False).exists()


def _set_facts(
    question: Question, draft: QuestionDraft, skills: Collection[int], tags: Collection[int]
) -> Mapping[str, object]:
    """Take over what has no versions, and return what of it changed: codes and ids, before and now."""
    before = {
        "kind": question.kind,
        "level": question.level,
        "difficulty": question.intended_difficulty,
        "skills": sorted(question.skills.values_list("pk", flat=True)),
        "tags": sorted(question.tags.values_list("pk", flat=True)),
    }
    after = {
        "kind": draft.kind,
        "level": draft.level,
        "difficulty": draft.difficulty,
        "skills": sorted(skills),
        "tags": sorted(tags),
    }
    changed: dict[str, object] = {
        name: [value, after[name]] for name, value in before.items() if value != after[name]
    }
    # What they say is a text of the author, which nothing blanks in the history.
    changed |= {
        name: True for name in ("name", "category") if getattr(question, name) != getattr(draft, name)
    }
    question.name, question.category = draft.name, draft.category
    question.kind, question.level, question.intended_difficulty = draft.kind, draft.level, draft.difficulty
    if "skills" in changed:
        question.skills.set(skills)
    if "tags" in changed:
        question.tags.set(tags)
    return changed


def _save_content(
    question: Question,
    latest: QuestionVersion | None,
    draft: QuestionDraft,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> tuple[QuestionVersion, SaveOutcome]:
    known = queries.keys_for([latest.pk]).get(latest.pk) if latest is not None else None
    outcome = queries.outcome_of(latest, known, draft)
    if latest is None or outcome is SaveOutcome.DRAFT_BEGUN:
        number = latest.number + 1 if latest is not None else 1
        version = write_version(question, number, draft.stem, draft.options, draft.key, by=by, now=now)
        return version, SaveOutcome.DRAFT_BEGUN
    if outcome is SaveOutcome.KEY_MENDED:
        write_mended(question, latest, known, draft.key, reason=reason, by=by, now=now)
    if outcome is not SaveOutcome.DRAFT_CHANGED:
        return latest, outcome
    latest.stem, latest.options = draft.stem, [option.stored() for option in draft.options]
    latest.changed_by, latest.changed_at = by.user, now
    latest.save(update_fields=["stem", "options", "changed_by", "changed_at"])
    if known is None or queries.key_draft(known) != plain_key(draft.key):
        write_key(latest, (known.revision if known else 0) + 1, draft.key, by=by, now=now)
    return latest, SaveOutcome.DRAFT_CHANGED
