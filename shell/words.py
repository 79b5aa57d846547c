"""Finding rows by words: what of a text counts as a word, and the index and the lookup of a column that holds them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models.lookups import In, Lookup

# Nobody types more of a word, and indexes have an end.
WORD_LENGTH: Final = 60
# What is searched by: more words find nobody else, and shorter ones nearly everybody.
MOST_WORDS: Final = 8
SHORTEST_WORD: Final = 2
LONGEST_SEARCH: Final = 200
# PostgreSQL takes no more than a megabyte of words and their places at once.
MOST_SEARCHED_WORDS: Final = 20_000
MOST_SEARCHED_BYTES: Final = 300_000
# Letters or digits in a row. Databases would cut what mixes them in ways of their own.
_WORD = re.compile(r"[^\W\d_]+|\d+")
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


def words_of(text: str) -> list[str]:
    """Return the words of `text` in their order, as they are searched: folded, without accents, digits apart."""
    if text.isascii():
        plain = text.casefold()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = "".join(letter for letter in folded if unicodedata.category(letter)[0] != "M")
    return [word[:WORD_LENGTH] for word in _WORD.findall(plain)]


def searched_words(text: str) -> str:
    """Return the words of `text`, each once, as a column keeps them for `WordsBegin`: a space around each."""
    words = dict.fromkeys(words_of(text))
    plain = " ".join(words)
    if len(words) <= MOST_SEARCHED_WORDS and len(plain.encode()) < MOST_SEARCHED_BYTES:
        return f" {plain} " if plain else ""
    kept: list[str] = []
    size = 0
    for word in words:
        size += len(word.encode()) + 1
        if len(kept) == MOST_SEARCHED_WORDS or size > MOST_SEARCHED_BYTES:
            break
        kept.append(word)
    return f" {' '.join(kept)} "


def wanted_words(text: str) -> list[str]:
    """Return what somebody who types `text` looks for: each word once, at most eight, none of one Latin letter."""
    words = dict.fromkeys(words_of(text[:LONGEST_SEARCH]))
    # One sign may be a whole name in other scripts.
    return [word for word in words if len(word) >= SHORTEST_WORD or not word.isascii()][:MOST_WORDS]


def is_too_short(text: str) -> bool:
    """Whether somebody typed something to look for that finds nothing whatever there is: no word of two letters."""
    return bool(text.strip()) and not wanted_words(text)


class AmongThese(In):
    """Whether a key is one of a subquery, which PostgreSQL works out first, whatever else is asked."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        key, params = self.process_lhs(compiler, connection)
        these, found = self.process_rhs(compiler, connection)
        return f"{key} = ANY(ARRAY{these})", (*params, *found)
