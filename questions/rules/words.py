"""The words by which a question is found."""

from __future__ import annotations

from collections.abc import Iterable

from questions.rules.drafts import KeyDraft, OptionDraft
from shell.words import searched_words


def question_words(
    *,
    external_id: str,
    name: str,
    stem: str,
    options: Iterable[OptionDraft],
    key: KeyDraft,
    tags: Iterable[str],
) -> str:
    """Return the words of all that is written in a question, each once, as `QuestionWords` keeps them."""
    texts = [external_id, name, stem, *(option.text for option in options), *tags]
    texts += [*key.feedback.values(), key.explanation, key.source, key.model_answer]
    texts += [*key.look_fors, *key.warning_signs, *key.follow_ups]
    return searched_words("\n".join(texts))
