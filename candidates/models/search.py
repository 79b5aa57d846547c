from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.enums import NoteAudience, SearchKind
from candidates.models.people import Candidate
from shell.words import WordsBegin, WordsIndex


class SearchEntry(models.Model):
    """The words of one thing about a person that a search may find, and who may find it by them."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="search_entries")
    kind = models.CharField(max_length=20, choices=SearchKind)
    # The row of that kind; 0 for the person.
    ref = models.PositiveBigIntegerField(default=0)
    # A word of a note for few must not be found by the others: the hit alone would tell them.
    audience = models.CharField(max_length=20, choices=NoteAudience, default=NoteAudience.TEAM)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As `shell.words.words_of` gives them, a space around each: " ada lovelace ".
    words = models.TextField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("words of a person")
        verbose_name_plural = _("words of people")
        indexes = [WordsIndex(fields=["words"], name="candidates_search_words")]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "kind", "ref"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=Q(kind__in=SearchKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=NoteAudience.values), name="%(app_label)s_%(class)s_audience_known"
            ),
        ]

    def __str__(self) -> str:
        return f"words of {self.kind} {self.ref} of {self.candidate_id}"


SearchEntry._meta.get_field("words").register_lookup(WordsBegin)
