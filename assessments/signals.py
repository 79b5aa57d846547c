"""What assessments tells the floors above."""

from django.dispatch import Signal

# Sent after commit with `attempt_id` and `score_id` (None when the attempt was declared void). May be missed or
# doubled: receivers are idempotent, and a periodic look finds what they missed.
attempt_scored = Signal()
