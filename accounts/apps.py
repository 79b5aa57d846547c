from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in, user_logged_out  # noqa: PLC0415 -- its app is ready now

        from accounts import queries, receivers  # noqa: PLC0415 -- models exist only now
        from accounts.enums import Role  # noqa: PLC0415 -- models exist only now
        from accounts.registries import register_grant, register_role_permissions  # noqa: PLC0415 -- see above

        register_grant("accounts.User", "colleagues", queries.users_for_colleagues)
        register_grant("accounts.Organisation", "colleagues", queries.organisation_for_colleagues)
        register_grant("accounts.ApiKey", "own", queries.keys_of_owner)
        # Colleagues are chosen by name on jobs, and everyone may look after their own keys.
        register_role_permissions(Role.RECRUITER, {"accounts.User": {"view"}, "accounts.ApiKey": {"view"}})
        register_role_permissions(Role.ANALYST, {"accounts.ApiKey": {"view"}})
        user_logged_in.connect(receivers.note_sign_in, dispatch_uid="accounts.note_sign_in")
        user_logged_out.connect(receivers.note_sign_out, dispatch_uid="accounts.note_sign_out")
        post_migrate.connect(receivers.sync_roles_of_app, dispatch_uid="accounts.sync_roles")
