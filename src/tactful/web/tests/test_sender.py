"""How receivers see our mail: the page, from Settings and from the first run, and what it stops."""

from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import pytest

from tactful.channels.models import Account
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.dns import Kind, NoAnswer
from tactful.web.tests.cast import Cast
from tactful.web.views import sender as view
from tactful.wiring import sender_check
from tactful.wiring.broadcasts import house_at

URL = "/settings/mail/sender/"
GIVEN = {"smtp_host": "127.0.0.1", "smtp_port": 25, "smtp_security": "none"}


@pytest.fixture
def account(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Account:
    def asked(name: str, kind: Kind) -> Sequence[str]:
        if kind is Kind.PTR:
            raise NoAnswer
        return ["v=spf1 -all"] if name == "fjord.example" else []

    monkeypatch.setattr(view, "check_account", lambda found: sender_check.check_account(found, asked=asked))
    return Account.objects.create(channel="mail", name="Post", address="post@fjord.example", settings=GIVEN)


def test_it_looks_only_when_it_is_told_to(cast: Cast, account: Account) -> None:
    owner = cast.signed_in(cast.owner)
    assert "Nobody has looked yet" in owner.get(URL).content.decode()
    page = unescape(owner.post(URL, follow=True).content.decode())
    assert "fjord.example has SPF: v=spf1 -all" in page
    assert "fjord.example has no DMARC record" in page
    assert "without encryption" in page
    assert "Could not be checked from here" in page
    assert "No DKIM key of fjord.example under the usual names" in page
    account.address = "post@other.example"
    account.save()
    assert "Nobody has looked yet" in owner.get(URL).content.decode(), "what was found is of another address"


def test_without_an_account_there_is_nothing_to_look_at(cast: Cast) -> None:
    assert "Connect one first" in cast.signed_in(cast.owner).get(URL).content.decode()


@pytest.mark.usefixtures("account")
def test_from_the_first_run_one_comes_back_to_it(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    assert owner.post(URL, {"from": "first"}).headers["Location"] == f"{URL}?from=first"
    assert "/start/mail/" in owner.get(f"{URL}?from=first").content.decode()
    assert "/start/mail/" not in owner.get(f"{URL}?from=https://evil.example/").content.decode()


@pytest.mark.usefixtures("account")
def test_too_many_complaints_stop_broadcasts(cast: Cast) -> None:
    sent = [NewFact("message.sent", cast.consenting.id) for _each in range(900)]
    record(sent, now=cast.now)
    complaint = NewFact("message.bounced", cast.consenting.id, {"kind": "complaint"})
    record([complaint, complaint], now=cast.now)
    assert not house_at(cast.now).unwanted
    assert "0.22 %" in cast.signed_in(cast.owner).get(URL).content.decode()
    record([complaint], now=cast.now)
    assert house_at(cast.now).unwanted
    assert "No broadcast begins" in cast.signed_in(cast.owner).get(URL).content.decode()
    assert not house_at(cast.now + timedelta(days=31)).unwanted
