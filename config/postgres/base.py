"""The backend that `DATABASES` names for PostgreSQL."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at the socket where Django asks the server.

    Django makes sure of a kept connection once a request with a statement of its own; saving one choice of a
    candidate takes two, so that was a third of its round trips. A server that ended or threw the connection out has
    closed its side, which the socket shows at once. One that fell silent shows nothing, but a statement would only
    wait for it too.
    """

    def is_usable(self) -> bool:
        """Whether the connection can be used; asks the server only where something has come in or went wrong before."""
        if self.connection is None:
            return False
        # After an error nothing is taken for granted, nor where a task was cut short in the middle of a statement.
        is_calm = (
            not self.errors_occurred and self.connection.info.transaction_status == TransactionStatus.IDLE
        )
        return (is_calm and not self._has_something_to_read()) or super().is_usable()

    def _has_something_to_read(self) -> bool:
        """Whether the other side has said something that nobody asked for, such as its end; never waits."""
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
