"""What the installation does when hiring tells it something."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from config import upgrading
from config.backups.making import PREFIX, SUFFIX
from config.embedded import folder
from config.environment import BASE_DIR
from hiring.signals import started_for_real
from outbox.enums import SignName
from outbox.operations import take_back_sign


def connect() -> None:
    """Connect the receivers. Called once, when the app is ready."""
    started_for_real.connect(give_folder_to_real_data, dispatch_uid="config.give_folder_to_real_data")


def give_folder_to_real_data(*, is_first: bool, **kwargs: Any) -> str:
    """Mark the data folder as one of real data; return the command that opens it, "" where no folder has a mode.

    Copies of the sample company go before: backups below the data folder, and databases from before an upgrade. Once
    the folder is real data's, its backups are too, and stay.
    """
    data_dir = Path(settings.DATA_DIR)
    if is_first or folder.belongs_to(data_dir) == "demo":
        for path in (data_dir / "backups").glob(f"{PREFIX}*{SUFFIX}"):
            path.unlink(missing_ok=True)
        shutil.rmtree(data_dir / upgrading.FOLDER, ignore_errors=True)
        take_back_sign(name=SignName.BACKUP)
    if not folder.give_to(data_dir, "run"):
        return ""
    return folder.start_command(data_dir, "run", seen_from=BASE_DIR)
