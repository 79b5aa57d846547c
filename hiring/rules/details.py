"""What is said of a job, and what is wrong with it."""

from __future__ import annotations

from typing import TypedDict


class JobDetails(TypedDict, total=False):
    """The words and terms of a job, by their names on it. What is left out stays as it is."""

    title: str
    department: str
    team: str
    location: str
    kind: str
    description: str
    salary_min: int | None
    salary_max: int | None
    salary_currency: str
    salary_period: str
    salary_is_public: bool
    is_listed: bool
    apply_again_days: int
    managers_move: bool
    reply_to: str


# What only those may read who recruit for the job.
SALARY_FIELDS = ("salary_min", "salary_max", "salary_currency", "salary_period", "salary_is_public")
