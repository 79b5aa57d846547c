"""What a file does not hold of questions, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions.formats.drafts import Loss

PICTURES: Final = "pictures"
_FIELDS: Final = {
    "category": gettext_lazy("category"),
    "difficulty": gettext_lazy("intended difficulty"),
    "explanation": gettext_lazy("explanation"),
    "external_id": gettext_lazy("id"),
    "feedback": gettext_lazy("feedback of options"),
    "follow_ups": gettext_lazy("follow-ups"),
    "level": gettext_lazy("level"),
    "look_fors": gettext_lazy("look-fors"),
    "marking": gettext_lazy("how it is marked"),
    "model_answer": gettext_lazy("model answer"),
    "name": gettext_lazy("name"),
    "options": gettext_lazy("options"),
    PICTURES: gettext_lazy("pictures, which its text names by their address on this site"),
    "places": gettext_lazy("places of options that are not shuffled"),
    "shares": gettext_lazy("exact shares of the mark"),
    "skills": gettext_lazy("skills"),
    "source": gettext_lazy("source"),
    "stem": gettext_lazy("text of the question"),
    "tags": gettext_lazy("tags"),
    "warning_signs": gettext_lazy("warning signs"),
}
_LEFT_OUT: Final = {
    "looks_like_another_line": gettext_lazy("Its first line would be taken for an option or an answer."),
    "not_told_apart": gettext_lazy("One of its texts reads like a heading or a list of the format."),
    "open_question": gettext_lazy("The format has no open questions."),
    "part_marks": gettext_lazy("The format has no parts of a mark."),
    "several_keys": gettext_lazy("The format has one right option and no more."),
    "several_lines": gettext_lazy("The format has texts of one line and no more."),
    "too_many_options": gettext_lazy("The format has as many options as letters and no more."),
}


def field_words(field: str) -> str:
    """Return what people call a part of a question."""
    return str(_FIELDS.get(field, field))


def loss_words(loss: Loss) -> str:
    """Say what a file does not hold of a question, or why the question is not in it."""
    if loss.is_left_out:
        return _("Not in the file. %(why)s") % {"why": _LEFT_OUT.get(loss.code, loss.code)}
    if loss.code == "signs_removed":
        return _("Signs that nobody sees were taken out of: %(field)s.") % {"field": field_words(loss.field)}
    return _("Not kept: %(field)s.") % {"field": field_words(loss.field)}


def losses_words(losses: Sequence[Loss]) -> str:
    """Say what a file does not hold of one question."""
    plain = [loss for loss in losses if not loss.is_left_out and loss.code != "signs_removed"]
    said = [loss_words(loss) for loss in losses if loss not in plain]
    if plain:
        fields = ", ".join(field_words(loss.field) for loss in plain)
        said.append(_("Not kept: %(field)s.") % {"field": fields})
    return " ".join(said)
