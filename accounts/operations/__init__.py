"""Writes of accounts: people, their roles and passwords, the organisation, keys of programs, guesses."""

from accounts.operations.guesses import forget_guesses, give_back, take_guess
from accounts.operations.keys import create_api_key, note_key_use, revoke_api_key
from accounts.operations.organisation import remove_logo, set_logo, set_organisation, set_step_aside
from accounts.operations.passwords import check_password_for, invite_user, set_password
from accounts.operations.roles import set_roles, sync_roles
from accounts.operations.rules import set_role_rules
from accounts.operations.sample import (
    NotSampleData,
    draft_administrator,
    leave_sample_data,
    only_sample_data,
)
from accounts.operations.signing_in import note_failed_sign_in, note_sign_in, note_sign_out
from accounts.operations.single_sign_on import link_account
from accounts.operations.users import (
    activate_user,
    choose_columns,
    create_user,
    deactivate_user,
    end_sessions,
    remember_columns,
    remove_second_step,
    set_profile,
    update_user,
)

__all__ = [
    "NotSampleData",
    "activate_user",
    "check_password_for",
    "choose_columns",
    "create_api_key",
    "create_user",
    "deactivate_user",
    "draft_administrator",
    "end_sessions",
    "forget_guesses",
    "give_back",
    "invite_user",
    "leave_sample_data",
    "link_account",
    "note_failed_sign_in",
    "note_key_use",
    "note_sign_in",
    "note_sign_out",
    "only_sample_data",
    "remember_columns",
    "remove_logo",
    "remove_second_step",
    "revoke_api_key",
    "set_logo",
    "set_organisation",
    "set_password",
    "set_profile",
    "set_role_rules",
    "set_roles",
    "set_step_aside",
    "sync_roles",
    "take_guess",
    "update_user",
]
