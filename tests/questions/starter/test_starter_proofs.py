"""A proof that cannot fail proves nothing: with another option marked as right, the proofs of the banks fail."""

from __future__ import annotations

import inspect
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from tests.questions.starter import stems

PROOFS = {
    name: proof
    for path in sorted(Path(__file__).parent.glob("test_starter_*_keys.py"))
    for name, proof in vars(import_module(f"{__package__}.{path.stem}")).items()
    if name.startswith("test_key_")
}
PROVEN = [
    question.external_id for name in stems.BANKS for question in stems.bank(name).questions if question.proof
]


def _with_the_next_options_as_keys(question):
    was_key = [option.is_key for option in question.options]
    return replace(
        question,
        options=tuple(
            replace(option, is_key=is_key)
            for option, is_key in zip(question.options, was_key[-1:] + was_key[:-1], strict=True)
        ),
    )


@pytest.mark.parametrize("external_id", PROVEN)
def test_proof_fails_when_another_option_is_the_key(external_id, request, monkeypatch):
    asked = stems.question
    wrong = _with_the_next_options_as_keys(asked(external_id))
    proof = PROOFS[wrong.proof]
    fixtures = {name: request.getfixturevalue(name) for name in inspect.signature(proof).parameters}
    monkeypatch.setattr(stems, "question", lambda name: wrong if name == external_id else asked(name))

    with pytest.raises(AssertionError):
        proof(**fixtures)
