"""`python -m tests.load` with what to measure, as it lists itself; `make bench` and `make load` call it."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.load.bench import INVITED, bench
from tests.load.pages import APPLICATIONS, QUESTIONS, bench_pages, bench_questions
from tests.load.question_files import QUESTIONS as QUESTIONS_OF_FILES
from tests.load.question_files import TAKEN_OUT, bench_question_files, bench_questions_out
from tests.load.scenarios import CANDIDATES, QUEUED, SCENARIOS, Wish, load
from tests.load.servers import DATABASES


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    quick = commands.add_parser("bench", help="what an attempt costs, in two minutes")
    long = commands.add_parser("play", help="many candidates, for minutes")
    pages = commands.add_parser("pages", help="what the pages of colleagues cost in a large company")
    listed = commands.add_parser("questions-list", help="what the list of very many questions costs")
    files = commands.add_parser("questions-files", help="what files of many questions cost")
    out = commands.add_parser("questions-out", help="what files of very many questions cost to make")
    for command in (quick, long, pages, listed, files, out):
        command.add_argument("--database", choices=DATABASES, default="postgres")
    quick.add_argument("--seconds", type=float, default=45, help="for so long eight people at a time play")
    quick.add_argument("--invited", type=int, default=INVITED, help="so many people are there to play")
    pages.add_argument("--applications", type=int, help=f"up to 1000000; default {APPLICATIONS}")
    for command in (pages, listed, out):
        command.add_argument(
            "--keep", type=Path, help="a folder: what is filled stays there, and is asked again"
        )
        command.add_argument("--only", default="", help="part of the names of the pages to ask")
    listed.add_argument("--questions", type=int, help=f"default {QUESTIONS}")
    out.add_argument("--questions", type=int, help=f"default {TAKEN_OUT}")
    files.add_argument("--questions", type=int, help=f"default {QUESTIONS_OF_FILES}")
    long.add_argument("--scenario", choices=[*SCENARIOS, "all"], default="all")
    long.add_argument("--candidates", type=int, help=f"default {CANDIDATES}")
    long.add_argument("--minutes", type=float, default=10, help="of the steady scenario")
    long.add_argument("--think", type=float, default=10, help="seconds between two saves of a candidate")
    long.add_argument("--queued", type=int, default=QUEUED, help="so many invitations in one go")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, leave)
    if chosen.command == "bench":
        return bench(chosen.database, seconds=chosen.seconds, invited=chosen.invited)
    if chosen.command == "pages":
        return bench_pages(chosen.database, chosen.applications, keep=chosen.keep, only=chosen.only)
    if chosen.command == "questions-list":
        return bench_questions(chosen.database, chosen.questions, keep=chosen.keep, only=chosen.only)
    if chosen.command == "questions-files":
        return bench_question_files(chosen.database, chosen.questions)
    if chosen.command == "questions-out":
        return bench_questions_out(chosen.database, chosen.questions, keep=chosen.keep, only=chosen.only)
    wish = Wish(
        candidates=chosen.candidates or CANDIDATES[chosen.database],
        minutes=chosen.minutes,
        think=chosen.think,
        queued=chosen.queued,
    )
    return load(chosen.database, wish, list(SCENARIOS) if chosen.scenario == "all" else [chosen.scenario])


def leave(number: int, _frame: object) -> None:
    """Whoever ends a run in the middle ends its servers too; asking twice does not interrupt that."""
    signal.signal(number, lambda *_: None)
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
