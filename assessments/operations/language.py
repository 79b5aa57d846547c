"""The language of a test's pages and mail."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.models import Invitation


def set_language(*, invitation: Invitation, language: str) -> Invitation:
    """Let the pages and the mail of `invitation` speak `language` from now on, and return it.

    Raises `ValidationError` for a language that candidates' pages do not speak.
    """
    if language not in dict(settings.CANDIDATE_LANGUAGES):
        raise ValidationError({"language": _("This language is not offered here.")})
    Invitation.objects.filter(pk=invitation.pk).update(language=language)
    invitation.language = language
    return invitation
