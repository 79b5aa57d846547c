"""`python -m tests.questions.starter.counts`: how many questions each starter bank has, of which kind and where."""

from __future__ import annotations

from collections import Counter

from questions.formats.starter import LEVEL_DIFFICULTIES
from tests.questions.starter.stems import BANKS, bank


def rows(name: str) -> list[list[object]]:
    """A row for each level: kinds, the lower and the higher difficulty of each skill, keys that are run, open ones."""
    of_bank = bank(name)
    found: list[list[object]] = []
    for level, difficulties in LEVEL_DIFFICULTIES.items():
        here = [question for question in of_bank.questions if question.level == level]
        choices = [question for question in here if question.kind != "open"]
        cells = Counter((question.skills[0], question.difficulty) for question in choices)
        kinds = Counter(question.kind for question in here)
        found.append(
            [
                level,
                kinds["single"],
                kinds["multiple"],
                kinds["open"],
                " / ".join(
                    ",".join(str(cells[skill.slug, difficulty]) for difficulty in difficulties)
                    for skill in of_bank.skills
                ),
                f"{sum(bool(question.proof) for question in choices)} of {len(choices)}",
            ]
        )
    return found


def main() -> None:
    for name in BANKS:
        skills = " / ".join(skill.slug for skill in bank(name).skills)
        print(f"\n{name}: {skills}\n")
        print(
            "| level | single | multiple | open | choices by skill | proven by a run |\n|---|---|---|---|---|---|"
        )
        for row in rows(name):
            print(f"| {' | '.join(map(str, row))} |")


if __name__ == "__main__":
    main()
