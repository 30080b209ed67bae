"""The page of a helper: what there is to set up, as links with how far it is."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.channels.queries import main_account
from tactful.content import queries as content
from tactful.journeys import queries as journeys
from tactful.touchpoints.queries import on_the_map
from tactful.web.build.line import line_of
from tactful.web.pages.settings import HelpingPage
from tactful.web.templatetags.tactful import full_date, number
from tactful.web.types import Fact, Text
from tactful.web.visit import Visit


def helping_page(visit: Visit) -> HelpingPage:
    open_ones = sum(line_of(row) == "undecided" for row in on_the_map())
    lines = [line for line in journeys.all_journeys() if line.journey.live_version is not None]
    letters = len(content.languages_by_slug())
    rooms = (
        Fact(_("The line"), _count(open_ones, _open), url=reverse("web:line")),
        Fact(_("Journeys"), _count(len(lines), _journeys), url=reverse("web:journeys")),
        Fact(_("Letters"), _count(letters, _letters), url=reverse("web:letters")),
        Fact(_("Mail account"), _mail(), url=reverse("web:settings_mail")),
        Fact(_("Settings"), _("Business, quiet hours, how often"), url=reverse("web:settings")),
        Fact(_("Use of data"), _("The record that the law asks for"), url=reverse("web:settings_records")),
    )
    until = full_date(visit.user.ends_at) if visit.user.ends_at else ""
    return HelpingPage(rooms, until)


def _count(n: int, said: object) -> Text:
    return said(n) % {"n": number(n)}  # type: ignore[operator,no-any-return]


def _open(n: int) -> str:
    return ngettext("%(n)s touchpoint has not been decided", "%(n)s touchpoints have not been decided", n)


def _journeys(n: int) -> str:
    return ngettext("%(n)s journey", "%(n)s journeys", n)


def _letters(n: int) -> str:
    return ngettext("%(n)s letter in use", "%(n)s letters in use", n)


def _mail() -> Text:
    account = main_account("mail")
    if account is None:
        return _("An owner has not connected it yet")
    return _("Stopped: the provider refuses us") if account.paused_reason else _("It is connected")
