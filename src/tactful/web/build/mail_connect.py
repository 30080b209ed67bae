"""Connecting the mailbox: what was found, in words, and what is asked next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.channels import sentences
from tactful.channels.rules import oauth
from tactful.channels.types import FoundBy, Mailbox, MailHost, SignIn
from tactful.web.build import results
from tactful.web.forms.mail_connect import AddressForm, HostForm
from tactful.web.pages.mail_connect import ConnectPage, Known, SheetPage, Value
from tactful.web.types import Link, Text
from tactful.wiring.mail_test import Part, Tried


@dataclass(frozen=True, slots=True)
class Step:
    """``ready``: the client is kept, and the provider is the next thing to see."""

    mailbox: Mailbox
    way: SignIn
    form: Form
    ready: bool
    trouble: Text = ""


def redirect_address() -> str:
    """Exactly as it must be registered."""
    return settings.BASE_URL + reverse("web:mail_connect_back")


def ask_page(form: AddressForm, trouble: Text = "") -> ConnectPage:
    return ConnectPage(ask=form, trouble=trouble)


def step_page(step: Step) -> ConnectPage:
    box, by_leave = step.mailbox, step.way is SignIn.XOAUTH2
    here = reverse("web:mail_connect")
    go = None
    if by_leave and step.ready:
        words = _("Sign in at %(provider)s") % {"provider": sentences.name_of(box.host)}
        go = Link(words, reverse("web:mail_connect_go"))
    others = (Link(sentences.way_of(way), f"{here}?way={way}") for way in box.ways if way is not step.way)
    return ConnectPage(
        ask=AddressForm(initial={"address": box.address}),
        known=_known(box),
        way=sentences.way_of(step.way),
        steps=sentences.steps_of(box.host, step.way),
        form=step.form,
        go=go,
        others=tuple(others),
        sheet=reverse("web:mail_connect_sheet") if by_leave else "",
        trouble=step.trouble,
    )


def _known(box: Mailbox) -> Known:
    return Known(
        address=box.address,
        name=sentences.name_of(box.host),
        found=_found(box.found_by),
        cautions=tuple(map(sentences.caution, box.cautions)),
        choose=HostForm(initial={"host": box.host.value}),
    )


def _found(by: FoundBy) -> Text:
    return {
        FoundBy.ADDRESS: _("We know it by the address."),
        FoundBy.MX: _("We know it by where mail to your domain is delivered."),
        FoundBy.AUTOCONFIG: _("Your domain says so itself."),
        FoundBy.GUESS: _("Nobody told us, so this is a guess."),
    }[by]


def trouble_of(tried: Sequence[Tried]) -> Text:
    """The first thing that did not work, with what the server said; "" if everything did."""
    for each in tried:
        if each.works:
            continue
        words = {"place": each.place, "detail": results.said(each.detail)}
        if not each.refused:
            return _("We do not reach %(place)s. %(detail)s") % words
        if each.part is Part.OUT:
            return _("%(place)s does not let us send. It said: %(detail)s") % words
        return _("%(place)s does not let us read. It said: %(detail)s") % words
    return ""


def sheet_page(box: Mailbox, firm: str) -> SheetPage:
    return SheetPage(
        firm=firm,
        provider=sentences.name_of(box.host),
        address=box.address,
        steps=_sheet_steps(box.host),
        values=_sheet_values(box),
        back=_sheet_back(box.host),
        warning=_warning(),
    )


def _warning() -> Text:
    base = settings.BASE_URL
    if base.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        return ""
    return _("Tactful runs without https here. Providers register only addresses that begin with https://.")


def _sheet_steps(host: MailHost) -> tuple[Text, ...]:
    if host is MailHost.GOOGLE:
        return (
            _("Open console.cloud.google.com as an administrator, and make a project called Tactful."),
            _("Under “APIs & Services”, “Library”, switch on the Gmail API."),
            _("Under “OAuth consent screen”, choose “Internal”, so that only your own people can say yes."),
            _("Under “Data access”, add the scope below."),
            _("Under “Credentials”, make an OAuth client ID of the type “Web application”, with the redirect "
              "address below."),
        )  # fmt: skip
    if host in (MailHost.MICROSOFT, MailHost.OUTLOOK):
        whose = (
            _("Supported account types: “Accounts in this organizational directory only”.")
            if host is MailHost.MICROSOFT
            else _("Supported account types: “Personal Microsoft accounts only”.")
        )
        steps = (
            _("Open entra.microsoft.com, “App registrations”, “New registration”. Name: Tactful."),
            whose,
            _("Redirect address: choose “Web”, and paste the one below."),
            _("Under “API permissions”, add the delegated permissions below, and grant admin consent."),
            _("Under “Certificates & secrets”, make a client secret for two years, and note its end."),
        )
        if host is MailHost.OUTLOOK:
            return steps
        switch = _(
            "In the Microsoft 365 admin centre, at this user, “Mail”, “Manage email apps”: switch on "
            "IMAP and authenticated SMTP."
        )
        return (*steps, switch)
    return (
        _("Register a confidential web client: authorisation code flow, PKCE (S256), refresh tokens."),
        _("Let the IMAP and SMTP servers take its access tokens by SASL XOAUTH2."),
    )


def _sheet_values(box: Mailbox) -> tuple[Value, ...]:
    mailbox = Value(_("Mailbox"), box.address, _("Sign in as this one, not as an administrator"))
    back = Value(_("Redirect address (redirect URI)"), redirect_address())
    if box.host is MailHost.OTHER:
        return (back, mailbox)
    authority = oauth.authority_of(box.host, "common")
    scopes = authority.scopes if authority else ()
    return (back, Value(_("Scopes"), " ".join(scopes)), mailbox)


def _sheet_back(host: MailHost) -> tuple[Text, ...]:
    ids = (_("Client ID (application ID)"), _("Client secret: its value, not its ID"))
    if host is MailHost.MICROSOFT:
        return (_("Directory (tenant) ID"), *ids)
    if host is MailHost.OTHER:
        return (*ids, _("Address for signing in"), _("Address for tokens"), _("Scopes"))
    return ids
