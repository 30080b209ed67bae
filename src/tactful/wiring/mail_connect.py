"""Connecting a mailbox: with a password, or with the provider's leave.

Whatever is secret on the way rests encrypted, not in the session. Nothing of an account that works is touched
before the new way has brought its tokens.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from tactful.channels import queries as channels
from tactful.channels.actions import (
    AccountForm,
    NewGrant,
    end_grant,
    end_mailbox,
    keep_grant,
    save_mail_account,
)
from tactful.channels.actions.access import CLIENT, secret_name
from tactful.channels.mail.imap import ImapSettings
from tactful.channels.mail.settings import SmtpSettings
from tactful.channels.queries import Account
from tactful.channels.rules import oauth
from tactful.channels.rules.oauth import Authority, Client, Refusal
from tactful.channels.types import Caution, FoundBy, Mailbox, MailHost, Server, SignIn
from tactful.foundation.clock import machine_now
from tactful.foundation.secrets import get_secret, put_secret
from tactful.inbox.actions.tasks import finish_keyed
from tactful.inbox.queries import open_tasks
from tactful.wiring.mail_access import alone, exchange, fresh_words, resume
from tactful.wiring.mail_test import Tried, try_in, try_out

ABOUT_MAILBOXES = ("account_paused", "mailbox_unread")


class NotConnected(Exception):
    """``code``: of ``channels.sentences.trouble``; ``said``: the provider's own word for it."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code, self.said = code, said


@dataclass(frozen=True, slots=True)
class Wish:
    """What is being connected, without anything secret: fit for a session. ``authority`` and ``client_id``
    only where the way is by leave. ``own``: somebody's own mailbox, which is read and never sent from."""

    mailbox: Mailbox
    way: SignIn
    client_id: str = ""
    authority: Authority | None = None
    sender_name: str = ""
    own: bool = False


def keep_wish(wish: Wish) -> dict[str, Any]:
    """As plain values, for a session."""
    return asdict(wish)


def read_wish(kept: Mapping[str, Any]) -> Wish:
    """From what ``keep_wish`` made."""
    box, asked = kept["mailbox"], kept["authority"]
    mailbox = Mailbox(
        **box
        | {
            "host": MailHost(box["host"]),
            "found_by": FoundBy(box["found_by"]),
            "incoming": Server(**box["incoming"]) if box["incoming"] else None,
            "outgoing": Server(**box["outgoing"]),
            "ways": tuple(map(SignIn, box["ways"])),
            "cautions": tuple(map(Caution, box["cautions"])),
        }
    )
    authority = Authority(**asked | {"scopes": tuple(asked["scopes"])}) if asked else None
    return Wish(
        mailbox,
        SignIn(kept["way"]),
        kept["client_id"],
        authority,
        kept["sender_name"],
        kept.get("own", False),
    )


def settings_of(wish: Wish) -> dict[str, Any]:
    box = wish.mailbox
    given: dict[str, Any] = {"provider": str(box.host)}
    if not wish.own:
        given |= _side("smtp", box.outgoing, box.user_out, wish.way)
    if box.incoming is not None:
        given |= _side("imap", box.incoming, box.user_in, wish.way)
    return given


def _side(side: str, server: Server, user: str, way: SignIn) -> dict[str, Any]:
    where = {f"{side}_{name}": value for name, value in asdict(server).items()}
    return where | {f"{side}_username": user, f"{side}_sign_in": str(way)}


def keep_account(wish: Wish, secrets: Mapping[str, str], *, acting_user: int, now: datetime) -> Account:
    """The account as wished. Its servers, users and ways are replaced as one; the rest of it stays."""
    account = channels.own_mailbox(acting_user) if wish.own else channels.main_account("mail")
    before = account.settings if account else {}
    kept = {name: value for name, value in before.items() if not name.startswith(("smtp_", "imap_", "trial"))}
    name = wish.sender_name or (account.sender_name if account else "")
    form = AccountForm(
        name=account.name if account else wish.mailbox.address,
        address=wish.mailbox.address,
        sender_name=name,
        settings=kept | settings_of(wish),
        secrets=dict(secrets),
        owner_id=acting_user if wish.own else None,
    )
    kept_one = save_mail_account(
        form, account_id=account.id if account else None, acting_user=acting_user, now=now
    )
    if wish.way is not SignIn.XOAUTH2:
        end_grant(kept_one.id)
        if kept_one.paused_reason:
            resume(kept_one.id, acting_user=acting_user, now=now)
    return kept_one


def try_wish(wish: Wish, secrets: Mapping[str, str]) -> tuple[Tried, ...]:
    """With passwords that nobody has kept yet. Raises nothing for a server that is wrong or away."""
    given = settings_of(wish)
    ways = []
    if not wish.own:
        out = {name: given[f"smtp_{name}"] for name in ("host", "port", "security", "username")}
        ways.append(try_out(SmtpSettings(**out, password=secrets.get("smtp_password", ""))))
    if given.get("imap_host"):
        into = {name: given[f"imap_{name}"] for name in ("host", "port", "security", "username")}
        ways.append(try_in(ImapSettings(**into, password=secrets.get("imap_password", ""))))
    return tuple(ways)


def by_the_firms_leave(wish: Wish, *, user: int) -> Wish | None:
    """The same, with the client that the firm has registered at its provider, and leave to read alone. None
    where the firm has none there. Its secret goes to that authority only, and nobody sees it."""
    account = channels.main_account("mail")
    grant = channels.grant(account.id) if account else None
    if account is None or grant is None or account.settings.get("provider") != wish.mailbox.host:
        return None
    authority = oauth.same_authority(wish.mailbox.host, grant.gives_url)
    if authority is None:
        return None
    found = replace(wish, client_id=grant.client_id, authority=oauth.to_read(authority))
    keep_client_secret(get_secret(secret_name(account.id, CLIENT)), found, user=user)
    return found


def end_own_mailbox(account_id: int, *, acting_user: int, now: datetime) -> None:
    """Nothing more is read, and nobody is asked about it. Raises ``MailboxRefused``."""
    end_mailbox(account_id, acting_user=acting_user, now=now)
    asked = open_tasks().filter(code__in=ABOUT_MAILBOXES, params__account=account_id)
    finish_keyed(list(asked.values_list("dedupe_key", flat=True)), now=now)


def keep_client_secret(secret: str, wish: Wish, *, user: int) -> None:
    """Until the connection stands. Empty keeps the one that is there, if it was typed for the same client of
    the same authority: it goes to no other."""
    _seal(user, {"secret": secret or _secret_for(wish, _sealed(user)), "for": _whose(wish)})


def forget_client_secret(*, user: int) -> None:
    """Another mailbox, or another way: what was typed for the one before is not needed any more."""
    if _sealed(user):
        _seal(user, {})


def begin(wish: Wish, back: str, *, user: int) -> tuple[str, str]:
    """(where the browser goes, the state to be remembered). ``back``: our redirect address."""
    if wish.authority is None:
        raise NotConnected("no_way")
    state, verifier = fresh_words()
    secret = _secret_for(wish, _sealed(user))
    _seal(user, {"secret": secret, "for": _whose(wish), "verifier": verifier})
    client = Client(wish.client_id, "", back)
    url = oauth.address_to_ask(
        wish.authority, client, state=state, verifier=verifier, address=wish.mailbox.address
    )
    return url, state


def is_ours(expected: str, came: str) -> bool:
    return bool(expected) and hmac.compare_digest(expected.encode(), came.encode())


def complete(wish: Wish, code: str, back: str, *, user: int, now: datetime) -> Account:
    """Exchange the code, keep the leave, and let what waited go. Raises ``NotConnected``."""
    if wish.authority is None:
        raise NotConnected("no_way")
    sealed = _sealed(user)
    client = Client(wish.client_id, _secret_for(wish, sealed), back)
    said = exchange(wish.authority.gives, oauth.first_request(client, code, sealed.get("verifier", "")))
    if isinstance(said, Refusal):
        raise NotConnected("refused" if said.final else "away", said.code)
    if not said.refresh:
        raise NotConnected("not_lasting")
    account = keep_account(wish, {}, acting_user=user, now=now)
    new = NewGrant(client.ident, client.secret, wish.authority.gives, said)
    with alone(account.id):  # a refresh on the way with the token before must not end the new one
        keep_grant(account.id, new, acting_user=user, now=now, machine_now=machine_now())
    _seal(user, {})
    if account.paused_reason:
        resume(account.id, acting_user=user, now=now)
    return account


def _whose(wish: Wish) -> str:
    """Which client of which authority a secret is of."""
    return json.dumps([wish.client_id, asdict(wish.authority) if wish.authority else None])


def _secret_for(wish: Wish, sealed: Mapping[str, str]) -> str:
    return sealed.get("secret", "") if sealed.get("for") == _whose(wish) else ""


def _seal(user: int, words: Mapping[str, str]) -> None:
    put_secret(f"connecting:{user}", json.dumps(dict(words)))


def _sealed(user: int) -> dict[str, str]:
    kept = get_secret(f"connecting:{user}")
    return dict(json.loads(kept)) if kept else {}
