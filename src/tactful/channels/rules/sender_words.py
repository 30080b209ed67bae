"""The sentences of the sender check, in English: the doctor prints them, the page translates them."""

from collections.abc import Mapping
from typing import Final

from tactful.channels.rules.sender import Check


def gettext_noop(text: str) -> str:
    """Marks for translation. Django's own asks for settings, which the doctor does without."""
    return text


SAID: Final[Mapping[str, str]] = {
    "record.unasked": gettext_noop("%(record)s of %(domain)s could not be checked: no name server answers."),
    "record.none": gettext_noop(
        "%(domain)s has no %(record)s record, so mail from it may be taken for spam."
    ),
    "record.many": gettext_noop(
        "%(domain)s has %(count)s %(record)s records; receivers then trust none. Keep one."
    ),
    "record.there": gettext_noop("%(domain)s has %(record)s: %(text)s"),
    "spf.all": gettext_noop(
        "SPF of %(domain)s lets every server in the world send in its name (+all). End it with ~all."
    ),
    "dmarc.watches": gettext_noop(
        "%(domain)s has DMARC that only watches (p=none). When its reports show no surprises, ask for "
        "p=quarantine."
    ),
    "dkim.unasked": gettext_noop("DKIM of %(domain)s could not be checked: no name server answers."),
    "dkim.unseen": gettext_noop(
        "No DKIM key of %(domain)s under the usual names; it may have another. A mail to ourselves shows it."
    ),
    "dkim.gone": gettext_noop(
        "Our mail is signed with the key %(selector)s, and %(domain)s does not publish it. Ask your provider."
    ),
    "dkim.revoked": gettext_noop(
        "The DKIM key %(selector)s of %(domain)s has been taken back. Publish a new one."
    ),
    "dkim.unread": gettext_noop("The DKIM key %(selector)s of %(domain)s cannot be read. Publish it anew."),
    "dkim.short": gettext_noop(
        "The DKIM key %(selector)s of %(domain)s has %(bits)s bits. Receivers ask for 1024 at least; "
        "make one with 2048."
    ),
    "dkim.old": gettext_noop(
        "The DKIM key %(selector)s of %(domain)s has %(bits)s bits. It is taken; 2048 are advised."
    ),
    "dkim.bits": gettext_noop("%(domain)s has a DKIM key of %(bits)s bits (%(selector)s)."),
    "dkim.there": gettext_noop("%(domain)s has a DKIM key (%(selector)s)."),
    "tls.on": gettext_noop("Mail goes to %(host)s encrypted."),
    "tls.off": gettext_noop("Mail goes to %(host)s without encryption. Choose TLS in the mail account."),
    "tls.other": gettext_noop("This account sends another way than SMTP, so encryption was not looked at."),
    "ptr.unasked": gettext_noop("The name of %(host)s could not be checked: no name server answers."),
    "ptr.inside": gettext_noop(
        "%(host)s is on this machine or its network; the address that mail leaves from is not seen from here."
    ),
    "ptr.none": gettext_noop(
        "The address %(address)s of %(host)s has no name (PTR). Receivers may refuse mail from it; whoever "
        "runs the server can set one."
    ),
    "ptr.there": gettext_noop("The address of %(host)s has a name (PTR): %(name)s."),
    "one_click.plain": gettext_noop(
        "One click to unsubscribe does not work for mail programs: %(url)s is not an https address that they "
        "reach."
    ),
    "one_click.on": gettext_noop("News carry a button to unsubscribe with one click, at %(url)s."),
    "complaints.none_sent": gettext_noop(
        "Nothing went out in the last 30 days, so there is no rate of complaints."
    ),
    "complaints.few": gettext_noop(
        "Called unwanted: %(count)s of %(sent)s mails in 30 days, %(rate)s %%. Up to 0.10 %% is well."
    ),
    "complaints.warn": gettext_noop(
        "Called unwanted: %(count)s of %(sent)s mails in 30 days, %(rate)s %%. Above 0.10 %% providers begin "
        "to put your mail aside. Write to fewer, and less often."
    ),
    "complaints.stop": gettext_noop(
        "Called unwanted: %(count)s of %(sent)s mails in 30 days, %(rate)s %%. From 0.30 %% on providers "
        "refuse. No broadcast begins until it is lower."
    ),
}


def in_english(check: Check) -> str:
    return SAID[check.code] % check.params
