"""What a list of results is narrowed to, in words: for pages that do something with everybody who matches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.enums import Band, InvitationState
from assessments.queries.result_lists import ResultFilter

if TYPE_CHECKING:
    from assessments.queries.result_tables import ResultTable


def filter_words(table: ResultTable) -> list[str]:
    """Return each part of the filter of `table` in words; none for everybody. Costs no query."""
    wanted = table.wanted
    return [words for words in (*_who(wanted), *_what(table), _when(wanted)) if words]


def _who(wanted: ResultFilter) -> list[str]:
    band = str(Band(wanted.band).label) if wanted.band in Band.values else _("No result")
    return [
        _("Name or email: “%s”") % wanted.search if wanted.search else "",
        _("State: %s") % InvitationState(wanted.state).label if wanted.state else "",
        _("Result: %s") % band if wanted.band else "",
    ]


def _what(table: ResultTable) -> list[str]:
    """The test, version and skill by name. One that the list does not know finds nobody, and has no name."""
    wanted, choices = table.wanted, table.choices
    tests = {test.pk: test.name for test in choices.tests}
    versions = {version.pk: version.number for version in choices.versions}
    skills = {skill.pk: skill.name for skill in choices.skills}
    skill = {"skill": skills.get(wanted.skill or 0, "?"), "least": wanted.at_least or 0}
    return [
        _("Test: %s") % tests.get(wanted.test, "?") if wanted.test is not None else "",
        _("Version: %s") % versions.get(wanted.version, "?") if wanted.version is not None else "",
        _("%(skill)s: at least %(least)d %%") % skill if wanted.skill is not None else "",
    ]


def _when(wanted: ResultFilter) -> str:
    if wanted.since is None and wanted.until is None:
        return ""
    what = {"finished": _("Finished"), "started": _("Started"), "invited": _("Invited")}[wanted.moment]
    words = {"what": what, "since": _day(wanted.since), "until": _day(wanted.until)}
    if wanted.until is None:
        return _("%(what)s from %(since)s") % words
    if wanted.since is None:
        return _("%(what)s up to %(until)s") % words
    return _("%(what)s from %(since)s to %(until)s") % words


def _day(day: date | None) -> str:
    return date_format(day) if day else ""
