"""A proof that cannot fail proves nothing: with another option marked as right, each proof of the Python bank fails."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from tests.questions.starter import (
    stems,
    test_starter_python_experienced_keys,
    test_starter_python_fresher_keys,
    test_starter_python_intermediate_keys,
    test_starter_python_junior_keys,
)

PROOFS = {
    name: proof
    for module in (
        test_starter_python_fresher_keys,
        test_starter_python_junior_keys,
        test_starter_python_intermediate_keys,
        test_starter_python_experienced_keys,
    )
    for name, proof in vars(module).items()
    if name.startswith("test_key_")
}
CHOICES = [question for question in stems.bank("python").questions if question.kind != "open"]


def _with_the_next_options_as_keys(question):
    was_key = [option.is_key for option in question.options]
    return replace(
        question,
        options=tuple(
            replace(option, is_key=is_key)
            for option, is_key in zip(question.options, was_key[-1:] + was_key[:-1], strict=True)
        ),
    )


@pytest.mark.parametrize("external_id", [question.external_id for question in CHOICES])
def test_proof_fails_when_another_option_is_the_key(external_id, request, monkeypatch):
    asked = stems.question
    wrong = _with_the_next_options_as_keys(asked(external_id))
    proof = PROOFS[wrong.proof]
    fixtures = {name: request.getfixturevalue(name) for name in inspect.signature(proof).parameters}
    monkeypatch.setattr(stems, "question", lambda name: wrong if name == external_id else asked(name))

    with pytest.raises(AssertionError):
        proof(**fixtures)
