"""The base of every list and form in the admin, and the admin of accounts, whose room lies below this one."""

from shell.admin.bases import HelpLine, ReadOnlyModelAdmin, ShellModelAdmin
from shell.admin.colleagues import ColleagueAdmin
from shell.admin.keys import ApiKeyAdmin
from shell.admin.organisation import OrganisationAdmin
from shell.admin.paging import ChainedPages, KeyPages, KeysFirstPaginator, LongListPaginator

__all__ = [
    "ApiKeyAdmin",
    "ChainedPages",
    "ColleagueAdmin",
    "HelpLine",
    "KeyPages",
    "KeysFirstPaginator",
    "LongListPaginator",
    "OrganisationAdmin",
    "ReadOnlyModelAdmin",
    "ShellModelAdmin",
]
