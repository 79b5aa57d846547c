#!/usr/bin/env python
"""Django's command line for Shortlist."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["restore"]:
        from config.environment import data_dir, read_dot_env  # noqa: PLC0415 -- for this command alone
        from config.keys import lend_keys  # noqa: PLC0415 -- as above

        read_dot_env()
        lend_keys(data_dir())
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
