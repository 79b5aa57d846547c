"""Doing something with many people of a job: a preview first, then long work."""

from hiring.views.bulk.hiring import HireManyView
from hiring.views.bulk.inviting import InviteView
from hiring.views.bulk.moving import MoveView
from hiring.views.bulk.of_test import MoveOfTestView
from hiring.views.bulk.rejecting import RejectView
from hiring.views.bulk.statuses import HoldView, RestoreView, WithdrawView
from hiring.views.bulk.tagging import TagView
from hiring.views.bulk.undoing import UndoWorkView
from hiring.views.bulk.writing import WriteView

__all__ = [
    "HireManyView",
    "HoldView",
    "InviteView",
    "MoveOfTestView",
    "MoveView",
    "RejectView",
    "RestoreView",
    "TagView",
    "UndoWorkView",
    "WithdrawView",
    "WriteView",
]
