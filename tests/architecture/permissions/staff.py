"""Signing in, the shell, mail and what the admin has of its own."""

from __future__ import annotations

from tests.architecture.permissions.lines import EVERYBODY, SIGNED_IN, Line, message

COLUMNS = {"slug": "question.bank.slug", "public_id": "question_file.public_id"}

STAFF = [
    # Signing in is for everybody; what needs a person first is for those.
    Line("account_login", EVERYBODY),
    Line("account_logout", SIGNED_IN),
    Line("account_inactive", EVERYBODY),
    Line("account_signup", EVERYBODY),
    Line("account_reauthenticate", SIGNED_IN),
    Line("account_email", SIGNED_IN),
    Line("account_email_verification_sent", EVERYBODY),
    Line("account_change_password", SIGNED_IN),
    Line("account_set_password", SIGNED_IN),
    Line("account_reset_password", EVERYBODY),
    Line("account_confirm_login_code", SIGNED_IN),
    Line("account_confirm_email", EVERYBODY, {"key": "=nothing"}),
    Line("account_reset_password_from_key_done", EVERYBODY),
    Line("account_reset_password_from_key", EVERYBODY, {"uidb36": "=1", "key": "=no-key"}),
    Line("account_reset_password_done", EVERYBODY),
    # Where no provider is set up there is nothing.
    Line("openid_connect_login", "", method="post"),
    Line("openid_connect_callback", ""),
    Line("mfa_index", SIGNED_IN),
    Line("mfa_authenticate", SIGNED_IN),
    Line("mfa_reauthenticate", SIGNED_IN),
    Line("mfa_activate_totp", SIGNED_IN),
    Line("mfa_generate_recovery_codes", SIGNED_IN),
    # Nobody of this world has a second step to look at.
    Line("mfa_deactivate_totp", ""),
    Line("mfa_view_recovery_codes", ""),
    Line("mfa_download_recovery_codes", ""),
    # The handbook
    Line("shell:handbook", SIGNED_IN),
    Line("shell:chapter", SIGNED_IN, {"slug": "=results"}),
    # Mail
    Line("outbox:mail", SIGNED_IN),
    Line("outbox:mail-file", SIGNED_IN, {"format": "=csv"}),
    message("message", "AJM"),
    message("message_resend", "AJ", "post"),
    message("message_cancel", "AJ", "post"),
    Line("outbox:history", "A"),
    Line("outbox:history-file", "A", {"format": "=csv"}),
    Line("outbox:held-mail", "A"),
    Line("outbox:mail-server", "A"),
    Line("outbox:keep-mail-here", "A", method="post"),
    Line("outbox:send-test-mail", "A", method="post"),
    # The world's message is no test mail.
    message("test-mail", ""),
    # Where mail stays on this machine it leads administrators to the page of the mail server.
    Line("outbox:kept-mail", "A"),
    Line("outbox:hold-mail", "A", method="post"),
    Line("outbox:release-mail", "A", method="post"),
    Line("outbox:cancel-held-mail", "A", method="post"),
    Line("outbox:work", "AJ", {"public_id": "work.public_id"}),
    # The world's work made no file.
    Line("outbox:work-file", "", {"public_id": "work.public_id"}, "post"),
    Line("shell:roles", "A"),
    Line("shell:roles", "A", method="post"),
    Line("shell:profile", SIGNED_IN),
    Line("shell:profile", SIGNED_IN, method="post"),
    Line("shell:columns", SIGNED_IN, {"name": "=test-results"}, "post"),
    Line("shell:sign-out-elsewhere", SIGNED_IN, method="post"),
    # What happened that concerns one
    Line("outbox:notifications", SIGNED_IN),
    Line("outbox:read-notifications", SIGNED_IN, method="post"),
    # The world's is the job recruiter's: nobody reads for somebody else, administrators neither.
    Line("outbox:read-notification", "J", {"pk": "notification.pk"}, "post"),
    Line("outbox:notification-choices", SIGNED_IN, method="post"),
    # How colleagues sign in
    Line("outbox:api-keys-file", "AJRN", {"format": "=csv"}),
    Line("outbox:colleagues-file", "AJR", {"format": "=csv"}),
    Line("outbox:sign-in", "A", {"pk": "user.pk"}),
    Line("outbox:sign-in", "A", {"pk": "user.pk"}, "post"),
    Line("outbox:sign-in-mail", "A", {"pk": "user.pk"}, "post"),
    Line("outbox:remove-second-step", "A", {"pk": "user.pk"}, "post"),
    # The admin's own
    Line("admin:search", SIGNED_IN),
    Line("admin:index", SIGNED_IN),
    Line("admin:login", SIGNED_IN),
    Line("admin:logout", "", method="post"),  # afterwards everybody is at the door again
    Line("admin:password_change", SIGNED_IN),
    Line("admin:password_change_done", SIGNED_IN),
    Line("admin:autocomplete", ""),  # without saying of which field; see the lists below
    Line("admin:jsi18n", SIGNED_IN),
    Line("admin:view_on_site", "", {"content_type_id": "=1", "object_id": "=1"}),
    Line("admin:app_list", SIGNED_IN, {"app_label": "=hiring"}),
    Line("questions:questions", "AJRQ"),
    Line("admin:questions_question_keep", "AQ"),
    Line("admin:questions_question_keep", "AQ", method="post"),
    Line("admin:questions_question_picture", "AQ", method="post"),
    # What one typed is one's own: of others' nothing is thrown away.
    Line("admin:questions_question_throw_away", "AQ", {"public_id": "=nothing"}, "post"),
    Line("questions:many", "AQ", {"action": "=tag"}),
    Line("questions:many", "AQ", {"action": "=tag"}, "post"),
    Line("questions:import", "AQ", {"slug": "question.bank.slug"}),
    Line("questions:import", "AQ", {"slug": "question.bank.slug"}, "post"),
    Line("questions:import-columns", "AQ", COLUMNS),
    Line("questions:import-columns", "AQ", COLUMNS, "post"),
    Line("questions:export", "AQ", {"slug": "question.bank.slug"}),
    Line("questions:export", "AQ", {"slug": "question.bank.slug"}, "post"),
    Line("questions:bank-exposure", "AJRQ", {"slug": "question.bank.slug"}),
    Line("questions:bank-exposure", "AQ", {"slug": "question.bank.slug"}, "post"),
    Line("questions:banks-file", "AJRQ", {"format": "=csv"}),
    Line("questions:bank-exposure-file", "AJRQ", {"slug": "question.bank.slug", "format": "=csv"}),
    Line("questions:exposure", "AJRQ", {"pk": "question.pk"}),
    Line("questions:exposure", "AQ", {"pk": "question.pk"}, "post"),
    Line("questions:review-queue", "AQ"),
    Line("questions:accept-findings", "AQ", method="post"),
    Line("questions:take-acceptance-back", "AQ", {"pk": "=1"}, "post"),
    Line("questions:look-through-bank", "AQ", {"pk": "question.bank_id"}, "post"),
    Line("admin:questions_question_review", "AQ", {"question_id": "question.pk"}, "post"),
    Line("admin:questions_question_take_up", "AQ", {"question_id": "question.pk"}, "post"),
    Line("admin:questions_question_ready", "AQ", {"question_id": "question.pk"}, "post"),
    Line("admin:questions_question_retire", "AQ", {"question_id": "question.pk"}, "post"),
    Line("questions:send-back", "AQ", {"pk": "question.pk"}),
    Line("questions:send-back", "AQ", {"pk": "question.pk"}, "post"),
    Line("questions:history", "AJRQ", {"pk": "question.pk"}),
    Line("questions:differences", "AJRQ", {"pk": "question.pk"}),
]
