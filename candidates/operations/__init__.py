"""Writes of candidates, and the one door to everything about a person."""

from candidates.operations.consents import ensure_consent_texts, keep_consent_text, record_consent
from candidates.operations.documents import (
    KeptFile,
    add_document,
    forget_lost_documents,
    forget_unnamed_files,
    kept_file,
    store_document,
    stored_file,
)
from candidates.operations.links import add_links, checked_link
from candidates.operations.merging import MergeRefused, merge_people, unmerge_people
from candidates.operations.notes import (
    NoteDraft,
    add_note,
    add_notes,
    change_note,
    checked_note,
    delete_note,
)
from candidates.operations.people import (
    CandidateDraft,
    find_or_add_candidate,
    find_or_add_candidates,
    update_candidate,
)
from candidates.operations.privacy import EraseRefused, erase_person, export_person
from candidates.operations.reading import read_due_documents
from candidates.operations.sample import forget_sample_people
from candidates.operations.searching import index_document, reindex_people
from candidates.operations.tags import add_tags, change_tags, checked_tags, save_tag, set_tags

__all__ = [
    "CandidateDraft",
    "EraseRefused",
    "KeptFile",
    "MergeRefused",
    "NoteDraft",
    "add_document",
    "add_links",
    "add_note",
    "add_notes",
    "add_tags",
    "change_note",
    "change_tags",
    "checked_link",
    "checked_note",
    "checked_tags",
    "delete_note",
    "ensure_consent_texts",
    "erase_person",
    "export_person",
    "find_or_add_candidate",
    "find_or_add_candidates",
    "forget_lost_documents",
    "forget_sample_people",
    "forget_unnamed_files",
    "index_document",
    "keep_consent_text",
    "kept_file",
    "merge_people",
    "read_due_documents",
    "record_consent",
    "reindex_people",
    "save_tag",
    "set_tags",
    "store_document",
    "stored_file",
    "unmerge_people",
    "update_candidate",
]
