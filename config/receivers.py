"""What the installation does when hiring tells it something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from config.embedded import folder
from config.environment import BASE_DIR
from hiring.signals import started_for_real


def connect() -> None:
    """Connect the receivers. Called once, when the app is ready."""
    started_for_real.connect(give_folder_to_real_data, dispatch_uid="config.give_folder_to_real_data")


def give_folder_to_real_data(**kwargs: Any) -> str:
    """Mark the data folder as one of real data; return the command that opens it, "" where no folder has a mode."""
    data_dir = Path(settings.DATA_DIR)
    if not folder.give_to(data_dir, "run"):
        return ""
    return folder.start_command(data_dir, "run", seen_from=BASE_DIR)
