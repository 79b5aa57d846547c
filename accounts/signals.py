"""What accounts tells the rooms above it."""

from django.dispatch import Signal

# Sent in the transaction of the change, so that its receivers' rows stand or fall with it. Arguments: `kind` (for
# example "accounts.roles_changed"), `by` (Actor), `now`, `about` (label of the model), `about_id`, `data` (codes only).
changed = Signal()

# Somebody is to choose a password and has to be written to: sent in the transaction that asks for it, to the room that
# sends mail. Arguments: `user`, `by` (Actor), `now`.
password_wanted = Signal()
