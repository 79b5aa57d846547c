"""Where the sign-in library asks us."""

from accounts.adapters.account import AccountAdapter, SecondStepAdapter
from accounts.adapters.social import SocialAdapter

__all__ = ["AccountAdapter", "SecondStepAdapter", "SocialAdapter"]
