"""What an import would do: every question of a file beside the one that is here. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from questions import queries
from questions.formats.drafts import ERROR, Parsed, ParsedQuestion, Where
from questions.formats.pictures import ADDRESS, with_texts
from questions.models import Question, QuestionBank, QuestionVersion, Skill
from questions.operations.importing.drafting import (
    ImportChoices,
    derived_id,
    fresh,
    is_as_read,
    merged,
    said_digest,
    says_the_same,
    source_digest,
)
from questions.queries.file_words import problem_words
from questions.rules import QuestionDraft
from questions.validators import validate_content

PART: Final = 200
NAMED: Final = f"]({ADDRESS}"
PICTURE: Final = re.compile(rf"!\[((?:\\.|[^\]\\\n]){{0,1000}})\]\({ADDRESS}([\w.]{{1,60}})\)")
# What is compared of those that are here.
_OF_QUESTION: Final = (
    *(
        "pk",
        "external_id",
        "kind",
        "level",
        "intended_difficulty",
        "name",
        "category",
        "edit",
        "source_digest",
    ),
)
_OF_VERSION: Final = ("pk", "question_id", "number", "stem", "options", "frozen_at")
# Called with how many are done, of how many.
Told = Callable[[int, int], None]


class Fate(StrEnum):
    """What becomes of a question of a file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Known:
    """A question that is here, as it was when it was compared. `draft` is the key of its version that is not frozen."""

    pk: int
    edit: int
    number: int
    said: QuestionDraft
    draft_id: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Line:
    """A question of a file, what it would be here, and what is here of it already."""

    where: Where
    draft: QuestionDraft
    fate: Fate
    digest: str
    known: Known | None = None

    @property
    def has_new_text(self) -> bool:
        """Whether question or options read otherwise than here."""
        said = self.known.said if self.known else None
        return said is None or (said.stem, said.options) != (self.draft.stem, self.draft.options)

    @property
    def has_new_key(self) -> bool:
        """Whether something else is right, or is said about it, than here."""
        return self.known is None or self.known.said.key != self.draft.key


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is not imported, and why."""

    where: Where
    text: str
    external_id: str = ""


@dataclass(slots=True)
class Comparison:
    """What an import would do with each question of a file."""

    # Those that are new or change; nobody looks at the others one by one.
    lines: list[Line] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        """Return how many questions have this fate."""
        if fate is Fate.UNCHANGED:
            return self.unchanged
        return sum(line.fate is fate for line in self.lines)


def compare(
    bank: QuestionBank,
    parsed: Parsed,
    choices: ImportChoices,
    *,
    pictures: Mapping[str, str],
    told: Told = lambda _done, _total: None,
) -> Comparison:
    """Return what an import of `parsed` into `bank` would do.

    Arguments: `pictures`, the addresses of the file's pictures by their names; `told(done, total)` is called after each
    part. A query for each 200 questions, and six more where some of them are here and the file says something else.
    """
    found = Comparison()
    found.refused += [
        Refusal(problem.where, problem_words(problem))
        for problem in parsed.problems
        if problem.level == ERROR
    ]
    skills = frozenset(Skill.objects.values_list("slug", flat=True))
    questions = list(_with_ids(parsed.questions, found))
    for start in range(0, len(questions), PART):
        part = [_with_pictures(question, pictures) for question in questions[start : start + PART]]
        said = {question.external_id: said_digest(question) for question in part}
        kept = _kept(bank, said)
        # Most of a file that comes again is as it was: the rest alone is read.
        same = {name for name, digest in kept.items() if says_the_same(digest, said[name])}
        known = _known(bank, [name for name in kept if name not in same])
        for question in part:
            name = question.external_id
            if name in same:
                found.unchanged += 1
                continue
            try:
                line = _line(question, known.get(name), choices, skills, said[name])
            except ValidationError as error:
                place = _place(question.where, error, parsed.columns)
                found.refused.append(Refusal(place, " ".join(error.messages), name))
                continue
            if line is None:
                found.unchanged += 1
            else:
                found.lines.append(line)
        told(min(start + PART, len(questions)), len(questions))
    return found


def _with_ids(questions: Sequence[ParsedQuestion], found: Comparison) -> Iterator[ParsedQuestion]:
    """Yield the questions, each with an id; of two without one that ask the same the second is refused."""
    given = {question.external_id for question in questions if question.external_id}
    for question in questions:
        if question.external_id:
            yield question
            continue
        name = derived_id(question)
        if name in given:
            text = _("This question stands in the file twice. Leave one out, or give each an id of its own.")
            found.refused.append(Refusal(question.where, text, name))
            continue
        given.add(name)
        yield replace(question, external_id=name)


def _with_pictures(question: ParsedQuestion, pictures: Mapping[str, str]) -> ParsedQuestion:
    """Return the question with the addresses of pictures that lay in its file."""
    if not pictures:
        return question

    def shown(text: str) -> str:
        return PICTURE.sub(lambda found: _shown_picture(found, pictures), text) if NAMED in text else text

    return with_texts(question, shown)


def _shown_picture(found: re.Match[str], pictures: Mapping[str, str]) -> str:
    address = pictures.get(found[2], "")
    return f"![{found[1]}]({address})" if address else found[1]


@dataclass(frozen=True, slots=True)
class _Here:
    known: Known
    used: Collection[str]
    is_draft_written_here: bool
    was_frozen: bool


def _kept(bank: QuestionBank, external_ids: Collection[str]) -> dict[str, str]:
    """Return what is kept of the last import of those that are here."""
    rows = Question.objects.filter(bank=bank, external_id__in=external_ids)
    return dict(rows.values_list("external_id", "source_digest"))


def _known(bank: QuestionBank, external_ids: Sequence[str]) -> dict[str, _Here]:
    if not external_ids:
        return {}
    # Rows as they come: building objects of models takes a third of all the time that is needed for a file.
    rows = Question.objects.filter(bank=bank, external_id__in=external_ids)
    here: dict[int, Any] = {row.pk: row for row in rows.values_list(*_OF_QUESTION, named=True)}
    versions: dict[int, list[Any]] = {pk: [] for pk in here}
    stored = QuestionVersion.objects.filter(question__in=list(here)).order_by("number", "pk")
    for version in stored.values_list(*_OF_VERSION, named=True):
        versions[version.question_id].append(version)
    keys = queries.key_rows_for(many[-1].pk for many in versions.values() if many)
    words = queries.skills_and_tags(here)
    return {row.external_id: _here(row, versions[pk], keys, words[pk]) for pk, row in here.items()}


def _here(
    row: Any,
    versions: Sequence[Any],
    keys: Mapping[int, Any],
    words: tuple[list[str], list[str]],
) -> _Here:
    latest = versions[-1] if versions else QuestionVersion(question_id=row.pk, number=0)
    key = keys.get(latest.pk)
    said = queries.question_draft(row, latest, key, words)
    is_draft = bool(versions) and latest.frozen_at is None
    known = Known(
        pk=row.pk,
        edit=row.edit,
        number=latest.number,
        said=said,
        draft_id=latest.pk if is_draft else None,
        revision=key.revision if key is not None else 0,
    )
    return _Here(
        known=known,
        used={option["code"] for version in versions for option in version.options},
        is_draft_written_here=is_draft and not is_as_read(row.source_digest, said),
        was_frozen=any(version.frozen_at is not None for version in versions),
    )


def _line(
    question: ParsedQuestion, here: _Here | None, choices: ImportChoices, skills: Collection[str], said: str
) -> Line | None:
    """Return what becomes of a question, None where nothing does. Raises `ValidationError` with why it is refused."""
    if here is None:
        draft = fresh(question, choices)
        _check(draft, skills)
        return Line(question.where, draft, Fate.NEW, source_digest(said, draft))
    known = here.known
    draft = merged(question, known.said, here.used)
    if draft == known.said:
        return None
    if draft.kind != known.said.kind and here.was_frozen:
        words = _(
            "The kind of a question that was ready does not change. Give it another id, so that it is new."
        )
        raise ValidationError({"type": words})
    _check(draft, skills)
    line = Line(question.where, draft, Fate.CHANGED, source_digest(said, draft), known)
    if here.is_draft_written_here and not choices.replaces_drafts and (line.has_new_text or line.has_new_key):
        raise ValidationError(
            _(
                "A draft that somebody wrote here would be lost. Make it ready first, or let this import replace"
                " drafts."
            )
        )
    return line


def _check(draft: QuestionDraft, skills: Collection[str]) -> None:
    validate_content(kind=draft.kind, stem=draft.stem, options=draft.options, key=draft.key)
    missing = next((slug for slug in draft.skills if slug not in skills), None)
    if missing is not None:
        words = _("There is no skill “%(name)s”. Add it, or choose another.") % {"name": missing}
        raise ValidationError({"skills": words})


def _place(where: Where, error: ValidationError, columns: Mapping[str, str]) -> Where:
    """Return where the file says what is refused: of a table the column as well, where it is of one."""
    fields = error.error_dict if hasattr(error, "error_dict") else {}
    column = next((columns[field] for field in fields if field in columns), "")
    return replace(where, column=column) if column else where
