"""Keys that an installation makes for itself.

Two secrets with two lives: `secret_key` signs sessions and forms and may be rotated at will; `link_keys` derive
the links that candidates hold in their mail, so they live as long as the links do. Both can come from the
environment; an installation without them keeps its own under `DATA_DIR/keys`, readable by its user alone.
No Django here: settings read this before anything else exists.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAMES = ("secret_key", "link_keys")


def ensure_keys(data_dir: Path) -> None:
    """Write the keys that do not exist yet below `data_dir/keys`.

    Safe to call from several processes at once: the first writer wins and nobody overwrites a key.
    """
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in NAMES:
        path = folder / name
        if path.exists():
            continue
        draft = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def read_key(data_dir: Path, name: str) -> str:
    """Return the key called `name`, or an empty string where this installation has none."""
    try:
        return (data_dir / "keys" / name).read_text().strip()
    except FileNotFoundError:
        return ""
