"""What outbox tells the rooms above it."""

from django.dispatch import Signal

# Something became of a mail that somebody should know of: sent in the transaction that writes it down, so that its
# receivers' rows stand or fall with it. Arguments: `kind` ("mail_failed", "bounced" or "reply"), `message` (the one of
# ours that it is about), `now`. Once for each time that it happened.
mail_news = Signal()
