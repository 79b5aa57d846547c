"""How the staff's shell looks: what Unfold is told, in the shape that it asks for."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static

SETTINGS: dict[str, Any] = {
    "SITE_TITLE": "Shortlist",
    "SITE_HEADER": "Shortlist",
    "SITE_SYMBOL": "how_to_reg",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("shell/favicon.svg")}
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": False,  # the history is outbox.Event; Django's own log would keep names
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "hiring.admin.start_page",
    "STYLES": [
        lambda request: static("shell/tokens.css"),
        lambda request: static("shell/shell.css"),
        lambda request: static("rendering/code.css"),
        lambda request: static("rendering/text.css"),
    ],
    "SCRIPTS": [lambda request: static("shell/shell.js")],
    "COLORS": {
        "primary": {
            "50": "#eef2ff",
            "100": "#e0e7ff",
            "200": "#c7d2fe",
            "300": "#a5b4fc",
            "400": "#8b93ff",
            "500": "#6366f1",
            "600": "#4f46e5",
            "700": "#4338ca",
            "800": "#3730a3",
            "900": "#312e81",
            "950": "#1e1b4b",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "shell.navigation.sidebar",
    },
}
