"""What hiring tells the floor above."""

from django.dispatch import Signal

# Sent after the sample company was cleared away and nothing of it is left in the database. `is_first` is false when
# clearing is finished once more, perhaps long after: what has come since is real. A receiver returns the command that
# starts the site from now on, if that has changed.
started_for_real = Signal()
