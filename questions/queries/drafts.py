"""What is stored of a question, as an author edits it."""

from __future__ import annotations

from questions.models import AnswerKey, Question, QuestionVersion
from questions.rules import KeyDraft, OptionDraft, QuestionDraft


def option_drafts(version: QuestionVersion) -> list[OptionDraft]:
    """Return the options of a version as an author edits them."""
    return [
        OptionDraft(option["code"], option["text"], option.get("place", "")) for option in version.options
    ]


def key_draft(key: AnswerKey) -> KeyDraft:
    """Return a key as an author edits it."""
    return KeyDraft(
        shares=dict(key.shares),
        feedback=dict(key.feedback),
        marking=key.marking,
        explanation=key.explanation,
        source=key.source,
        model_answer=key.model_answer,
        look_fors=list(key.look_fors),
        warning_signs=list(key.warning_signs),
        follow_ups=list(key.follow_ups),
    )


def question_draft(question: Question, version: QuestionVersion, key: AnswerKey | None) -> QuestionDraft:
    """Return a whole question as an author edits it. Two queries, unless its skills and tags are loaded."""
    return QuestionDraft(
        external_id=question.external_id,
        kind=question.kind,
        level=question.level,
        difficulty=question.intended_difficulty,
        skills=[skill.slug for skill in question.skills.all()],
        tags=[tag.name for tag in question.tags.all()],
        stem=version.stem,
        options=option_drafts(version),
        key=key_draft(key) if key is not None else KeyDraft(),
        name=question.name,
        category=question.category,
    )


def edit_base(question: Question, version: QuestionVersion | None) -> str:
    """Return what names the question as it is now: who saves hands back what they began from."""
    return f"{version.pk if version is not None else 0}:{question.edit}"
