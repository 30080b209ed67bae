"""Connecting the mailbox: its address, then what its one way to sign in needs."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tactful.channels import sentences
from tactful.channels.rules import oauth
from tactful.channels.rules.oauth import Authority
from tactful.channels.types import Mailbox, MailHost, Server, SignIn
from tactful.foundation.egress import is_loopback
from tactful.web.forms.mail import SECURITY, host_field, password_field, port_field
from tactful.wiring.mail_connect import Wish

PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
MORE = ("sender_name", "smtp_host", "smtp_port", "smtp_security", "smtp_username", "smtp_password",
        "imap_host", "imap_port", "imap_security", "imap_username")  # fmt: skip


def _plain(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=PLAIN)
    return forms.CharField(label=label, max_length=400, widget=widget, **more)


class AddressForm(forms.Form):
    address = forms.EmailField(
        label=_("Which address do you answer clients from?"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
        error_messages={"invalid": _("This is no mail address. Write one such as post@example.com.")},
        help_text=_("We find out who keeps the mailbox. Nothing is signed in to yet."),
    )


class HostForm(forms.Form):
    """Who keeps the mailbox, by somebody who knows better than what we found."""

    host = forms.ChoiceField(label=_("Who keeps the mailbox?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["host"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(host.value, sentences.name_of(host)) for host in MailHost]


class ServersForm(forms.Form):
    """The servers as found, to be corrected, and a relay for sending."""

    sender_name = forms.CharField(
        label=_("Name that clients see"),
        max_length=120,
        required=False,
        help_text=_("Empty: the name of the business"),
    )
    smtp_host = host_field(_("Server for outgoing mail (SMTP)"))
    smtp_port = port_field(_("Port for sending"), 587)
    smtp_security = forms.ChoiceField(label=_("Encryption of sending"), choices=SECURITY)
    imap_host = host_field(_("Server for incoming mail (IMAP)"), required=False)
    imap_port = port_field(_("Port for receiving"), 993, required=False)
    imap_security = forms.ChoiceField(label=_("Encryption of receiving"), choices=SECURITY, required=False)

    def __init__(self, *args: Any, mailbox: Mailbox, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(mailbox)
        self.mailbox = mailbox

    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in MORE]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in MORE if name in self.fields]

    def more_wrong(self) -> bool:
        return any(each.errors for each in self.more())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for side in ("smtp", "imap"):
            host = given.get(f"{side}_host") or ""
            if given.get(f"{side}_security") == "none" and host and not is_loopback(host):
                said = _("Without encryption others could read along. Choose one.")
                self.add_error(f"{side}_security", said)
        return given

    def corrected(self, user_in: str, user_out: str) -> Mailbox:
        given = self.cleaned_data
        incoming = None
        if given["imap_host"]:
            incoming = Server(given["imap_host"], given["imap_port"] or 993, given["imap_security"] or "none")
        outgoing = Server(given["smtp_host"], given["smtp_port"], given["smtp_security"])
        return replace(self.mailbox, incoming=incoming, outgoing=outgoing, user_in=user_in, user_out=user_out)


class PasswordForm(ServersForm):
    username = _plain(_("User name"))
    password = password_field(_("Password"))
    smtp_username = _plain(_("User name for sending, if it is another one"), required=False)
    smtp_password = password_field(_("Password for sending, if it is another one"))
    field_order = ("username", "password")

    def __init__(self, *args: Any, way: SignIn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        self.fields["password"].required = True
        self.fields["password"].label = _("App password") if way is SignIn.APP_PASSWORD else _("Password")
        for name in ("password", "smtp_password"):
            self.fields[name].help_text = ""
        self.fields["smtp_password"].help_text = _("For a relay that signs for your domain")
        if self.mailbox.user_in and self.mailbox.user_in == self.mailbox.user_out:
            self.fields["username"].widget = forms.HiddenInput()

    def wish(self) -> Wish:
        given = self.cleaned_data
        user = given["username"]
        box = self.mailbox
        out = given["smtp_username"] or (box.user_out if box.user_out and user == box.user_in else user)
        return Wish(self.corrected(user, out), self.way, sender_name=given["sender_name"])

    def secrets(self) -> dict[str, str]:
        password, relay = self._password(), self.cleaned_data["smtp_password"]
        return {"imap_password": password, "smtp_password": relay or password}

    def _password(self) -> str:
        password: str = self.cleaned_data["password"]
        if self.mailbox.host is MailHost.GOOGLE and self.way is SignIn.APP_PASSWORD:
            return "".join(password.split())  # Google shows it in four groups, and copies them so
        return password


class OwnPasswordForm(PasswordForm):
    """Somebody's own mailbox: the server that it is read from, and none to send over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*(name for name in self.fields if name.startswith("smtp_")), "sender_name"):
            del self.fields[name]
        self.fields["imap_host"].required = True

    def wish(self) -> Wish:
        given = self.cleaned_data
        server = Server(given["imap_host"], given["imap_port"] or 993, given["imap_security"] or "none")
        user = given["username"]
        return Wish(replace(self.mailbox, incoming=server, user_in=user), self.way, own=True)

    def secrets(self) -> dict[str, str]:
        return {"imap_password": self._password()}


class LeaveForm(ServersForm):
    """The firm's own registration at its provider. An empty secret keeps the one that is there."""

    client_id = _plain(_("Client ID"), help_text=_("Also called application ID"))
    client_secret = password_field(_("Client secret"))
    tenant = _plain(_("Directory (tenant) ID"), required=False)
    asks = forms.URLField(label=_("Address for signing in"), assume_scheme="https", required=False)
    gives = forms.URLField(label=_("Address for tokens"), assume_scheme="https", required=False)
    scopes = _plain(_("Scopes"), required=False)
    field_order = ("tenant", "client_id", "client_secret", "asks", "gives", "scopes")

    def __init__(self, *args: Any, mailbox: Mailbox, **kwargs: Any) -> None:
        super().__init__(*args, mailbox=mailbox, **kwargs)
        self.fields["client_secret"].help_text = ""
        wanted = {MailHost.MICROSOFT: {"tenant"}, MailHost.OTHER: {"asks", "gives", "scopes"}}
        for name in ("tenant", "asks", "gives", "scopes"):
            if name in wanted.get(mailbox.host, set()):
                self.fields[name].required = True
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.authority: Authority | None = None
        for name in ("asks", "gives"):
            if not settings.LOCAL_MAIL_HOSTS and not given.get(name, "https://").startswith("https://"):
                self.add_error(name, _("The address must begin with https://."))
        if self.errors:
            return given
        if self.mailbox.host is MailHost.OTHER:
            self.authority = Authority(given["asks"], given["gives"], tuple(given["scopes"].split()))
            return given
        try:
            self.authority = oauth.authority_of(self.mailbox.host, given.get("tenant", ""))
        except ValueError:
            said = _("This is no directory ID. It looks like 1b2c3d4e-5f60-7a8b-9c0d-1e2f3a4b5c6d.")
            self.add_error("tenant", said)
        return given

    def wish(self) -> Wish:
        given = self.cleaned_data
        user = self.mailbox.address
        box = self.corrected(user, user)
        return Wish(box, SignIn.XOAUTH2, given["client_id"].strip(), self.authority, given["sender_name"])


def _initial(box: Mailbox) -> dict[str, Any]:
    found: dict[str, Any] = {"username": box.user_in}
    for side, server in (("smtp", box.outgoing), ("imap", box.incoming)):
        if server is not None:
            found |= {
                f"{side}_host": server.host,
                f"{side}_port": server.port,
                f"{side}_security": server.security,
            }
    return found
