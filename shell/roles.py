"""What each role may do, and where this installation decides otherwise than the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from accounts import operations
from accounts.enums import Role
from accounts.registries import Capability, capabilities, role_titles, roles_with
from shell.views import ShellPage

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a role has a capability; `field` is the name of its box, empty where nobody can change it."""

    role: _StrOrPromise
    is_allowed: bool
    is_default: bool
    field: str = ""

    @property
    def differs(self) -> bool:
        """Whether this installation decided otherwise than the code."""
        return self.is_allowed != self.is_default


@dataclass(frozen=True, slots=True)
class Line:
    """A capability with its cells, one for each role."""

    capability: Capability
    cells: list[Cell]


class RolesPage(ShellPage, TemplateView):
    """Roles and what they may do, as boxes to tick. For administrators."""

    title = gettext_lazy("Roles")
    template_name = "shell/roles.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups: dict[str, list[Line]] = {}
        for capability in capabilities():
            groups.setdefault(str(capability.group), []).append(self._line(capability))
        cells = [cell for lines in groups.values() for line in lines for cell in line.cells]
        shown = " ".join(cell.field for cell in cells if cell.field and cell.is_allowed)
        return super().get_context_data(
            roles=role_titles().values(), groups=groups.items(), shown=shown, **kwargs
        )

    def _line(self, capability: Capability) -> Line:
        allowed = roles_with(capability.code, self.actor)
        cells = [
            Cell(
                title,
                role in allowed,
                role in capability.defaults,
                _field(role, capability.code) if role in capability.changeable else "",
            )
            for role, title in role_titles().items()
        ]
        return Line(capability, cells)

    def post(self, request: HttpRequest) -> HttpResponse:
        # What was ticked when the page was made: what somebody else changed since stays as they left it.
        shown = set(request.POST.get("shown", "").split())
        allowed = {}
        for role, code in _changeable():
            field = _field(role, code)
            if (field in request.POST) != (field in shown):
                allowed[role, code] = field in request.POST
        changes = operations.set_role_rules(allowed=allowed, by=self.actor, now=timezone.now())
        if changes:
            words = ngettext(
                "%(count)d change is saved. It counts from now on.",
                "%(count)d changes are saved. They count from now on.",
                changes,
            )
            messages.success(request, words % {"count": changes})
        return HttpResponseRedirect(reverse("shell:roles"))


def _changeable() -> Iterator[tuple[str, str]]:
    for capability in capabilities():
        for role in capability.changeable:
            yield role, capability.code


def _field(role: str, code: str) -> str:
    return f"{role}:{code}"
