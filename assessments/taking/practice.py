"""The practice question: how a page of the test works, before the start. Nothing is kept and nothing counts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from assessments.enums import InvitationState
from assessments.taking.access import TakingView
from questions.enums import Kind
from rendering.markdown import RenderedQuestion, render_question

CODE = '```python\nname = "Ada"\nprint("Hello, " + name)\n```'
OPTIONS = ("1", "2", "3", "4")


class PracticeView(TakingView):
    """One harmless question. What is chosen stands in the address, and nowhere else."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.state not in (InvitationState.INVITED, InvitationState.WAITING):
            return self.go("test")
        asked = request.GET
        if asked.get("go") == "done":
            return self.go("test")
        return self.show("taking/practice.html", practised(asked))


def practised(asked: QueryDict) -> dict[str, Any]:
    """What the page of the practice question shows of what was pressed on it."""
    chosen, move = asked.get("choice", ""), asked.get("go", "")
    shown = question()
    return {
        "stem_html": shown.stem_html,
        "how": Kind.SINGLE.label,
        "options": [(code, html, code == chosen) for code, html in shown.options],
        "has_chosen": chosen in OPTIONS,
        "is_flagged": move == "flag" or (asked.get("flagged") == "yes" and move != "unflag"),
        "words": {
            "kept": _("In the test: saved now"),
            "nothing": _("Practice: nothing is kept"),
        },
    }


def question() -> RenderedQuestion:
    """Return the practice question, rendered in the language of the page."""
    stem = "{}\n\n{}".format(_("What does this program write?"), CODE)
    texts = ("`Hello, Ada`", "`Hello, name`", _("Nothing at all"), _("A message about an error"))
    return render_question(stem, list(zip(OPTIONS, texts, strict=True)))
