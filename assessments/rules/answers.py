"""What may be saved as an answer."""

from __future__ import annotations

from collections.abc import Sequence

from questions.enums import Kind


class AnswerRefused(ValueError):  # noqa: N818 -- a refusal, not a fault
    """The answer does not fit its question. `code` says how, for the page's words."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def checked_answer(answer: object, *, kind: str, codes: Sequence[str]) -> list[str]:
    """Return the chosen `codes` in the order in which the question has them. An empty list clears the answer.

    Raises `AnswerRefused` for anything but a list of different codes of this very question, and for more than one
    where one is asked for.
    """
    if not isinstance(answer, list | tuple) or len(answer) > len(codes):
        raise AnswerRefused("not_a_choice")
    if any(not isinstance(code, str) for code in answer) or len(set(answer)) != len(answer):
        raise AnswerRefused("not_a_choice")
    if not set(answer) <= set(codes):
        raise AnswerRefused("unknown_option")
    if kind == Kind.SINGLE and len(answer) > 1:
        raise AnswerRefused("one_only")
    return [code for code in codes if code in answer]
