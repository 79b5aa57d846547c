"""The jobs that somebody is on, as a subquery for conditions.

Sight of nearly everything asks for them, several times in one statement. As a subquery of the ORM they are copied,
given new names and written out at each place: for the statements of a page that takes longer than the database takes
to run them. Here it is the same few words each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import CharField
from django.db.models.expressions import Expression

from hiring.models import Job, JobMember
from hiring.rules import job_scope


class MemberJobs(Expression):
    """The ids of the jobs that a colleague is on: `Q(job__in=MemberJobs(user_id))`.

    Arguments: without a user there are none; `roles` are those that count, all when left out; `limits` are the jobs
    beyond which it does not reach.
    """

    selected = "{job}"

    def __init__(
        self, user_id: int | None, *, roles: Iterable[str] | None = None, limits: Iterable[int] = ()
    ) -> None:
        super().__init__(output_field=self.column())
        self.user_id = user_id
        self.roles = None if roles is None else sorted(str(role) for role in roles)
        self.limits = sorted(limits)

    @classmethod
    def column(cls) -> Any:
        """What kind of column it gives."""
        return Job._meta.pk

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        name = connection.ops.quote_name
        meta: Any = JobMember._meta
        fields = {each: name(meta.get_field(each).column) for each in ("job", "user", "role")}
        # Names of ours and places for values: nothing in it was typed by anybody.
        sql = (
            f"SELECT {self.selected.format(**fields)} FROM {name(meta.db_table)} WHERE {fields['user']} = %s"  # noqa: S608
        )
        params: list[Any] = [self.user_id]
        for column, values in (("role", self.roles), ("job", self.limits or None)):
            if values is not None:
                sql += f" AND {fields[column]} IN ({_places(values)})"
                params += values
        return f"({sql})", params


class MemberScopes(MemberJobs):
    """The same jobs by the scopes that their mail and their news have."""

    selected = f"'{job_scope('')}' || CAST({{job}} AS varchar)"

    @classmethod
    def column(cls) -> Any:
        return CharField()


def _places(values: Sequence[Any]) -> str:
    # None of them holds for no row.
    return ", ".join(["%s"] * len(values)) or "NULL"
