"""What is read in a mailbox, in plain words."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.channels import queries
from tactful.channels.queries import Account, Reading
from tactful.kernel.folder_names import shown_folder
from tactful.web.build.mailbox_state import state_of
from tactful.web.pages.mailboxes import MailboxView, MailPrivacyPage
from tactful.web.templatetags.tactful import in_words, near
from tactful.web.types import Act, Fact, Text
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.history import History, history_of, waiting_after_history

NAMED = 5  # of those who wait


def privacy_page(visit: Visit) -> MailPrivacyPage:
    accounts = queries.accounts_shown_to(visit.user.id, visit.user.is_owner)
    readings = queries.readings_of([account.id for account in accounts])
    views = (_mailbox(each, readings.get(each.id, Reading()), visit) for each in accounts)
    has_own = any(account.owner_id is not None for account in accounts)
    own = "" if has_own or not visit.user.may_write or visit.user.is_helper else reverse("web:own_mailbox")
    return MailPrivacyPage(tuple(views), "" if accounts else _empty(visit), own)


def _empty(visit: Visit) -> Text:
    if visit.user.is_owner:
        return _("There is no mailbox yet. Connect one under Mail account.")
    return _("You have no mailbox of your own here. That of the firm is looked after by an owner.")


def _mailbox(account: Account, reading: Reading, visit: Visit) -> MailboxView:
    own, acts = account.owner_id is not None, visit.user.may_write
    state = history_of(account)
    end = Act(_("End it"), reverse("web:mailbox_end", args=[account.id])) if own and acts else None
    at_door = not account.settings.get("imap_host")
    return MailboxView(
        id=account.id,
        address=account.address,
        whose=_("Your own mailbox. Only you see this page.") if own else _("The mailbox of the firm"),
        facts=tuple(_facts(account, reading, visit)),
        inquiries=_inquiries(account),
        ask_inquiries=_switch(account) if acts and not own else None,
        history=_("Mail comes through our own door, so there is nothing older to read.")
        if at_door
        else _history(state),
        ask_history=_ask_history(account) if acts and state is History.NOT_ASKED and not at_door else None,
        waiting=_waiting(account) if state is History.DONE else "",
        state=state_of(account, visit),
        end=end,
    )


def _facts(account: Account, reading: Reading, visit: Visit) -> Iterable[Fact]:
    if account.connected_at is not None:
        yield Fact(_("Read since"), near(account.connected_at, visit.now))
    if reading.folders:
        yield Fact(_("Folders"), ", ".join(map(shown_folder, reading.folders)))
    if reading.passed_by:
        left = ngettext("%(count)d mail", "%(count)d mails", reading.passed_by)
        note = _("Not from or to your clients. Who they are from was looked at and forgotten.")
        yield Fact(_("Left unread"), left % {"count": reading.passed_by}, note=note)


def _inquiries(account: Account) -> Text:
    if account.owner_id is not None:
        return _("In the mailbox of one person only mail with known clients is read. That cannot be changed.")
    if account.inquiries:
        return _("Mail from people who are not clients comes in too, as an inquiry, and is kept.")
    return _("Mail from people who are not clients stays where it is. Nothing of it is kept.")


def _switch(account: Account) -> Act:
    url, on = reverse("web:mailbox_inquiries", args=[account.id]), not account.inquiries
    text = _("Let inquiries from strangers in") if on else _("Read only mail with known clients")
    return Act(text, url, fields=(("on", "1" if on else "0"),))


def _history(state: History) -> Text:
    if state is History.NOT_ASKED:
        return _("Nothing from before the day of connection is read, unless you ask for it.")
    if state is History.READING:
        return _("The 30 days before the connection are being read. New mail comes first.")
    return _("The 30 days before the connection have been read, with known clients only.")


def _ask_history(account: Account) -> Act:
    return Act(_("Read the 30 days before"), reverse("web:mailbox_history", args=[account.id]), icon="clock")


def waiting_line() -> Text:
    """For Today, after the days before the connection have been read: who of then still has no answer."""
    account = queries.main_account("mail")
    if account is None or account.history_since is None:
        return ""
    if history_of(account) is History.READING:
        return _("The 30 days before are being read. Who waits for an answer will stand here.")
    return _names_waiting(waiting_after_history(account))


def _waiting(account: Account) -> Text:
    said = _names_waiting(waiting_after_history(account))
    return said or _("None of your clients waits for an answer from then.")


def _names_waiting(names: Sequence[str]) -> Text:
    if not names:
        return ""
    said = ngettext(
        "One of your clients is waiting for an answer: %(names)s.",
        "%(count)s of your clients are waiting for an answer: %(names)s.",
        len(names),
    ) % {"count": capital(in_words(len(names))), "names": ", ".join(names[:NAMED])}
    more = _("And %(count)d more.") % {"count": len(names) - NAMED}
    return f"{said} {more}" if len(names) > NAMED else said
