"""What candidates read on pages that say one thing, and the words that the scripts of a running test use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assessments.enums import AttemptEventKind, InvitationState
from assessments.models import Invitation, OpenLink
from assessments.queries import OverviewRow
from assessments.rules import NotAgain
from rendering.moments import exact_time
from shell.candidate_pages import Note

# --- Links and states ------------------------------------------------------------------------------------------


def dead_link() -> Note:
    """The one page for a link that never worked, works no more or was typed wrongly: it tells nobody which."""
    return Note(
        _("This link does not work"),
        [
            _(
                "It may be incomplete, or a newer mail may have replaced it. Nothing is lost and nothing has started."
            )
        ],
        _("What you can do"),
        [
            _("Open the newest mail about your test and press the button in it."),
            _(
                "If your mail program cuts the address, copy the whole line below the button into your browser."
            ),
        ],
    )


def too_many() -> Note:
    """The page for an address from which very many wrong links were opened."""
    return Note(
        _("Too many links that do not work"),
        [
            _(
                "Many wrong links were opened from your network in a short time. Wait a minute, then open yours again."
            )
        ],
    )


def open_link_again() -> Note:
    """The page for a browser that has not come through the mailed link, or not today."""
    return Note(
        _("Open the link in your mail again"),
        [_("This browser does not know which test is yours. The link in your mail does.")],
        _("What you can do"),
        [
            _("Press the button in the mail about your test. A test that is running goes on where you were."),
            _("If your browser blocks cookies, allow them for this site: one keeps your test open."),
        ],
    )


def no_such_page(test: str) -> Note:
    """The page for an address below a test that leads to nothing, a question it does not have for example."""
    return Note(
        _("There is no such page in your test"),
        [_("The address may be mistyped. Nothing was changed.")],
        way_on=test,
        way_on_label=_("Back to your test"),
    )


def for_state(state: InvitationState, invitation: Invitation) -> Note:
    """The page of a test that cannot be taken now."""
    if state == InvitationState.WAITING and invitation.not_before is not None:
        opens = exact_time(invitation.not_before)
        return Note(
            _("Your test is not open yet"),
            [
                _("It opens on %(moment)s. Come back to this page then.") % {"moment": opens},
                _("You can start it until %(moment)s.") % {"moment": exact_time(invitation.expires_at)},
            ],
        )
    if state == InvitationState.EXPIRED:
        return Note(
            _("The time to start this test is over"),
            [
                _("It could be started until %(moment)s.") % {"moment": exact_time(invitation.expires_at)},
                _("If you would still like to take it, write to us. We can often open it again."),
            ],
        )
    if state == InvitationState.VOID:
        return Note(
            _("This attempt does not count"),
            [_("It was declared void. Write to us to hear why and what happens now.")],
        )
    return Note(
        _("This test is no longer open"),
        [_("The invitation was withdrawn. If you did not expect this, write to us.")],
    )


def not_again(kept: NotAgain, invitation: Invitation) -> Note:
    """The page of a second invitation to a test that its person may not take once more, or not yet."""
    ask = _("If you think that this is a mistake, write to us: a person can allow it.")
    if kept.allowed_at is None:
        return Note(
            _("You cannot take this test again"),
            [
                _("You have taken or begun it already, as often as it may be taken. Your answers are safe."),
                ask,
            ],
        )
    starts = _("You took it a short time ago. You can start it again from %(moment)s.") % {
        "moment": exact_time(kept.allowed_at)
    }
    ends = _("This invitation can be used until %(moment)s.") % {"moment": exact_time(invitation.expires_at)}
    if kept.allowed_at > invitation.expires_at:
        ends = _("This invitation ends before that, on %(moment)s: write to us, and we can extend it.") % {
            "moment": exact_time(invitation.expires_at)
        }
    return Note(_("You cannot take this test again yet"), [starts, ends])


# --- More time or another format -------------------------------------------------------------------------------


def too_late_to_ask(test: str) -> Note:
    """The page for somebody who asks once the test was started."""
    return Note(
        _("Write to us"),
        [
            _(
                "Your test was started, so more time or another format can no longer be asked for here. Write to us "
                "at once: while a test runs, a person can still give you more time."
            )
        ],
        way_on=test,
        way_on_label=_("Back to your test"),
    )


def granted(extra_seconds: int) -> str:
    """What a person reads whose request was granted."""
    if not extra_seconds:
        return _("We can offer what you asked for.")
    return _("You have %(time)s of extra time.") % {"time": duration(timedelta(seconds=extra_seconds))}


def declined() -> str:
    """What a person reads whose request was declined."""
    return _("We cannot grant what you asked for.")


# --- Open links ------------------------------------------------------------------------------------------------


def no_such_posting() -> Note:
    """The page for an address that is no open link."""
    return Note(
        _("There is nothing at this address"),
        [_("It may be incomplete. Copy the whole address from where you found it.")],
    )


def posting_closed(link: OpenLink, *, now: datetime) -> Note:
    """The page of an open link by which nobody new comes in now."""
    if link.closed_at is None and link.opens_at is not None and now < link.opens_at:
        opens = _("It opens on %(moment)s. Come back to this page then.")
        return Note(
            link.title, [_("This page is not open yet."), opens % {"moment": exact_time(link.opens_at)}]
        )
    text = _("This page is closed. Whoever confirmed their address before keeps their test.")
    if link.closed_at is None and link.is_full:
        text = _("As many people as there are places for have come already.")
    return Note(link.title, [text])


def asked_too_often() -> Note:
    """The page for an address, or a network, from which was asked very often."""
    return Note(
        _("That was asked for very often"),
        [_("Look into your mail, also among unwanted mail. Otherwise try again in a quarter of an hour.")],
    )


def look_into_your_mail(back: str) -> Note:
    """The page after the form, the same whoever sent it."""
    return Note(
        _("Look into your mail"),
        [
            _(
                "If the address you gave can take part, a mail is on its way to it. Press the button in it to confirm "
                "that it is yours."
            )
        ],
        _("If nothing comes"),
        [
            _("Wait a few minutes, and look among unwanted mail too."),
            _("Check the address for a typing mistake, and send the form again."),
        ],
        way_on=back,
        way_on_label=_("Back to the form"),
    )


def not_invited(why: str) -> Note:
    """The page for somebody who confirmed their address and may not take the test now."""
    return Note(_("You cannot take this test now"), [why])


# --- Briefing --------------------------------------------------------------------------------------------------


def noticed() -> dict[AttemptEventKind, str]:
    """What is recorded of how a test goes, in a sentence for each kind; kinds that belong together share one."""
    left = _("That you left the page of the test, when and for how long. Not what you looked at instead.")
    text = _(
        "That something was copied from the page or pasted into it, and how many characters. Not the text itself."
    )
    origin = _(
        "That you went on from another device, network or browser. Your network address is not kept with the test."
    )
    return {
        AttemptEventKind.FOCUS_LOST: left,
        AttemptEventKind.COPIED: text,
        AttemptEventKind.PASTED: text,
        AttemptEventKind.OTHER_DEVICE: origin,
        AttemptEventKind.OTHER_ADDRESS: origin,
        AttemptEventKind.OTHER_BROWSER: origin,
    }


def recorded() -> list[str]:
    """Everything that is recorded during a test, a sentence each, for the page before the start."""
    return [
        _("Your answers and when you gave them, and when you started and finished."),
        _("How long each question was in sight, and whether that was long enough to read it."),
        *dict.fromkeys(noticed().values()),
        _("No camera, no microphone, no picture of your screen. Nothing is blocked on the page."),
    ]


def recorded_for(organisation: str) -> list[str]:
    """Who sees what is recorded and what it is used for."""
    names = {"organisation": organisation}
    return [
        _("The people at %(organisation)s who work on your application see all of this, and your result.")
        % names,
        _(
            "Nothing is decided by it automatically. People know that screen readers, telephones and a noisy place "
            "make a page lose its place in front, and that it proves nothing."
        ),
    ]


def duration(length: timedelta) -> str:
    """Return a length of time in minutes, and seconds where there are some: "40 minutes", "1 minute 30 seconds"."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    parts = []
    if minutes or not seconds:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if seconds:
        parts.append(ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds})
    return " ".join(parts)


# --- A running test --------------------------------------------------------------------------------------------


def for_scripts(total: timedelta) -> dict[str, str]:
    """What the scripts of a running test say. Kept, because every page says it."""
    return _for_scripts(total, get_language())


@lru_cache(maxsize=512)
def _for_scripts(total: timedelta, language: str | None) -> dict[str, str]:
    # `language` is part of the key only.
    return {
        "saved": _("All is saved"),
        "saving": _("Saving…"),
        "not_saved": _("Not saved yet: trying again"),
        "changed_elsewhere": _("Not saved: changed in another window"),
        "open_link_again": _("Not saved yet: open the link in your mail again, your answer is kept here"),
        "look_again": _("Your answer to question %s was changed in another window. Look at it once more."),
        "moving_on": _(
            "Your answer is not saved yet. It is kept here, and you move on as soon as it is saved."
        ),
        "submitting_when_saved": _(
            "An answer is not saved yet. It is kept here and sent first, then you submit."
        ),
        "moving_when_back": _(
            "No connection. Your answers are kept here, and you move on as soon as it is back."
        ),
        "submitting_when_back": _(
            "No connection. Your answers are kept here, and you submit as soon as it is back."
        ),
        "no_network": _("No connection. Your answers are kept here; try again when it is back."),
        "report_failed": _("Not sent: no connection. What you wrote is kept here; send it again."),
        "flag_failed": _("The flag was not saved. Check your connection and press it again."),
        "time_over": _("The time is over. Your answers are being handed in."),
        "more_time": _("You were given more time."),
        "time_left": _("%s left"),
        "hide_time": _("Hide time"),
        "show_time": _("Show time"),
        "half_left": _("Half of your time is over. %(time)s left.") % {"time": duration(total / 2)},
        "ten_left": _("10 minutes left."),
        "five_left": _("5 minutes left."),
        "one_left": _("1 minute left."),
    }


def summary(rows: Sequence[OverviewRow]) -> str:
    """How far a candidate is, in one sentence."""
    answered = sum(row.is_answered for row in rows)
    flagged = sum(row.is_flagged for row in rows)
    text = _("%(answered)d of %(total)d answered") % {"answered": answered, "total": len(rows)}
    if flagged:
        text += ", " + ngettext("%(count)d flagged", "%(count)d flagged", flagged) % {"count": flagged}
    return f"{text}."


def before_submit(rows: Sequence[OverviewRow]) -> str:
    """What is asked once before a test with open questions is handed in; empty when every one is answered."""
    unanswered = sum(not row.is_answered for row in rows)
    if not unanswered:
        return ""
    return ngettext(
        "%(count)d question has no answer. Submit all the same?",
        "%(count)d questions have no answer. Submit all the same?",
        unanswered,
    ) % {"count": unanswered}


def ends_at(deadline: datetime) -> str:
    """The end of a running test for those without scripts: a time of day with its zone."""
    local = timezone.localtime(deadline)
    return f"{date_format(local, 'H:i')} {local.tzname()}"
