"""The sidebar: by work, not by model. Each entry is shown to those who may open it.

Entries of upper rooms are addresses by name; `also` are the prefixes of further pages that light an entry up.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Actor


def _item(title: Any, icon: str, url_name: str, *roles: Role, also: tuple[str, ...] = ()) -> dict[str, Any]:
    try:
        link = reverse(url_name)
    except NoReverseMatch:
        # One entry without a page must not take every page down; a test finds it.
        return {}
    prefixes = (link, *also)

    def allowed(request: HttpRequest) -> bool:
        return not roles or Actor.of_user(request.user).has_role(Role.ADMINISTRATOR, *roles)  # type: ignore[arg-type]

    def active(request: HttpRequest) -> bool:
        # A page may say that it belongs to another one (`ShellPage.get_menu_path`).
        path = getattr(request, "menu_path", request.path)
        return path == link if link == reverse("admin:index") else path.startswith(prefixes)

    return {"title": title, "icon": icon, "link": link, "permission": allowed, "active": active}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar, in the order of a recruiter's day. Every page has the same ones: not to be changed."""
    return _groups(get_script_prefix())


@cache
def _groups(prefix: str) -> list[dict[str, Any]]:
    """Written once a process for each place where the site lies; who asks is known to `permission` and `active`."""
    administrator, recruiter, author, analyst = (
        Role.ADMINISTRATOR,
        Role.RECRUITER,
        Role.QUESTION_AUTHOR,
        Role.ANALYST,
    )
    groups: list[dict[str, Any]] = [
        {
            "title": _("Hiring"),
            "items": [
                _item(_("Start"), "home", "admin:index"),
                _item(_("Dashboard"), "monitoring", "hiring:dashboard"),
                _item(_("Reports"), "bar_chart", "hiring:reports"),
                _item(
                    _("Jobs"),
                    "work",
                    "admin:hiring_job_changelist",
                    also=("/admin/jobs/", "/admin/new-job/", "/admin/pipelines/", "/admin/tracking/"),
                ),
                _item(
                    _("Applications"),
                    "groups",
                    "admin:hiring_application_changelist",
                    also=("/admin/applications/",),
                ),
                _item(
                    _("People"), "person", "admin:candidates_candidate_changelist", also=("/admin/people/",)
                ),
                _item(_("Interviews"), "record_voice_over", "hiring:interviews"),
            ],
        },
        {
            "title": _("Tests"),
            "items": [
                _item(_("Tests"), "quiz", "admin:assessments_assessment_changelist", also=("/admin/tests/",)),
                _item(
                    _("Invitations"),
                    "forward_to_inbox",
                    "admin:assessments_invitation_changelist",
                    also=("/admin/attempts/", "/admin/invitations/", "/admin/requests/"),
                ),
            ],
        },
        {
            "title": _("Question banks"),
            "items": [
                _item(
                    _("Banks"), "library_books", "admin:questions_questionbank_changelist", author, recruiter
                ),
                _item(
                    _("Questions"),
                    "help",
                    "admin:questions_question_changelist",
                    author,
                    recruiter,
                    also=("/admin/problems/", "/admin/mended-keys/"),
                ),
                _item(_("To review"), "rate_review", "questions:review-queue", author),
                _item(_("Skills"), "psychology", "admin:questions_skill_changelist", author, recruiter),
            ],
        },
        {
            "title": _("Messages"),
            "items": [
                _item(_("Mail"), "mail", "outbox:mail"),
                _item(_("Answers"), "reply", "hiring:answers"),
                _item(
                    _("Templates"),
                    "draft",
                    "admin:outbox_messagetemplate_changelist",
                    recruiter,
                    administrator,
                ),
            ],
        },
        {
            "title": _("Settings"),
            "items": [
                _item(
                    _("Organisation"), "apartment", "admin:accounts_organisation_changelist", administrator
                ),
                _item(_("Mail server"), "outgoing_mail", "outbox:mail-server", administrator),
                _item(_("Colleagues"), "badge", "admin:accounts_user_changelist", administrator),
                _item(_("Roles"), "rule", "shell:roles", administrator),
                _item(
                    _("API keys"),
                    "key",
                    "admin:accounts_apikey_changelist",
                    administrator,
                    recruiter,
                    analyst,
                ),
                _item(_("API"), "api", "api-docs", administrator, recruiter, analyst),
                _item(_("History"), "history", "outbox:history", administrator),
            ],
        },
        {"title": _("Help"), "items": [_item(_("Handbook"), "menu_book", "shell:handbook")]},
    ]
    return [{**group, "items": [item for item in group["items"] if item]} for group in groups]
