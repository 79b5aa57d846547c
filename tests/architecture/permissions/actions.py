"""What is done with the rows ticked in a list of the admin, and by whom; and what is looked up as one types."""

from __future__ import annotations

ACTIONS = {
    "accounts.ApiKey": {"revoke": "AJRN"},
    "candidates.Candidate": {"change_tags": "AJR"},
    "hiring.Application": {"change_tags": "AJR", "write_letters": "AJR"},
    "assessments.Invitation": dict.fromkeys(
        ("resend", "extend", "extra_time_for", "reissue", "revoke"), "AJR"
    ),
}

# Fields of forms that are looked up as one types; rows are those that the person sees (`visible_to`).
AUTOCOMPLETES = {
    "candidates.Candidate": {"tags"},
}
