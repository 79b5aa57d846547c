"""What hiring registers with the floors below: words of its mail, colours of states, who may open which list,
which role may what, what the history says.
"""

from hiring.registries import capabilities, events, mail, roles, tones
from hiring.registries.mail import LETTER, MAIL_OF_JOBS, MAIL_OF_TESTS, REJECTION

__all__ = ["LETTER", "MAIL_OF_JOBS", "MAIL_OF_TESTS", "REJECTION", "register"]


def register() -> None:
    """Register all of it. Called once, when the app is ready."""
    for part in (mail, tones, roles, capabilities, events):
        part.register()
