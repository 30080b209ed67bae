"""The mail account."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tactful.channels.actions import AccountForm
from tactful.channels.queries import Account
from tactful.foundation.egress import is_loopback

SECURITY = [
    ("starttls", _("After the greeting, STARTTLS (mostly port 587, for receiving 143)")),
    ("implicit_tls", _("From the start, TLS or SSL (mostly port 465, for receiving 993)")),
    ("none", _("None, only for a server on this machine")),
]
Names = tuple[str, ...]
FIELDS = ("smtp_host", "smtp_port", "smtp_security", "smtp_username")
IMAP_FIELDS = ("imap_host", "imap_port", "imap_security", "imap_username")
SENDING = ("address", "sender_name", "smtp_host", "smtp_username", "smtp_password")
SENDING_MORE = ("smtp_port", "smtp_security")
RECEIVING = ("imap_host", "imap_password")
RECEIVING_MORE = ("imap_username", "imap_port", "imap_security", "trusted_servers")


def password_field(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    hint = _("Many providers want an app password here. Empty: the one that is stored stays.")
    return forms.CharField(
        label=label, required=False, strip=False, max_length=400, widget=widget, help_text=hint
    )


def host_field(label: Any, **more: Any) -> forms.RegexField:
    said = {"invalid": _("Write a name such as smtp.example.com.")}
    return forms.RegexField(r"^[A-Za-z0-9.:\-]+$", label=label, max_length=255, error_messages=said, **more)


def port_field(label: Any, initial: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=65535, initial=initial, **more)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together. ``more``: those that few need, behind a closed lid unless ``wrong``."""

    key: str
    title: Any
    fields: tuple[forms.BoundField, ...]
    more: tuple[forms.BoundField, ...]
    wrong: bool


class MailForm(forms.Form):
    address = forms.EmailField(label=_("Address that clients answer to"), max_length=320)
    sender_name = forms.CharField(
        label=_("Name that clients see"),
        max_length=120,
        required=False,
        help_text=_("Empty: the name of the business"),
    )
    smtp_host = host_field(
        _("Server for outgoing mail (SMTP)"), help_text=_("Your provider tells it, such as smtp.example.com")
    )
    smtp_port = port_field(_("Port for sending"), 587)
    smtp_security = forms.ChoiceField(label=_("Encryption of sending"), choices=SECURITY, initial="starttls")
    smtp_username = forms.CharField(
        label=_("User name"), max_length=320, required=False, help_text=_("Mostly the mail address")
    )
    smtp_password = password_field(_("Password"))
    imap_host = host_field(
        _("Server for incoming mail (IMAP)"),
        required=False,
        help_text=_("Such as imap.example.com. Empty: a server of your own hands the mail over to Tactful"),
    )
    imap_port = port_field(_("Port for receiving"), 993, required=False)
    imap_security = forms.ChoiceField(
        label=_("Encryption of receiving"), choices=SECURITY, initial="implicit_tls"
    )
    imap_username = forms.CharField(
        label=_("User name for receiving"),
        max_length=320,
        required=False,
        help_text=_("Empty: the same as for sending"),
    )
    imap_password = password_field(_("Password for receiving"))
    trusted_servers = forms.CharField(
        label=_("Servers that check senders for you"),
        required=False,
        max_length=600,
        help_text=_("The first word of “Authentication-Results” in your mail, such as mx.example.com"),
    )

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = account

    def sections(self) -> tuple[Section, ...]:
        return (
            self._section("sending", _("Sending"), SENDING, SENDING_MORE),
            self._section("receiving", _("Receiving"), RECEIVING, RECEIVING_MORE),
        )

    def _section(self, key: str, title: Any, names: Names, more: Names) -> Section:
        wrong = any(self[name].errors for name in more)
        return Section(
            key, title, tuple(map(self.__getitem__, names)), tuple(map(self.__getitem__, more)), wrong
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for kind in ("smtp", "imap"):
            host = given.get(f"{kind}_host") or ""
            if given.get(f"{kind}_security") == "none" and host and not is_loopback(host):
                self.add_error(
                    f"{kind}_security", _("Without encryption others could read along. Choose one.")
                )
            if (
                host
                and self._moves(kind, host)
                and given.get("smtp_username")
                and not given.get(f"{kind}_password")
            ):
                why = ValidationError(_("The server is another one, so type its password again."))
                self.add_error(f"{kind}_password", why)
        return given

    def _moves(self, kind: str, host: str) -> bool:
        """A stored password goes to nobody but the server that it was typed for."""
        before = self._before.settings.get(f"{kind}_host") if self._before else None
        return bool(before) and before != host

    def account_form(self) -> AccountForm:
        given = self.cleaned_data
        kept = dict(self._before.settings) if self._before else {}
        kept |= {name: given[name] for name in FIELDS}
        kept |= {name: given[name] if given["imap_host"] else "" for name in IMAP_FIELDS}
        for kind in ("smtp", "imap"):
            if given[f"{kind}_password"] or self._moves(kind, given[f"{kind}_host"]):
                kept.pop(f"{kind}_sign_in", None)  # a token goes nowhere else, and a password replaces it
        kept = {name: value for name, value in kept.items() if value not in ("", None)}
        return AccountForm(
            name=self._before.name if self._before else given["address"],
            address=given["address"],
            sender_name=given["sender_name"],
            settings=kept | {"trusted_servers": given["trusted_servers"].replace(",", " ").split()},
            secrets={name: given[name] for name in ("smtp_password", "imap_password")},
        )


def initial_of(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    trusted = " ".join(account.settings.get("trusted_servers", ()))
    named = {"address": account.address, "sender_name": account.sender_name, "trusted_servers": trusted}
    return {name: account.settings[name] for name in FIELDS + IMAP_FIELDS if name in account.settings} | named
