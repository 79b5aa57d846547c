"""Options as a candidate's page names them: by their place in the person's own order, "1", "2" and so on.

The stored codes follow the order in which the options were written. A page that held them would show that order to
everybody, and two people could compare what they got; so they are translated here, on the way in and on the way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def codes_at(places: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return the codes of the options at `places` of a person's `order`.

    Raises `ValidationError` for a place that the question does not have.
    """
    code_at = {str(place): code for place, code in enumerate(order, start=1)}
    try:
        return [code_at[place] for place in places]
    except KeyError as error:
        raise ValidationError(_("Choose one of the options of this question.")) from error


def places_of(codes: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return the places of `codes` in a person's `order`, from the top down.

    An answer is stored in the order of its question: sent as it is, it would tell something of that order.
    """
    chosen = set(codes)
    return [str(place) for place, code in enumerate(order, start=1) if code in chosen]
