"""What a file says otherwise than what is here. It is listed and left as it is: an import overwrites nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Actor
from candidates.models import Candidate, CandidateEmail, CandidateLink, Note
from candidates.queries import address_key
from candidates.rules import link_key, phone_key
from hiring.enums import Capability
from hiring.formats.applicants import Applicants
from hiring.formats.mapping import NOTES, QUESTION
from hiring.models import Application, ApplicationAnswer, Job
from hiring.operations.importing.matching import Line, Matched
from hiring.queries.access import may
from rendering.sheets import Problem

_OF_PERSON = frozenset({"name", "phone", "language", "tags", "profile"})


def differences(applicants: Applicants, found: Matched, job: Job | None, actor: Actor) -> list[Problem]:
    """Return what differs, by row and column, as far as `actor` sees what is here. Six queries at most."""
    ids = [line.person.pk for line in (*found.unchanged, *found.new) if line.person is not None]
    if not ids:
        return []
    seen = set(Candidate.objects.filter(pk__in=ids).visible_to(actor).values_list("pk", flat=True))
    here = _Here(
        [line for line in found.unchanged if line.person is not None and line.person.pk in seen],
        actor,
        reads_contact=may(actor, Capability.CONTACT, job),
    )
    told = [
        applicants.problem(line.row.row, code, _words(code))
        for line, is_new in (
            *((line, False) for line in found.unchanged),
            *((line, True) for line in found.new),
        )
        if line.person is not None and line.person.pk in seen
        for code in here.differing(line, is_new=is_new)
    ]
    return sorted(told, key=lambda problem: (problem.row, len(problem.letter), problem.letter))


def _words(code: str) -> str:
    if code in _OF_PERSON:
        return _(
            "Differs from what is here, which is left as it is. If the file is right, change the person."
        )
    if code in NOTES:
        return _(
            "Is no note of this person. Notes of people who are here already are not taken: write it on the person's "
            "page."
        )
    return _("Differs from what is here, which is left as it is.")


class _Here:
    """What is here of people whose rows change nothing, as far as the rows say something of it."""

    def __init__(self, lines: Sequence[Line], actor: Actor, *, reads_contact: bool) -> None:
        self.reads_contact = reads_contact
        people = [line.person.pk for line in lines if line.person is not None]
        tagged = people if any(line.row.tags for line in lines) else []
        linked = people if any(line.row.links for line in lines) else []
        noted = [line.person.pk for line in lines if line.person is not None and line.row.notes]
        named = [line.person.pk for line in lines if line.person is not None and line.row.external_id]
        answered = [
            line.application.pk for line in lines if line.application is not None and line.row.answers
        ]
        tags = Candidate.tags.through.objects.filter(candidate__in=tagged)
        links = CandidateLink.objects.filter(candidate__in=linked)
        addresses = CandidateEmail.objects.filter(candidate__in=named)
        self.tags = _sets((pk, name.casefold()) for pk, name in tags.values_list("candidate", "tag__name"))
        notes = Note.objects.filter(candidate__in=noted).visible_to(actor)
        self.notes = _sets(notes.values_list("candidate", "body"))
        self.links = _sets(links.values_list("candidate", "key"))
        self.addresses = _sets(addresses.values_list("candidate", "normalised"))
        self.answers = {
            (answer.application_id, answer.question_id): answer
            for answer in ApplicationAnswer.objects.filter(application__in=answered)
        }

    def differing(self, line: Line, *, is_new: bool) -> Iterator[str]:
        """Yield the fields of a row that say something else.

        Whoever gets a new application gets its tags, pages and notes.
        """
        assert line.person is not None
        yield from self._of_person(line, line.person)
        if not is_new:
            yield from self._lacking(line, line.person)
        if line.application is not None:
            yield from self._of_application(line, line.application)

    def _of_person(self, line: Line, person: Candidate) -> Iterator[str]:
        phone = line.draft.phone
        if line.draft.full_name != person.full_name:
            yield "name"
        if self.reads_contact and phone and phone != person.phone and phone_key(phone) != person.phone_key:
            yield "phone"
        if line.row.language and line.row.language != person.language:
            yield "language"

    def _lacking(self, line: Line, person: Candidate) -> Iterator[str]:
        if not {word.casefold() for word in line.row.tags} <= self.tags[person.pk]:
            yield "tags"
        if self.reads_contact and not set(map(link_key, line.row.links)) <= self.links[person.pk]:
            yield "profile"
        # Whoever changed a note here, or took it away, did so knowingly: it is not written again.
        yield from sorted({code for code, body in line.row.notes if body not in self.notes[person.pk]})

    def _of_application(self, line: Line, application: Application) -> Iterator[str]:
        row = line.row
        if row.external_id and address_key(line.draft.email) not in self.addresses[application.candidate_id]:
            yield "email"
        pairs: dict[str, tuple[Any, Any]] = {
            "source": (row.source, application.source),
            "agency": (row.agency, application.agency),
            "referred_by": (row.referred_by, application.referred_by_id),
            "external_id": (row.external_id, application.external_id),
            "applied_at": (row.applied_at, application.applied_at),
        }
        yield from (code for code, (said, kept) in pairs.items() if said and said != kept)
        for answer in row.answers:
            kept = self.answers.get((application.pk, answer.question_id))
            said = (answer.text, list(answer.codes), answer.number)
            if kept is None or said != (kept.text, kept.codes, kept.number):
                yield f"{QUESTION}{answer.question_id}"


def _sets(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
