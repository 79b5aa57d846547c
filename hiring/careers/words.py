"""What strangers read on careers pages that say one thing, and facts of a job in words."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from hiring.enums import SalaryPeriod
from hiring.models import Job
from shell.candidate_pages import Note


def no_such_job(jobs: str) -> Note:
    """The one page for a job that is over, not yet there, or was never there: it tells nobody which."""
    return Note(
        _("There is no such job here"),
        [_("It may be filled by now, or the address may be incomplete.")],
        way_on=jobs,
        way_on_label=_("See all open jobs"),
    )


def no_such_link(jobs: str) -> Note:
    """The page for an address that somebody handed out and that leads nowhere."""
    return Note(
        _("This link does not work any more"),
        [_("It may be incomplete, or whoever handed it out has closed it.")],
        way_on=jobs,
        way_on_label=_("See all open jobs"),
    )


def sent(job: Job, jobs: str) -> Note:
    """The same for everybody who sent the form, whatever became of it."""
    return Note(
        _("Look into your mail"),
        [
            _("What you sent for “%(title)s” is with us. You get a mail about it within a few minutes.")
            % {"title": job.title},
            _(
                "If none arrives, look into the folder for unwanted mail first. Then send the form again, with the "
                "address spelled as it is. An address gets three of these mails a day at most, as long as we do not "
                "know that somebody reads them."
            ),
        ],
        way_on=jobs,
        way_on_label=_("See all open jobs"),
    )


def takes_nobody(job: Job, page: str) -> Note:
    """The page for a job that takes no applications now."""
    return Note(
        _("This job takes no applications now"),
        [_("“%(title)s” is paused. Nothing that you typed was sent or kept.") % {"title": job.title}],
        way_on=page,
        way_on_label=_("Back to the job"),
    )


def asked_too_often(minutes: int) -> Note:
    """The page for a network from which very many applications came."""
    return Note(
        _("Too many applications from here"),
        [
            _(
                "Very many applications came from your network within an hour, so this one was not taken. Nothing that "
                "you typed was sent or kept."
            ),
            _("Try again in %(minutes)d minutes, or from another network.") % {"minutes": minutes},
        ],
    )


def too_large() -> Note:
    """The page for somebody who sent more than a form may hold, of which nothing was read."""
    return Note(
        _("That was too large to be taken"),
        [
            _(
                "A file may have 10 MB, and all files of a form together 20 MB. Nothing of what you sent was read or "
                "kept."
            ),
            _(
                "Go back in your browser, where what you typed still stands, choose smaller files and send it again."
            ),
        ],
    )


def choose_again() -> str:
    """Above the form when files were chosen that could not be kept while it was not taken."""
    return _("The files that you chose could not be kept: choose them again before you send it.")


def no_room() -> str:
    """Above the form when the disk has no room for what was sent."""
    return _("Your files could not be taken just now, and nothing was sent yet. Try again in a few minutes.")


def too_quick() -> str:
    """Above the form of somebody who sent it before it can have been read."""
    return _("That was very quick. Nothing was sent yet: look over it once more, then send it again.")


def too_slow() -> str:
    """Above the form of somebody who had it open for very long."""
    return _(
        "The form was open for a long time and nothing was sent yet: look over it once more, then send it again."
    )


def other_agreement() -> str:
    """Beside the box when the words to agree to are others by now."""
    return _("These words have changed since you opened the page. Read them again, then tick the box.")


def salary(job: Job) -> str:
    """Return what a job pays, in words; "" where that is not public."""
    if not job.salary_is_public or (job.salary_min is None and job.salary_max is None):
        return ""
    facts = {
        "low": number_format(job.salary_min, use_l10n=True, force_grouping=True) if job.salary_min else "",
        "high": number_format(job.salary_max, use_l10n=True, force_grouping=True) if job.salary_max else "",
        "currency": job.salary_currency,
        "period": SalaryPeriod(job.salary_period).label,
    }
    if not job.salary_max:
        return _("from %(low)s %(currency)s %(period)s") % facts
    if not job.salary_min:
        return _("up to %(high)s %(currency)s %(period)s") % facts
    if job.salary_min == job.salary_max:
        return _("%(high)s %(currency)s %(period)s") % facts
    return _("%(low)s to %(high)s %(currency)s %(period)s") % facts


# --- The status page -------------------------------------------------------------------------------------------


def dead_link() -> Note:
    """The one page for a link that never worked, works no more or was typed wrongly: it tells nobody which."""
    return Note(
        _("This link does not work"),
        [
            _(
                "It may be incomplete, or a newer mail may have replaced it. Your application is not touched by that."
            )
        ],
        _("What you can do"),
        [
            _("Open the newest mail about your application and press the button in it."),
            _(
                "If your mail program cuts the address, copy the whole line below the button into your browser."
            ),
        ],
    )


def too_many_links() -> Note:
    """The page for an address from which very many wrong links were opened."""
    return Note(
        _("Too many links that do not work"),
        [_("Very many were opened from your network in a minute. Wait a minute, then open your link again.")],
    )


def open_link_again() -> Note:
    """The page for somebody who comes without the cookie of their link."""
    return Note(
        _("Open the link in your mail again"),
        [_("This page shows your application to you alone, and your browser does not know you any more.")],
    )
