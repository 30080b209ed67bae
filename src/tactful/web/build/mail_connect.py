"""Connecting the mailbox: what was found, in words, and what is asked next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.channels import sentences
from tactful.channels.rules import oauth
from tactful.channels.types import Caution, FoundBy, Mailbox, MailHost, SignIn
from tactful.web.build import results
from tactful.web.forms.mail_connect import AddressForm, HostForm
from tactful.web.pages.mail_connect import ConnectPage, Doors, Known, SheetPage, Value
from tactful.web.types import Link, Text
from tactful.wiring.mail_test import Part, Tried

ABOUT_SENDING = (Caution.SMTP_PASSWORD_ENDS, Caution.NO_AUTOMATED_MAIL, Caution.PRIVATE_ADDRESS)


@dataclass(frozen=True, slots=True)
class Step:
    """``ready``: the client is kept, and the provider is the next thing to see."""

    mailbox: Mailbox
    way: SignIn
    form: Form | None
    ready: bool
    trouble: Text = ""


def redirect_address() -> str:
    """Exactly as it must be registered."""
    return settings.BASE_URL + reverse("web:mail_connect_back")


def ask_page(form: AddressForm, *, own: bool = False) -> ConnectPage:
    return ConnectPage(ask=form, doors=_doors(SignIn.PASSWORD, own=own))


def _doors(way: SignIn, *, own: bool) -> Doors:
    if own:
        return Doors(
            here=reverse("web:own_mailbox"),
            host=reverse("web:own_mailbox_host"),
            keep=reverse("web:own_mailbox_password"),
            up=Link(_("Mailboxes"), reverse("web:mail_privacy")),
            title=_("Connect my own mailbox"),
            own=True,
        )
    return Doors(
        here=reverse("web:mail_connect"),
        host=reverse("web:mail_connect_host"),
        keep=reverse(f"web:mail_connect_{'client' if way is SignIn.XOAUTH2 else 'password'}"),
        up=Link(_("Mail account"), reverse("web:settings_mail")),
        title=_("Connect the mailbox"),
    )


def own_step_page(step: Step) -> ConnectPage:
    """``step.form`` None: by the firm's leave, if ``step.ready``; else there is none."""
    box, by_leave = step.mailbox, step.way is SignIn.XOAUTH2
    doors = _doors(step.way, own=True)
    closed = _(
        "Here the provider lets programs in by its own sign-in alone, and only with a client that the firm "
        "has registered. Ask an owner to connect the firm's mailbox that way first."
    )
    return ConnectPage(
        ask=AddressForm(initial={"address": box.address}),
        doors=doors,
        known=_known(box, sending=False),
        way=sentences.way_of(step.way),
        steps=() if by_leave else sentences.steps_of(box.host, step.way),
        form=step.form,
        go=_go(box, "web:own_mailbox_go") if step.ready else None,
        others=_others(step, doors),
        trouble=step.trouble,
        closed=closed if by_leave and not step.ready else "",
    )


def _go(box: Mailbox, name: str) -> Link:
    return Link(_("Sign in at %(provider)s") % {"provider": sentences.name_of(box.host)}, reverse(name))


def _others(step: Step, doors: Doors) -> tuple[Link, ...]:
    others = (way for way in step.mailbox.ways if way is not step.way)
    return tuple(Link(sentences.way_of(way), f"{doors.here}?way={way}") for way in others)


def step_page(step: Step) -> ConnectPage:
    box, by_leave = step.mailbox, step.way is SignIn.XOAUTH2
    doors = _doors(step.way, own=False)
    return ConnectPage(
        ask=AddressForm(initial={"address": box.address}),
        doors=doors,
        known=_known(box),
        way=sentences.way_of(step.way),
        steps=sentences.steps_of(box.host, step.way),
        form=step.form,
        go=_go(box, "web:mail_connect_go") if by_leave and step.ready else None,
        others=_others(step, doors),
        sheet=reverse("web:mail_connect_sheet") if by_leave else "",
        trouble=step.trouble,
    )


def _known(box: Mailbox, *, sending: bool = True) -> Known:
    cautions = (each for each in box.cautions if sending or each not in ABOUT_SENDING)
    return Known(
        address=box.address,
        name=sentences.name_of(box.host),
        found=_found(box.found_by),
        cautions=tuple(map(sentences.caution, cautions)),
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
