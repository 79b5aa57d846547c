"""People are found by words, by those who may read the words."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from accounts.models import Actor
from candidates import operations
from candidates.enums import DocumentKind, NoteAudience, SearchKind
from candidates.models import Candidate, SearchEntry
from candidates.operations import reading
from candidates.queries.words import findings, people_without_words, search, search_people, snippet
from rendering.documents.frames import Reading
from shell.words import searched_words, wanted_words
from tests.factories.accounts import NOW, make_user
from tests.factories.candidates import make_candidate, make_document, make_note
from tests.factories.files import make_pdf

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def found(text: str, actor: Actor = SYSTEM) -> list[str]:
    return [person.full_name for person in search_people(actor, text)]


@pytest.fixture
def ada() -> Candidate:
    ada = make_candidate(full_name="Ada Lóvelace", email="countess@example.org", phone="+44 20 7946 0123")
    make_note(ada, "Knows the difference engine by heart.")
    operations.index_document(make_document(ada, text="Wrote Python\nfor the analytical engine. " * 20))
    return ada


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "LOVELACE",
        "lov ad",
        "countess@example.org",
        "7946 0123",
        "difference",
        "ada python engine",
        "a lovelace",
    ],
)
def test_people_are_found_by_words_of_all_that_is_theirs(ada: Candidate, text: str) -> None:
    make_candidate(full_name="Bob")

    assert found(text) == ["Ada Lóvelace"]


@pytest.mark.parametrize(
    "text", ["", "a", "velace", "ada cobol", "\x00", "%", "_", "' DROP 1=1", "ada & bob"]
)
def test_people_are_not_found_by_less(ada: Candidate, text: str) -> None:
    assert found(text) == []


def test_words_follow_what_changes(ada: Candidate) -> None:
    note, document = ada.notes.get(), ada.documents.get()

    operations.update_candidate(
        candidate=ada,
        full_name="Augusta",
        emails=["augusta@example.org"],
        phone="",
        time_zone="",
        language="",
        by=SYSTEM,
        now=NOW,
    )
    by = Actor.of_user(make_user())
    operations.notes.Note.objects.filter(pk=note.pk).update(author=by.user)
    note.refresh_from_db()
    operations.change_note(note=note, body="Plays the harp.", audience=NoteAudience.TEAM, by=by, now=NOW)
    operations.documents.delete_document(document)

    assert [found(text) for text in ("ada", "countess", "difference", "python")] == [[]] * 4
    assert found("augusta harp") == ["Augusta"]
    operations.delete_note(note=note, by=by, now=NOW)
    assert found("harp") == []


def test_a_resume_is_found_once_it_is_read_and_beside_a_newer_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_candidate(full_name="Ada")

    def sent(text: str) -> None:
        monkeypatch.setattr(reading, "read", lambda *_args: Reading(text=text, pages=[], page_count=1))
        operations.store_document(
            candidate=ada,
            kind=DocumentKind.RESUME,
            upload=ContentFile(make_pdf([text]), name="cv.pdf"),
            by=None,
            now=NOW,
        )
        operations.read_due_documents(now=NOW)

    sent("Fortran")
    assert found("fortran") == ["Ada"]
    sent("Haskell")
    assert found("fortran") == found("haskell") == ["Ada"]
    call_command("reindex_people")
    assert found("fortran") == found("haskell") == ["Ada"]
    assert operations.documents.delete_document(ada.documents.get(text="Fortran"))
    assert (found("fortran"), found("haskell")) == ([], ["Ada"])


def test_words_of_merged_and_erased_people_lead_to_nobody_else(ada: Candidate) -> None:
    bob = make_candidate(full_name="Bob", email="bob@example.org")

    merge = operations.merge_people(kept=bob, merged=ada, by=SYSTEM, now=NOW)
    together = [found(text) for text in ("countess", "difference", "python", "bob")]
    operations.unmerge_people(merge=merge, by=SYSTEM, now=NOW)
    parted = [found(text) for text in ("countess", "difference", "python", "bob")]
    operations.erase_person(candidate=ada, by=SYSTEM, now=NOW)

    assert together == [["Bob"]] * 4
    assert parted == [["Ada Lóvelace"]] * 3 + [["Bob"]]
    assert found("countess") == []
    assert not SearchEntry.objects.filter(candidate=ada).exists()


def test_many_people_are_added_with_their_words_at_once() -> None:
    drafts = [
        operations.CandidateDraft(full_name=f"Person {name}", email=f"{name}@example.org")
        for name in ("anna", "berta")
    ]

    operations.find_or_add_candidates(drafts=drafts, by=SYSTEM, now=NOW)

    assert found("berta person") == ["Person berta"]
    assert people_without_words() == 0


def test_where_somebody_was_found_is_said_unless_their_name_tells(
    ada: Candidate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    engineer = make_candidate(full_name="Engine Smith")
    people = [ada.pk, engineer.pk]

    # Entries of the people; notes and documents that hold a word; their texts.
    with django_assert_num_queries(4):
        told = findings(people, "engine", SYSTEM)

    assert list(told) == [ada.pk]
    assert str(told[ada.pk]) == "Note: Knows the difference engine by heart."
    assert str(findings(people, "ada python", SYSTEM)[ada.pk]).startswith("Document: Wrote Python for the")
    assert findings(people, "ada lovelace", SYSTEM) == {}
    assert found("engine") == ["Engine Smith", "Ada Lóvelace"]
    assert [(hit.title, hit.text[:9]) for hit in search(SYSTEM, "engine")] == [
        ("Engine Smith", engineer.emails.get().address[:9]),
        ("Ada Lóvelace", "Note: Kno"),
    ]


def test_snippets_show_what_stands_around_the_word_as_it_was_written() -> None:
    text = f"{'x ' * 50}Café, <b>Naïve</b> {'y ' * 80}"

    assert snippet(text, ["naiv"]).startswith("… x x")
    assert "Café, <b>Naïve</b> y" in snippet(text, ["naiv"])
    assert snippet(text, ["nothing"]) == ""


def test_words_are_kept_once_and_have_an_end() -> None:
    assert searched_words("Ada ada, ADA!") == " ada "
    assert searched_words("…") == ""
    long = searched_words(
        " ".join(f"wörter{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{n}" for n in range(60_000))
    )
    assert len(long.encode()) <= 300_002
    make_candidate().search_entries.update(words=long)
    assert wanted_words("a bb c 日 " + " ".join(f"w{chr(97 + n)}" for n in range(10)))[:3] == [
        "bb",
        "日",
        "wa",
    ]
    assert len(wanted_words(" ".join(f"w{chr(97 + n)}" for n in range(10)))) == 8


def test_reindex_people_writes_what_is_missing_and_drops_what_is_gone(ada: Candidate) -> None:
    before = list(SearchEntry.objects.order_by("kind", "ref").values_list("kind", "ref", "words"))
    SearchEntry.objects.filter(kind=SearchKind.PERSON).delete()
    SearchEntry.objects.filter(kind=SearchKind.NOTE).update(words=" stale ", ref=0)
    assert people_without_words() == 1

    call_command("reindex_people")

    assert list(SearchEntry.objects.order_by("kind", "ref").values_list("kind", "ref", "words")) == before
    assert people_without_words() == 0
