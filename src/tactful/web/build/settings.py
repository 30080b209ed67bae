"""Settings: what stands there now, and what it means in a sentence."""

from collections.abc import Iterable
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.channels.queries import Account
from tactful.foundation.models import User
from tactful.foundation.staff import queries
from tactful.foundation.staff.queries import SignIn
from tactful.foundation.types import Business
from tactful.web.build import results
from tactful.web.build.mailbox_state import state_of
from tactful.web.forms.settings import CapsForm, QuietForm
from tactful.web.pages.settings import (
    AccountPage,
    HelperRow,
    MailPage,
    MemberRow,
    PeoplePage,
    SettingsPage,
    TestLine,
)
from tactful.web.templatetags.tactful import full_date, near
from tactful.web.types import Act, Fact, Person, Text
from tactful.web.visit import Visit


def quiet_page(form: Form, business: Business) -> SettingsPage:
    now = QuietForm.initial_of(business)
    words = {"start": _time(now["quiet_from"]), "end": _time(now["quiet_to"])}
    parts = [_("Now it is quiet from %(start)s to %(end)s") % words]
    days = [str(WEEKDAYS[day]) for day in sorted(now["quiet_weekdays"])]
    if days:
        parts.append(_("all day on %(days)s") % {"days": ", ".join(days)})
    if now["quiet_holidays"]:
        parts.append(_("and on public holidays"))
    return SettingsPage(form, ", ".join(parts) + ".")


def caps_page(form: Form, business: Business) -> SettingsPage:
    now = CapsForm.initial_of(business)
    week = ngettext(
        "Now one client hears from automation at most once a week.",
        "Now one client hears from automation at most %(week)d times a week, %(day)d a day.",
        now["contact_week"],
    )
    return SettingsPage(form, week % {"week": now["contact_week"], "day": now["contact_day"]})


def mail_page(form: Form, account: Account | None, tests: list[dict[str, Any]], visit: Visit) -> MailPage:
    lines = tuple(_test_line(test) for test in tests)
    failed = any(not line.good for line in lines)
    return MailPage(
        form=form,
        state=_mail_state(account, lines, visit),
        healthy=account is not None and not account.paused_reason and not failed,
        test_text=_("We connect and sign in. Nothing is sent.") if account else "",
        tests=lines,
        trial=tuple(_trial_lines(account.settings.get("trial", {}))) if account else (),
        reading=state_of(account, visit) if account else None,
    )


def _trial_lines(found: dict[str, Any]) -> Iterable[TestLine]:
    """From what ``wiring.mail_trial`` keeps with the account, in words."""
    if not found:
        return
    yield TestLine(True, _("A mail to ourselves went out and came in."))
    if found.get("plus"):
        yield TestLine(True, _("Addresses with a plus arrive, so every answer finds its thread."))
    else:
        yield TestLine(
            False,
            _("Addresses with a plus do not arrive here."),
            _("Answers come to the plain address and find their thread by the mails that they refer to."),
        )
    if found.get("message_id"):
        yield TestLine(True, _("The provider leaves the number of each mail (Message-ID) as it is."))
    else:
        yield TestLine(
            False,
            _("The provider gives each mail a number of its own."),
            _("We repeat ours where it survives, so answers find their thread all the same."),
        )
    if "return_path" not in found:
        yield TestLine(
            True, _("Where reports of failure go, this mailbox does not show; we could not check it.")
        )
    elif found["return_path"]:
        yield TestLine(True, _("Reports of mail that could not be delivered come back to us."))
    else:
        yield TestLine(
            False,
            _("The provider takes reports of mail that could not be delivered to itself."),
            _("We learn of a dead address only if the provider passes its report on."),
        )


def _mail_state(account: Account | None, lines: tuple[TestLine, ...], visit: Visit) -> Text:
    if account is None:
        return _("There is no mail account yet, so nothing can leave.")
    if account.paused_reason and account.paused_at:
        since = {"moment": near(account.paused_at, visit.now)}
        return _("Nothing leaves since %(moment)s: the provider refuses us. Mend it and try again.") % since
    if any(not line.good for line in lines):
        return _("It does not work yet.")
    return _("Mail goes out from %(address)s.") % {"address": account.address}


def _test_line(test: dict[str, Any]) -> TestLine:
    """From what ``wiring.mail_test`` found, as the session keeps it."""
    words = {"place": test["place"], "detail": results.said(test["detail"])}
    if test["part"] == "door":
        return TestLine(True, _("Incoming mail comes through our own door."))
    outgoing = test["part"] == "out"
    if test["works"]:
        sending, reading = _("We reach %(place)s and may send."), _("We reach %(place)s and may read.")
        return TestLine(True, (sending if outgoing else reading) % words)
    if test["refused"]:
        said = _("%(place)s refuses us.") % words
        return TestLine(
            False, said, _("Look at user name, password and encryption. It said: %(detail)s") % words
        )
    said = _("We do not reach %(place)s.") % words
    return TestLine(
        False, said, _("Look at the name, the port and the encryption. We saw: %(detail)s") % words
    )


def people_page(form: Form, visit: Visit) -> PeoplePage:
    people = sorted(visit.staff.values(), key=lambda user: (not user.is_active, user.name))
    return PeoplePage(tuple(_member(user, visit) for user in people), form)


def _member(user: User, visit: Visit) -> MemberRow:
    note = _("you") if user.id == visit.user.id else ""
    if not user.is_active:
        note = _("no longer comes in") if user.is_helper else _("no longer works here")
    elif user.is_helper and user.ends_at:
        note = _("until %(day)s") % {"day": full_date(user.ends_at)}
    change = Act(_("Change"), reverse("web:person", args=[user.id]), post=False)
    role = user.get_role_display()
    return MemberRow(Person(user.name, title=user.title), user.email, role, note, (change,))


def person_acts(user: User) -> Iterable[Act]:
    if user.is_active:
        yield Act(_("Give a new one-time password"), reverse("web:person_password", args=[user.id]))
        end = _("End it now") if user.is_helper else _("Does not work here any more")
        yield Act(end, reverse("web:person_departure", args=[user.id]))
    elif user.is_helper:
        yield Act(_("Let them in again, for two weeks"), reverse("web:person_return", args=[user.id]))
    else:
        yield Act(_("Works here again"), reverse("web:person_return", args=[user.id]))


def helper_steps(user: User) -> tuple[HelperRow, ...]:
    """What a helper opened and changed, the latest first."""
    said = {"opened": _("opened"), "changed": _("changed"), "refused": _("was refused")}
    return tuple(
        HelperRow(each.at, said.get(each.verb, each.verb), each.address.partition(" ")[2])
        for each in queries.helper_log(user.id)
    )


def account_page(form: Form, sign_in: SignIn) -> AccountPage:
    keys = ngettext("%(n)d passkey", "%(n)d passkeys", sign_in.passkeys) % {"n": sign_in.passkeys}
    sessions = ngettext("%(n)d session", "%(n)d sessions", sign_in.sessions) % {"n": sign_in.sessions}
    codes = ngettext("%(n)d left", "%(n)d left", sign_in.codes) % {"n": sign_in.codes}
    security = (
        Fact(_("Passkeys"), keys if sign_in.passkeys else _("Add one"), url=reverse("mfa_list_webauthn")),
        Fact(
            _("Second step"),
            _("On") if sign_in.app else _("Off"),
            _("Six digits from an app"),
            reverse("mfa_index"),
        ),
        Fact(_("Recovery codes"), codes if sign_in.codes else _("None yet"), url=reverse("mfa_index")),
        Fact(_("Password"), _("Change it"), url=reverse("account_change_password"))
        if sign_in.password
        else Fact(_("Password"), _("None: your passkey opens")),
        Fact(_("Where you are signed in"), sessions, url=reverse("usersessions_list")),
    )
    return AccountPage(form, security)


def _time(value: Any) -> str:
    return value if isinstance(value, str) else value.strftime("%H:%M")
