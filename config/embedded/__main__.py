from __future__ import annotations

import argparse
import sys

from config.embedded.options import RefusalError, read_environment, read_options
from config.embedded.supervisor import Supervisor


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument(
        "mode", choices=["demo", "run"], help="sample data under var/demo, or your own under var/data"
    )
    mode = parser.parse_args().mode
    try:
        given = read_environment(mode)
        return Supervisor(read_options(mode, given), given).run()
    except RefusalError as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
