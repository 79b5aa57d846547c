"""What questions tell the floors above."""

from django.dispatch import Signal

# Sent in the transaction that mends the key of a frozen version, with `version`, `key` (the new revision), `by` and
# `now`. Receivers write in the same transaction, so that none is missed.
key_mended = Signal()

# Sent in the transaction that lets a question belong to another bank, with `question` (its new bank loaded), `by` and
# `now`.
question_moved = Signal()
