"""Which colour a state has, told by the app that owns the state."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Choices

_tones: dict[tuple[type, str], str] = {}


def register_tones(
    *,
    good: Iterable[Choices] = (),
    attention: Iterable[Choices] = (),
    bad: Iterable[Choices] = (),
    accent: Iterable[Choices] = (),
) -> None:
    """Give states (members of `TextChoices`) a colour; what is not named is neutral."""
    for tone, states in {"good": good, "attention": attention, "bad": bad, "accent": accent}.items():
        for state in states:
            _tones[type(state), str(state.value)] = tone


def tone_of(state: object) -> str:
    """Return the tone of `state`, "neutral" for words and for states that nobody named."""
    if not isinstance(state, Choices):
        return "neutral"
    return _tones.get((type(state), str(state.value)), "neutral")
