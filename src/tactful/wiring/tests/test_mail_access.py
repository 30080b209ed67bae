"""Mail by token, against a real authority and real mail servers on loopback."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from tactful.channels.mail.settings import NoAccess
from tactful.channels.mail.smtp import SmtpConnection, SmtpUnavailable
from tactful.channels.models import Account, Grant, InboundRaw
from tactful.channels.queries import account as account_of
from tactful.channels.rules.oauth import Authority as Asked
from tactful.channels.types import FoundBy, Mailbox, MailHost, Outcome, Server, SignIn
from tactful.config.tests.processes import wait_until
from tactful.delivery.models import Dispatch
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.demo.postbox.sink import Sink, SinkSettings
from tactful.foundation.calling import Asking, ask
from tactful.foundation.clock import machine_now
from tactful.foundation.models import AuditPayload, SecretValue
from tactful.testing.authority import Authority, authority
from tactful.wiring import mail, mail_access
from tactful.wiring.mail_connect import NotConnected, Wish, begin, complete, is_ours, keep_client_secret
from tactful.wiring.polling import poll_account
from tactful.wiring.tests.cast import US, Cast, make_cast
from tactful.wiring.tests.test_over_the_wire import a_clerk, publish

BACK = "http://localhost/settings/mail/connect/back/"
EXTENSIONS = (*SinkSettings().extensions, "AUTH XOAUTH2")


@pytest.fixture
def leave() -> Iterator[Authority]:
    with authority(back=(BACK,)) as made:
        yield made


@pytest.fixture
def sink(leave: Authority) -> Iterator[Sink]:
    with Sink(SinkSettings(extensions=EXTENSIONS, accepts=leave.accepts)) as made:
        yield made


@pytest.fixture
def box(leave: Authority) -> ImapBox:
    return ImapBox(accepts=leave.accepts)


@pytest.fixture
def imap(box: ImapBox) -> Iterator[ImapServer]:
    with ImapServer(box) as made:
        yield made


def wish(leave: Authority, smtp: int, imap: int) -> Wish:
    here = "127.0.0.1"
    servers = Server(here, imap, "none"), Server(here, smtp, "none")
    box = Mailbox(US, MailHost.OTHER, FoundBy.GUESS, *servers, (SignIn.XOAUTH2,), US, US)
    asked = Asked(f"{leave.url}/authorize", f"{leave.url}/token", ("mail",))
    return Wish(box, SignIn.XOAUTH2, leave.client_id, asked)


def go(url: str) -> dict[str, str]:
    """A browser that follows the address, and what it brings back."""
    answer = ask(url, b"", {}, Asking("GET"))
    query = urlsplit(answer.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def connect(cast: Cast, wanted: Wish, leave: Authority) -> Account:
    keep_client_secret(leave.client_secret, wanted, user=cast.owner.id)
    url, state = begin(wanted, BACK, user=cast.owner.id)
    came = go(url)
    assert is_ours(state, came["state"])
    return complete(wanted, came["code"], BACK, user=cast.owner.id, now=cast.now)


@pytest.fixture
def account(cast: Cast, leave: Authority, sink: Sink, imap: ImapServer) -> Account:
    return connect(cast, wish(leave, sink.port, imap.port), leave)


def of_age(account: Account, minutes: int = 11, left: int = 49) -> None:
    now = machine_now()
    given = {"issued_at": now - timedelta(minutes=minutes), "until": now + timedelta(minutes=left)}
    Grant.objects.filter(account=account).update(**given)


def planned(cast: Cast) -> int:
    publish(cast, "Words")
    return cast.plans(cast.liv, subject="", body="", template="again")


def poll(account: Account) -> None:
    fresh = account_of(account.id)
    settings = mail.imap_settings(fresh)
    assert settings is not None
    poll_account(fresh, settings)


def test_mail_goes_out_and_comes_in_by_token(
    cast: Cast, account: Account, sink: Sink, box: ImapBox, tmp_path: Path
) -> None:
    ident = planned(cast)
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    assert Dispatch.objects.get(pk=ident).state == "sent"
    assert not any(b"AUTH PLAIN" in line for line in sink.ledger.commands)
    poll(account)
    box.add(cast.mail("Hello"))
    poll(account)
    assert InboundRaw.objects.count() == 1


def test_nothing_secret_is_readable_anywhere(
    account: Account, leave: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = [leave.client_secret, *leave.access, *leave.refresh]
    account.refresh_from_db()
    seen = str(account.settings) + str(list(AuditPayload.objects.values_list("body", flat=True)))
    seen += str(list(Grant.objects.values())) + caplog.text
    boxes = b"".join(bytes(row.box) for row in SecretValue.objects.all())
    assert len(secrets) == 3
    for secret in secrets:
        assert secret not in seen
        assert secret.encode() not in boxes


def test_a_token_is_renewed_ahead_of_time_and_the_lasting_one_turns(
    account: Account, leave: Authority
) -> None:
    before = mail_access.access_token(account.id)
    mail_access.keep_fresh()
    assert leave.refreshes == 0
    of_age(account)
    mail_access.keep_fresh()
    of_age(account)
    mail_access.keep_fresh()  # by the lasting token that the first time brought
    assert leave.refreshes == 2
    assert mail_access.access_token(account.id) != before


def test_an_authority_that_is_away_is_not_noticed_while_the_token_lasts(
    cast: Cast, account: Account, leave: Authority
) -> None:
    before = mail_access.access_token(account.id)
    of_age(account)
    leave.away = True
    mail_access.keep_fresh()
    assert mail_access.access_token(account.id) == before
    of_age(account, 61, -1)
    with pytest.raises(NoAccess) as caught:
        mail_access.access_token(account.id)
    assert caught.value.outcome is Outcome.SAFE  # it is tried again, and nobody is called
    account.refresh_from_db()
    assert account.paused_reason == ""
    leave.away = False
    assert mail_access.access_token(account.id) != before


def test_a_token_that_a_server_refuses_is_replaced_on_the_spot(
    cast: Cast, account: Account, leave: Authority, box: ImapBox, sink: Sink, tmp_path: Path
) -> None:
    leave.access.clear()
    poll(account)
    assert leave.refreshes == 1
    leave.access.clear()
    ident = planned(cast)
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    assert Dispatch.objects.get(pk=ident).state == "sent"
    assert leave.refreshes == 2
    account.refresh_from_db()
    assert account.paused_reason == ""


def test_a_leave_that_dies_is_told_once_and_nothing_is_lost(
    cast: Cast, account: Account, leave: Authority, sink: Sink, imap: ImapServer, box: ImapBox, tmp_path: Path
) -> None:
    """R17: one task, no attempt burned, what waits goes by itself when it is connected again."""
    poll(account)
    leave.revoke()
    of_age(account)
    ident = planned(cast)
    box.add(cast.mail("While nobody could read"))
    clerk = a_clerk(tmp_path)
    for _ in range(3):
        mail_access.keep_fresh()
        poll(account)
        clerk.turn()
        cast.reacts()
    clerk.leave()
    account.refresh_from_db()
    row = Dispatch.objects.get(pk=ident)
    assert (account.paused_reason, leave.refreshes) == ("auth", 1)
    assert (row.state, row.tries) == ("queued", 0)
    (task,) = cast.tasks(code="account_paused")
    assert task.owner_id == cast.owner.id
    connect(cast, wish(leave, sink.port, imap.port), leave)
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    poll(account)
    assert Dispatch.objects.get(pk=ident).state == "sent"
    assert InboundRaw.objects.count() == 1
    assert cast.tasks(code="account_paused") == []


def test_a_leave_that_dies_in_the_middle_of_sending_burns_no_attempt(
    cast: Cast, account: Account, leave: Authority, tmp_path: Path
) -> None:
    ident = planned(cast)
    leave.revoke()
    clerk = a_clerk(tmp_path)
    clerk.turn()
    clerk.leave()
    cast.reacts()
    account.refresh_from_db()
    row = Dispatch.objects.get(pk=ident)
    assert (account.paused_reason, row.state, row.tries) == ("auth", "queued", 0)
    assert len(cast.tasks(code="account_paused")) == 1


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE classid = %s AND NOT granted", [mail_access.LOCK_CLASS])
        return cursor.fetchone() is not None


def test_two_workers_make_one_refresh(committed_db: None, leave: Authority) -> None:
    cast = make_cast()
    account = connect(cast, wish(leave, 1, 1), leave)
    of_age(account, 61, -1)
    leave.hold = Event()
    found: list[str] = []

    def work() -> None:
        found.append(mail_access.access_token(account.id))
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(_somebody_waits, "the second worker waits for the first")
    leave.hold.set()
    for thread in threads:
        thread.join(20)
    assert len(found) == 2
    assert len(set(found)) == 1
    assert leave.refreshes == 1


def test_a_code_of_somebody_else_opens_nothing(
    cast: Cast, leave: Authority, sink: Sink, imap: ImapServer
) -> None:
    wanted = wish(leave, sink.port, imap.port)
    keep_client_secret(leave.client_secret, wanted, user=cast.owner.id)
    url, state = begin(wanted, BACK, user=cast.owner.id)
    came = go(url)
    assert not is_ours(state, "another")
    assert not is_ours("", "")
    begin(wanted, BACK, user=cast.owner.id)  # a later attempt: the first one's verifier is gone
    with pytest.raises(NotConnected) as caught:
        complete(wanted, came["code"], BACK, user=cast.owner.id, now=cast.now)
    assert caught.value.code == "refused"
    assert not Grant.objects.exists()


def test_a_leave_that_does_not_last_is_no_leave(
    cast: Cast, leave: Authority, sink: Sink, imap: ImapServer
) -> None:
    leave.lasting = False
    before = cast.account.settings
    with pytest.raises(NotConnected) as caught:
        connect(cast, wish(leave, sink.port, imap.port), leave)
    assert caught.value.code == "not_lasting"
    cast.account.refresh_from_db()
    assert cast.account.settings == before


def test_no_token_travels_in_the_clear(account: Account) -> None:
    Account.objects.filter(id=account.id).update(settings=account.settings | {"smtp_host": "0x7f.1"})
    with pytest.raises(SmtpUnavailable, match="clear_password"):
        SmtpConnection(mail.smtp_settings(account_of(account.id))).connect()


def test_the_log_says_what_happened_and_no_secret(
    account: Account, leave: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [leave.client_secret, *leave.access, *leave.refresh]
    leave.revoke()
    of_age(account)
    mail_access.keep_fresh()
    assert "could not renew" in caplog.text
    assert not any(secret in caplog.text for secret in secrets)
