from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import Q
from django.db.models.lookups import Lookup
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.enums import NoteAudience, SearchKind
from candidates.models.people import Candidate
from candidates.rules import words_of

# The same expression in the index and in what is asked, or the index is not used.
_VECTOR = "to_tsvector('simple'::regconfig, %s)"


class WordsIndex(models.Index):
    """An index of the words in a column, for `__begin`. SQLite reads the rows: there it indexes none of them."""

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        table = model._meta.db_table
        parts: dict[str, Any] = {
            "table": Table(table, schema_editor.quote_name),
            "name": schema_editor.quote_name(self.name),
        }
        if schema_editor.connection.vendor == "postgresql":
            column = schema_editor.quote_name(str(model._meta.get_field(self.fields[0]).column))  # type: ignore[union-attr]
            template = f"CREATE INDEX %(name)s ON %(table)s USING gin ({_VECTOR % column})"
            return Statement(template, **parts)
        # Django runs whatever comes back, so there has to be an index.
        key = str(model._meta.pk.column)
        return Statement(
            "CREATE INDEX %(name)s ON %(table)s (%(columns)s) WHERE %(columns)s IS NULL",
            **parts,
            columns=Columns(table, [key], schema_editor.quote_name),
        )


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
    # As `candidates.rules.words_of` gives them, a space around each: " ada lovelace ".
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


@SearchEntry._meta.get_field("words").register_lookup
class WordsBegin(Lookup):
    """Whether for every word of a term there is a word that begins with it. The same rows on both databases."""

    lookup_name = "begin"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        parts = [f"instr({column}, %s) > 0" for _word in self._words]
        found: list[Any] = [value for word in self._words for value in (*params, f" {word}")]
        return " AND ".join(parts) or "1 = 0", tuple(found)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        if not self._words:
            return "1 = 0", ()
        # Words hold letters and digits alone, so there is nothing in them to quote.
        query = " & ".join(f"{word}:*" for word in self._words)
        return f"{_VECTOR % column} @@ to_tsquery('simple'::regconfig, %s)", (*params, query)

    @property
    def _words(self) -> list[str]:
        return words_of(str(self.rhs))
