"""Mail providers in words: what one does there, step by step, and what one should know before."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tactful.channels.types import Caution, MailHost, SignIn

Steps = tuple[Any, ...]

_NAMES: Mapping[MailHost, Any] = {
    MailHost.GOOGLE: "Google",
    MailHost.MICROSOFT: "Microsoft 365",
    MailHost.OUTLOOK: "Outlook.com",
    MailHost.ICLOUD: "Apple iCloud",
    MailHost.YAHOO: "Yahoo",
    MailHost.FASTMAIL: "Fastmail",
    MailHost.PROTON: "Proton",
    MailHost.DOMENESHOP: "Domeneshop",
    MailHost.ONE: "one.com",
    MailHost.TELENOR: "Telenor",
    MailHost.OTHER: _("Your own web host"),
}

_PASTE = _("Copy what you get, and paste it below.")
_CONSENT_SCREEN = _("Sign in there as the mailbox, and say yes to reading and sending mail.")

_STEPS: Mapping[tuple[MailHost, SignIn], Steps] = {
    (MailHost.GOOGLE, SignIn.APP_PASSWORD): (
        _("Open myaccount.google.com, sign in as this mailbox, and choose “Security”."),
        _("Switch on “2-Step Verification”, if it is off. Without it there are no app passwords."),
        _("Open myaccount.google.com/apppasswords, write “Tactful” as the name, and press “Create”."),
        _("Copy the 16 letters, and paste them below. The spaces do not matter."),
    ),
    (MailHost.GOOGLE, SignIn.XOAUTH2): (
        _("Whoever runs your Google Workspace makes a client of your own once. The page for them says how."),
        _("Paste the client ID and the client secret that you get from them below."),
        _CONSENT_SCREEN,
    ),
    (MailHost.MICROSOFT, SignIn.XOAUTH2): (
        _("Whoever runs your Microsoft 365 registers Tactful once. The page for them says how."),
        _("Paste the three values that you get from them below."),
        _CONSENT_SCREEN,
    ),
    (MailHost.OUTLOOK, SignIn.XOAUTH2): (
        _("Somebody registers Tactful with Microsoft once, for private accounts. A page for them says how."),
        _("Paste the client ID and the client secret below."),
        _CONSENT_SCREEN,
    ),
    (MailHost.ICLOUD, SignIn.APP_PASSWORD): (
        _("Open account.apple.com, and sign in."),
        _("Choose “Sign-In and Security”, then “App-Specific Passwords”."),
        _("Press the plus sign, write “Tactful” as the name, and press “Create”."),
        _PASTE,
    ),
    (MailHost.YAHOO, SignIn.APP_PASSWORD): (
        _("Open login.yahoo.com/account/security, and sign in."),
        _("Choose “Generate and manage app passwords”."),
        _("Write “Tactful” as the name, and press “Generate password”."),
        _PASTE,
    ),
    (MailHost.FASTMAIL, SignIn.APP_PASSWORD): (
        _("Open app.fastmail.com, then “Settings”, “Privacy & Security”, “Manage app passwords and access”."),
        _("Press “New app password”, and choose access to mail: IMAP and SMTP."),
        _PASTE,
    ),
    (MailHost.PROTON, SignIn.APP_PASSWORD): (
        _("You need a paid plan and an address at your own domain."),
        _("Open “Settings”, “All settings”, “IMAP/SMTP”, “SMTP tokens”, and make one for this address."),
        _("Copy the token, and paste it below as password for sending."),
        _("Let Proton Bridge run beside Tactful for receiving, and write its name, port and password below."),
    ),
    (MailHost.DOMENESHOP, SignIn.PASSWORD): (
        _("Sign in at domeneshop.no, choose “My domains”, your domain, and “Manage email”."),
        _("Press “Show advanced settings”. Under “Email user accounts” stands the user name, such as firm1."),
        _("Write that user name and its password below."),
    ),
    (MailHost.ONE, SignIn.PASSWORD): (
        _("Use the password with which you open this mailbox in one.com's webmail."),
        _("If nobody remembers it: one.com's control panel, “Email”, the address, “Change password”."),
    ),
    (MailHost.TELENOR, SignIn.PASSWORD): (
        _("Use the password of the mailbox, not the one of your Telenor ID."),
        _("If nobody remembers it: sign in at telenor.no, choose “Email”, and set one for mail programs."),
    ),
    (MailHost.OTHER, SignIn.PASSWORD): (
        _("Your web host told you the names of its servers when you got the mailbox. Compare them below."),
        _("Use the password with which you open this mailbox in their webmail."),
    ),
    (MailHost.OTHER, SignIn.XOAUTH2): (
        _("Whoever runs your mail server registers Tactful in its sign-in once. The page for them says how."),
        _("Paste what you get from them below."),
        _CONSENT_SCREEN,
    ),
}

_WAYS: Mapping[SignIn, Any] = {
    SignIn.PASSWORD: _("With the mailbox's password"),
    SignIn.APP_PASSWORD: _("With an app password"),
    SignIn.XOAUTH2: _("By signing in at the provider"),
}

_TROUBLES: Mapping[str, Any] = {
    "no_way": _("This provider gives no leave this way. Choose a password."),
    "refused": _(
        "The provider did not accept the client or its answer (%(said)s). Compare the client ID and the "
        "client secret with what the page for whoever runs it says, and sign in again."
    ),
    "away": _("The provider's sign-in does not answer now (%(said)s). Try again in a while."),
    "not_lasting": _(
        "The provider gave leave for an hour only. Whoever runs it must allow lasting access (offline)."
    ),
    "denied": _("You were not let in, or said no (%(said)s). Nothing has changed here."),
    "stale": _("This sign-in was begun elsewhere or long ago. Begin it here once more."),
}

_CAUTIONS: Mapping[Caution, Any] = {
    Caution.NO_IMAP_PASSWORD: _(
        "Microsoft takes no passwords from programs any more. You sign in there instead."
    ),
    Caution.SMTP_PASSWORD_ENDS: _(
        "Sending with a password, if it still works with you, ends with 2026. This way stays."
    ),
    Caution.NO_AUTOMATED_MAIL: _(
        "Some web hosts forbid or slow down mail that programs send. If yours does, let mail leave through a "
        "relay that signs for your domain (SPF and DKIM), and keep this mailbox for receiving."
    ),
    Caution.PRIVATE_ADDRESS: _(
        "This is a private address. Clients trust an address at your own domain more, and providers let more "
        "of its mail through."
    ),
    Caution.BRIDGE: _(
        "Proton opens its mailboxes to programs only through Proton Bridge, on a computer that is always on."
    ),
    Caution.OTHER_USER_NAME: _("The user name is not the address. The steps say where it stands."),
    Caution.FILTER: _(
        "A filter against unwanted mail stands before your mailbox and hides who keeps it. Ask whoever runs "
        "your mail, or choose below."
    ),
    Caution.GUESSED: _("We could not find your servers. These names are a guess; correct them if need be."),
}


def name_of(host: MailHost) -> str:
    return str(_NAMES[host])


def steps_of(host: MailHost, way: SignIn) -> tuple[str, ...]:
    """Each a sentence, in the order in which they are done."""
    steps = _STEPS.get((host, way)) or _STEPS[MailHost.OTHER, SignIn.PASSWORD]
    return tuple(map(str, steps))


def caution(code: Caution) -> str:
    return str(_CAUTIONS[code])


def way_of(way: SignIn) -> str:
    return str(_WAYS[way])


def trouble(code: str, said: str = "") -> str:
    """Why a mailbox could not be connected by its provider's leave."""
    return str(_TROUBLES.get(code, _TROUBLES["refused"])) % {"said": said or "?"}
