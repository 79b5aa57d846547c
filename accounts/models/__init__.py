"""The organisation, the people who sign in, keys of programs, guesses, rules of roles, and who is acting."""

from accounts.models.actors import Actor
from accounts.models.checked import CheckedModel
from accounts.models.guesses import GuessCount
from accounts.models.keys import ApiKey
from accounts.models.organisation import Logo, Organisation
from accounts.models.rules import RoleRule
from accounts.models.users import User
from accounts.models.visible import VisibleQuerySet

__all__ = [
    "Actor",
    "ApiKey",
    "CheckedModel",
    "GuessCount",
    "Logo",
    "Organisation",
    "RoleRule",
    "User",
    "VisibleQuerySet",
]
