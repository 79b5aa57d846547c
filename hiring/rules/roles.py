"""Which roles of a job do what."""

from __future__ import annotations

from typing import Final

from hiring.enums import JobRole

# Who changes things on a job, and who sees its people. Interviewers see the people they are assigned to, once
# there are interviews; until then none.
MANAGING_ROLES: Final = frozenset({JobRole.RECRUITER})

SEEING_ROLES: Final = frozenset({JobRole.RECRUITER, JobRole.HIRING_MANAGER})
