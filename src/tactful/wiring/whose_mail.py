"""Which mails of a mailbox are read at all (R92): decided from their envelopes, before they are fetched.

INBOX: mail from known clients; answers to mail of ours, known by a token that nobody else can make; reports
about our mail that came back; and everybody's, where inquiries from strangers are wanted. Folders of sent
mail: what a person wrote to known clients elsewhere, and not the copies of what we have sent ourselves.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tactful.channels import queries
from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.heads import Seen, see
from tactful.channels.mail.imap_types import Head
from tactful.channels.mail.parse import Envelope
from tactful.channels.models import Account
from tactful.contacts import queries as contacts
from tactful.contacts.actions import refused
from tactful.contacts.queries.erasing import shut_mails
from tactful.delivery.rules.mail import MESSAGE_ID, REPLY, RETURN_PATH, UNSUBSCRIBE
from tactful.foundation.clock import business_now
from tactful.foundation.traces import places
from tactful.wiring.our_tokens import answered, ours

logger = logging.getLogger(__name__)

OUR_PATHS = (REPLY, UNSUBSCRIBE, RETURN_PATH)
SLACK = timedelta(minutes=5)
"""Between the clock of a mail server and ours."""
Known = Mapping[str, tuple[int, datetime]]


class Way(StrEnum):
    INBOX = "inbox"
    SENT = "sent"


class Verdict(StrEnum):
    READ = "read"
    LOOK = "look"  # a report: kept only if it speaks of a mail of ours
    PASS = "pass"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Rules:
    """For one folder. ``own``: all our addresses. ``since``: business moment before which nothing is read.
    ``history``: then only what known clients wrote or were written. ``again``: the server has numbered its
    mails anew, so that mails come by which were passed by before."""

    way: Way
    own: frozenset[str]
    inquiries: bool
    since: datetime | None
    shift: timedelta = timedelta()
    history: bool = False
    again: bool = False


def choose(heads: Sequence[Head], rules: Rules) -> Collection[int]:
    """The UIDs of the mails to fetch. Nothing of the others is kept, nor written to any log."""
    looked_at = ((head.uid, _see(head.lines, rules)) for head in heads if not _too_old(head, rules))
    seen = {uid: one for uid, one in looked_at if one is not None}
    asked = {each for one in seen.values() for each in _asked(one, rules)}
    known = contacts.known_since(asked)
    at = {head.uid: head.at for head in heads}
    return [
        uid
        for uid, one in seen.items()
        if judge(one, rules, _in_time(known, at[uid], rules)) is not Verdict.PASS
    ]


def judge(seen: Seen, rules: Rules, known: Known) -> Verdict:
    if rules.way is Way.SENT:
        person = not seen.machine and not is_our_own(seen)
        return Verdict.READ if person and any(each in known for each in seen.recipients) else Verdict.PASS
    if any(each in known for each in seen.senders[:1]):
        return Verdict.READ
    if rules.history:
        return Verdict.PASS
    if any(ours(path, seen.token) for path in OUR_PATHS):
        return Verdict.READ
    if seen.report:
        return Verdict.LOOK
    return Verdict.READ if rules.inquiries or answered(seen.answers) else Verdict.PASS


def is_our_own(seen: Seen) -> bool:
    """A provider's copy of what we handed over to it, even where it gave the mail another Message-ID."""
    return bool(
        ours(MESSAGE_ID, seen.message_id.partition("@")[0]) or any(ours(p, seen.asks_back) for p in OUR_PATHS)
    )


def may_keep(raw: bytes, envelope: Envelope | None, account: Account, rules: Rules) -> bool:
    """The last word, with the whole mail at hand: a report about somebody else's mail is forgotten."""
    seen = _see(raw, rules, envelope.recipients if envelope else ())
    if seen is None:
        return False
    if rules.way is Way.INBOX and shut_mails(seen.senders[:1]):
        refused("mail", 1, now=business_now())  # it stays where it is: in the mailbox
        return False
    verdict = judge(seen, rules, contacts.known_since(set(_asked(seen, rules))))
    if verdict is Verdict.LOOK:
        return speaks_of_ours(raw, frozenset({account.address.lower()})) or _is_inquiry(seen, raw, rules)
    return verdict is Verdict.READ


def at_our_door(raw: bytes, envelope: Envelope, account: Account) -> bool:
    """The same for mail that the firm's own server brings."""
    rules = Rules(Way.INBOX, queries.own_addresses(), account.inquiries, None)
    return may_keep(raw, envelope, account, rules)


def speaks_of_ours(raw: bytes, own: frozenset[str]) -> bool:
    try:
        events = read_events(raw, own)
    except Exception as error:  # noqa: BLE001, one mail must never stand in the way of all later ones
        logger.error("A report could not be read, and is left out: %s", places(error))
        return False
    return any(ours(RETURN_PATH, event.token) or answered([event.message_id]) for event in events)


def _see(lines: bytes, rules: Rules, envelope: tuple[str, ...] = ()) -> Seen | None:
    """None where an envelope breaks the reader: one mail must never stand in the way of all later ones."""
    try:
        return see(lines, rules.own, envelope)
    except Exception as error:  # noqa: BLE001, as above
        logger.error("The envelope of a mail could not be read. The mail is left out: %s", places(error))
        return None


def _is_inquiry(seen: Seen, raw: bytes, rules: Rules) -> bool:
    """What only looked like a report."""
    return (rules.inquiries or answered(seen.answers) is not None) and not read_events(raw, rules.own)


def _asked(seen: Seen, rules: Rules) -> Sequence[str]:
    return seen.recipients if rules.way is Way.SENT else seen.senders[:1]


def _too_old(head: Head, rules: Rules) -> bool:
    """Servers tell whole seconds."""
    if head.at is None or rules.since is None:
        return False
    return head.at + rules.shift < rules.since.replace(microsecond=0)


def _in_time(known: Known, at: datetime | None, rules: Rules) -> Known:
    """A client's mail is read from the day on which we know them; what came before was passed by, and stays
    so when it comes by again."""
    if not rules.again or at is None:
        return known
    return {who: found for who, found in known.items() if found[1] - SLACK <= at + rules.shift}
