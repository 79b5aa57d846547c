"""What is stored of a question, as an author edits it."""

from __future__ import annotations

from collections.abc import Collection

from questions.enums import SaveOutcome
from questions.models import AnswerKey, Question, QuestionVersion
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, plain_key


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


def skills_and_tags(question_ids: Collection[int]) -> dict[int, tuple[list[str], list[str]]]:
    """Return the short names of the skills, and the tags, of each of these questions. Two queries."""
    found: dict[int, tuple[list[str], list[str]]] = {pk: ([], []) for pk in question_ids}
    skills = Question.skills.through._default_manager.filter(question__in=list(found))
    for pk, slug in skills.order_by("pk").values_list("question_id", "skill__slug"):
        found[pk][0].append(slug)
    tags = Question.tags.through._default_manager.filter(question__in=list(found))
    for pk, name in tags.order_by("pk").values_list("question_id", "questiontag__name"):
        found[pk][1].append(name)
    return found


def question_draft(
    question: Question,
    version: QuestionVersion,
    key: AnswerKey | None,
    words: tuple[list[str], list[str]] | None = None,
) -> QuestionDraft:
    """Return a whole question as an author edits it.

    Two queries, unless its skills and tags are loaded, or given as `words` by `skills_and_tags`.
    """
    skills, tags = words or (
        [skill.slug for skill in question.skills.all()],
        [tag.name for tag in question.tags.all()],
    )
    return QuestionDraft(
        external_id=question.external_id,
        kind=question.kind,
        level=question.level,
        difficulty=question.intended_difficulty,
        skills=skills,
        tags=tags,
        stem=version.stem,
        options=option_drafts(version),
        key=key_draft(key) if key is not None else KeyDraft(),
        name=question.name,
        category=question.category,
    )


def edit_base(question: Question, version: QuestionVersion | None) -> str:
    """Return what names the question as it is now: who saves hands back what they began from."""
    return f"{version.pk if version is not None else 0}:{question.edit}"


def outcome_of(latest: QuestionVersion | None, known: AnswerKey | None, draft: QuestionDraft) -> SaveOutcome:
    """Return what saving `draft` comes to for the text and the key, of which `latest` and `known` are stored.

    Costs no query. What has no versions (level, skills, tags …) is left aside.
    """
    if latest is None:
        return SaveOutcome.CREATED
    same_text = latest.stem == draft.stem and latest.options == [option.stored() for option in draft.options]
    if same_text and known is not None and key_draft(known) == plain_key(draft.key):
        return SaveOutcome.UNCHANGED
    if latest.frozen_at is None:
        return SaveOutcome.DRAFT_CHANGED
    return SaveOutcome.KEY_MENDED if same_text else SaveOutcome.DRAFT_BEGUN
