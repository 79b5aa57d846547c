"""What saving a question will do, what it did, and what differs where a colleague saved it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from questions.enums import Kind, Level, Marking, SaveOutcome
from questions.models import QuestionVersion
from questions.rules import QuestionDraft


def will_save(outcome: SaveOutcome, latest: QuestionVersion | None) -> str:
    """Say what saving comes to, before it is done."""
    number = latest.number if latest is not None else 1
    names = {"number": number, "next": number + 1}
    match outcome:
        case SaveOutcome.CREATED:
            return _("Saving adds it to its bank as a draft. No test draws it before it is ready.")
        case SaveOutcome.DRAFT_CHANGED:
            return _("Saving changes the draft, version %(number)d, in place.") % names
        case SaveOutcome.DRAFT_BEGUN:
            return (
                _(
                    "Version %(number)d is frozen and stays as it is. Saving begins version %(next)d as a draft; "
                    "candidates get it once it is ready."
                )
                % names
            )
        case SaveOutcome.KEY_MENDED:
            return (
                _(
                    "The text stays as it is, so saving mends the key of version %(number)d: say what was wrong with "
                    "it. Where answers earn other marks by the new key, their tests can be marked again."
                )
                % names
            )
    if latest is not None and latest.frozen_at is not None:
        return (
            _(
                "Version %(number)d is frozen. Another text begins version %(next)d as a draft; if only the key or "
                "the explanation changes, the key of version %(number)d is mended."
            )
            % names
        )
    return _("Saving changes the draft, version %(number)d, in place.") % names


def was_saved(outcome: SaveOutcome, version: QuestionVersion) -> str:
    """Say what saving came to."""
    names = {"number": version.number}
    match outcome:
        case SaveOutcome.CREATED:
            return _("The question is added, as a draft.")
        case SaveOutcome.DRAFT_BEGUN:
            return (
                _(
                    "Version %(number)d is begun, as a draft. Candidates get the version before until it is ready."
                )
                % names
            )
        case SaveOutcome.DRAFT_CHANGED:
            return _("The draft, version %(number)d, is saved.") % names
        case SaveOutcome.KEY_MENDED:
            return _("The key of version %(number)d is mended.") % names
        case SaveOutcome.FACTS:
            return _("Saved. The text and the key are as they were.")
    return _("Nothing differs from what was saved.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a question that two people left differently."""

    label: str
    theirs: str
    mine: str


def differences(theirs: QuestionDraft, mine: QuestionDraft) -> list[Difference]:
    """Return what differs between two drafts of one question, in the order of its form."""
    pairs = zip(_parts(theirs), _parts(mine), strict=True)
    return [Difference(label, one, other) for (label, one), (_label, other) in pairs if one != other]


def _parts(draft: QuestionDraft) -> Iterator[tuple[str, str]]:
    key = draft.key
    yield _("Kind"), str(Kind(draft.kind).label)
    yield _("Question"), draft.stem
    yield _("Options"), "\n\n".join(_options(draft))
    if draft.kind == Kind.MULTIPLE:
        yield _("Marking"), str(Marking(key.marking).label)
    else:
        yield _("Marking"), ""
    yield _("Explanation"), key.explanation
    yield _("Source"), key.source
    yield _("Model answer"), key.model_answer
    yield _("Look-fors"), "\n".join(key.look_fors)
    yield _("Warning signs"), "\n".join(key.warning_signs)
    yield _("Follow-up questions"), "\n".join(key.follow_ups)
    yield _("Level"), str(Level(draft.level).label) if draft.level in Level.values else ""
    yield _("Intended difficulty"), str(draft.difficulty)
    yield _("Skills"), ", ".join(sorted(draft.skills))
    yield _("Tags"), ", ".join(sorted(draft.tags))
    yield _("Name"), draft.name
    yield _("Category"), draft.category


def _options(draft: QuestionDraft) -> Iterator[str]:
    places = {"first": _("always first"), "here": _("stays at this place"), "last": _("always last")}
    for number, option in enumerate(draft.options, start=1):
        share = draft.key.shares.get(option.code, "0")
        notes = [_("share %(share)s") % {"share": share}]
        notes += [places[option.place]] if option.place in places else []
        lines = [f"{number}. {option.text}", f"({', '.join(notes)})"]
        if feedback := draft.key.feedback.get(option.code):
            lines.append(_("Feedback: %(text)s") % {"text": feedback})
        yield "\n".join(lines)
