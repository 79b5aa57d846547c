"""Taking back what was done with many people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import View

from hiring import operations
from hiring.operations.bulk_undoing import UNDOABLE
from hiring.views.bases import HiringPage, told
from outbox.models import Work


class UndoWorkView(HiringPage, View):
    """Take back what one has just had done with many people; somebody else's work is none that is there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        mine = Work.objects.filter(kind__in=UNDOABLE, created_by=self.actor.user).visible_to(self.actor)
        work = get_object_or_404(mine, public_id=public_id)
        undoing = told(request, lambda: operations.queue_bulk_undo(work=work, by=self.actor, now=self.now))
        return redirect("outbox:work", public_id=(undoing or work).public_id)
