"""What became of an attempt: our own codes as sentences, the words of a server as they are."""

import json
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from tactful.channels.types import OURS
from tactful.web.types import Text

WORDS: Final[Mapping[str, Text]] = {
    "mail.address": _("“%(address)s” is not a mail address. Ask for another."),
    "mail.value": _("The value “%(name)s” is missing, and the message makes no sense without it."),
    "mail.no_words": _("The mail has no words."),
    "mail.template": _("The letter did not come to an end with the values of this client."),
    "mail.refused": _("The mail could not be built."),
    "smtp.line_break": _("The address has a line break in it. Correct it."),
    "smtp.long_address": _("The address is too long. Correct it."),
    "smtp.no_address": _("This is not a mail address. It should look like name@example.com."),
    "smtp.no_domain": _("The part after the @ is not a domain name. Correct it."),
    "smtp.sender": _("Our own address %(address)s cannot be used to send from. Correct it under Settings."),
    "smtp.bare_end": _("The mail has a line end that servers do not take."),
    "smtp.utf8": _(
        "The address has letters before the @ that this mail server cannot carry. Ask for another."
    ),
    "smtp.eight_bit": _("The mail has letters that this mail server does not take."),
    "smtp.size": _("The mail has %(size)s bytes, and this mail server takes %(limit)s."),
    "smtp.no_connection": _("No connection to %(place)s: %(error)s"),
    "smtp.no_starttls": _("The server does not offer STARTTLS. Choose another way under Security."),
    "smtp.clear_password": _("The password would travel in the clear. Choose STARTTLS or TLS."),
    "smtp.no_auth": _("The server offers no way to sign in that we know."),
    "smtp.no_xoauth2": _("The server does not let in by a provider's leave (XOAUTH2). Choose a password."),
    "trial.door": _("Mail comes in through our own door here, so there is no mailbox to look into."),
    "oauth.refused": _(
        "The provider has taken its leave back (%(said)s). Connect the mailbox again; what waits goes then."
    ),
    "oauth.away": _("The provider's sign-in does not answer now (%(said)s). It is tried again by itself."),
    "oauth.none": _("The mailbox is not connected yet. Sign in at the provider."),
    "smtp.hung_up": _("The server hung up %(times)s times without an answer."),
    "smtp.nothing_to_send_over": _("There is no connection to send over."),
    "smtp.nobody_there": _("Nobody answers at %(place)s. Look at the name and the port."),
    "smtp.no_such_name": _("There is no server by the name in %(place)s. Look at how it is spelled."),
    "smtp.no_answer": _("%(place)s does not answer. Look at the port, or try again in a while."),
    "smtp.silent": _("The server did not answer in time."),
    "smtp.closed": _("The server closed the connection."),
    "smtp.broke": _("The connection broke off: %(error)s"),
    "smtp.endless": _("The server gives an answer that does not end."),
    "smtp.not_mail": _("What answers there is no mail server: it said “%(answer)s”. Look at the port."),
    "smtp.out_of_step": _("The server answered %(answer)s where that makes no sense."),
    "smtp.text_after_starttls": _("The server spoke in the clear after it had agreed to encrypt."),
    "smtp.tls": _("The encryption with the server failed: %(error)s"),
    "smtp.certificate": _("The server cannot prove who it is, so nothing was sent to it: %(error)s"),
    "smtp.journal": _("Nothing was sent, because it could not be written down first: %(error)s"),
    "imap.password": _("The mailbox refuses the user name or the password: %(error)s"),
    "imap.folder": _("The folder %(folder)s cannot be opened: %(error)s"),
    "imap.no_folder": _("There is no folder %(folder)s in this mailbox: %(answer)s"),
    "imap.refused": _("The mailbox refused the command %(command)s: %(answer)s"),
    "imap.odd": _("Something went wrong while it was read. The log of the machine says what."),
    "imap.line_break": _("A user name, password or folder cannot have a line break in it."),
    "smtp.local_host": _(
        "%(place)s leads to this machine or its own network, which is not allowed for a mail server. "
        "Write the name of your provider's server."
    ),
}


def said(detail: str) -> str:
    """``channels.types.our_words`` as a sentence, also behind a status; anything else as it came."""
    before, mark, rest = detail.partition(OURS)
    code, _blank, given = rest.partition(" ")
    if not mark or code not in WORDS:
        return detail
    try:
        params, _end = json.JSONDecoder().raw_decode(given)
        return f"{before}{str(WORDS[code]) % params}"
    except (ValueError, KeyError):  # cut off in a short column
        return detail
