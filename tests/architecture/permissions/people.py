"""People, how they come in, and what is written about them."""

from __future__ import annotations

from tests.architecture.permissions.lines import Line, application, document, job

PEOPLE = [
    Line("hiring:hand-over", "A", {"pk": "user.pk"}),
    Line("hiring:hand-over", "A", {"pk": "user.pk"}, "post"),
    Line("hiring:person", "AJM", {"public_id": "candidate.public_id"}),
    Line("hiring:merge", "AJ", {"public_id": "candidate.public_id"}),
    Line("hiring:merge", "AJ", {"public_id": "candidate.public_id"}, "post"),
    Line(
        "hiring:undo-merge",
        "AJ",
        {"public_id": "candidate.public_id", "merged_id": "twin.public_id"},
        "post",
    ),
    # Without anybody chosen it leads back to the list.
    Line("hiring:people-tags", "AJR"),
    Line("hiring:follow-person", "AJM", {"public_id": "candidate.public_id"}, "post"),
    job("follow-job", "AJM", "post"),
    job("add", "AJ"),
    job("drafts", "AJ"),
    job("drafts", "AJ", "post"),
    job("draft", "AJ", public_id="draft.public_id"),
    job("draft", "AJ", "post", public_id="draft.public_id"),
    job("draft-download", "AJ", public_id="draft.public_id"),
    job("discard-draft", "AJ", "post", public_id="draft.public_id"),
    job("import", "AJ"),
    job("import-sample", "AJ"),
    # Only whoever uploaded it, and administrators, see what stands in a file.
    job("import-columns", "AJ", public_id="import_file.public_id"),
    job("import-columns", "AJ", "post", public_id="import_file.public_id"),
    Line("hiring:import-people", "AJR"),
    Line("hiring:import-people", "AJR", {}, "post"),
    Line("hiring:import-people-sample", "AJR"),
    Line("hiring:import-people-columns", "AJ", {"public_id": "people_file.public_id"}),
    Line("hiring:import-people-columns", "AJ", {"public_id": "people_file.public_id"}, "post"),
    application("add-document", "AJ", "post"),
    document("document-page", "AJMI", number="=1"),
    document("document-download", "AJM"),
    application("correct-source", "AJ"),
    application("correct-source", "AJ", "post"),
    application("note", "AJM", "post"),
    application("tags", "AJ", "post"),
    Line("admin:candidates_candidate_erase", "A", {"candidate_id": "candidate.pk"}),
]
