"""What hiring opens to whom, for every model that a page shows. Registered once, when the app is ready.

Each grant is an id in a subquery, never a join, so that rows are neither doubled nor lost with other filters.
"""

from hiring.queries.grants import assessments, jobs, outbox, people


def register() -> None:
    """Register every grant and veil of hiring. Called once, by the app's `ready`."""
    for part in (jobs, people, assessments, outbox):
        part.register()
