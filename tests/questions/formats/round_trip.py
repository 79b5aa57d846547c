"""What every format promises: what was written is read back, but for what was told."""

from __future__ import annotations

from collections.abc import Sequence

from questions.formats.drafts import Loss, ParsedQuestion, Written
from questions.formats.losses import without


def kept(questions: Sequence[ParsedQuestion], written: Written) -> list[ParsedQuestion]:
    """Return what the file has to say: `questions` without what its losses name."""
    out = {loss.question for loss in written.losses if loss.is_left_out}
    lost: dict[int, list[Loss]] = {}
    for loss in written.losses:
        lost.setdefault(loss.question, []).append(loss)
    return [
        without(question, [loss.field for loss in lost.get(number, [])])
        for number, question in enumerate(questions)
        if number not in out
    ]


def alike(read: Sequence[ParsedQuestion], questions: Sequence[ParsedQuestion], written: Written) -> bool:
    """Whether `read` says what `questions` say, but for the losses; fails with the first that differs."""
    expected = kept(questions, written)
    assert len(read) == len(expected)
    lost = [loss for loss in written.losses if not loss.is_left_out]
    numbers = [
        n for n in range(len(questions)) if not any(x.is_left_out and x.question == n for x in written.losses)
    ]
    for number, got, want in zip(numbers, read, expected, strict=True):
        assert without(got, [loss.field for loss in lost if loss.question == number]) == want
    return True
