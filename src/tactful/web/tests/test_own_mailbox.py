"""One's own mailbox by whole requests (R92): connected, seen and ended by its user, and by nobody else."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from tactful.channels.actions import NewGrant, keep_grant
from tactful.channels.models import Account, Grant
from tactful.channels.queries import main_account, own_mailbox
from tactful.channels.rules.oauth import Tokens
from tactful.channels.rules.providers import recognise
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.foundation.models import Audit, SecretValue
from tactful.foundation.secrets import get_secret
from tactful.web.tests.cast import Cast
from tactful.web.tests.test_mailboxes import connected
from tactful.web.views import own_mailbox as views

HERE, PAGE = "/settings/mailboxes/own/", "/settings/mail/privacy/"
KARI = "kari@fjord.example"
TENANT = "fjord.example"
Found = Callable[..., None]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    def says(*mx: str) -> None:
        monkeypatch.setattr(views, "look_up", lambda address: recognise(address, mx))

    says()
    return says


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    with ImapServer(ImapBox()) as imap:
        yield {"imap_host": "127.0.0.1", "imap_port": imap.port, "imap_security": "none", "username": "kari"}


def begun(cast: Cast, address: str = KARI) -> Client:
    client = cast.signed_in(cast.colleague)
    client.post(HERE, {"address": address})
    return client


def test_a_colleague_connects_sees_and_ends_it(cast: Cast, found: Found, server: dict[str, Any]) -> None:
    client = cast.signed_in(cast.colleague)
    assert "Connect my own mailbox" in client.get(PAGE).content.decode()
    client.post(HERE, {"address": KARI})
    step = client.get(HERE).content.decode()
    assert "SMTP" not in step
    wrong = client.post(f"{HERE}password/", server | {"password": "wrong"})
    assert wrong.status_code == 422
    assert "does not let us read" in wrong.content.decode()
    assert own_mailbox(cast.colleague.id) is None
    page = client.post(f"{HERE}password/", server | {"password": "hemmelig"}, follow=True).content.decode()
    assert "Your mailbox is connected." in page
    assert "Connected. It is read for the first time in a minute." in page
    assert "Only you see this page." in page
    assert "Connect my own mailbox" not in page
    account = own_mailbox(cast.colleague.id)
    assert account is not None
    assert not any(name.startswith("smtp_") for name in account.settings)
    assert get_secret(f"account:{account.id}:imap_password") == "hemmelig"
    page = client.post(f"/settings/mailboxes/{account.id}/end/", follow=True).content.decode()
    assert "Nothing more is read there." in page
    assert "Connect my own mailbox" in page
    assert own_mailbox(cast.colleague.id) is None
    assert not SecretValue.objects.filter(name__startswith=f"account:{account.id}:").exists()
    assert Audit.objects.filter(verb="account.ended", actor=cast.colleague.id).exists()


def test_nobody_else_ends_or_sees_it(cast: Cast) -> None:
    firm, theirs = connected(cast), connected(cast, cast.colleague.id, KARI)
    owner, colleague = cast.signed_in(cast.owner), cast.signed_in(cast.colleague)
    assert KARI not in owner.get(PAGE).content.decode()
    for client, account in ((owner, theirs), (owner, firm), (colleague, firm)):
        assert client.post(f"/settings/mailboxes/{account.id}/end/").status_code == 404
    assert Account.objects.filter(id__in=(firm.id, theirs.id), enabled=True).count() == 2


def test_the_firms_mailbox_is_nobodys_own(cast: Cast, found: Found) -> None:
    firm = connected(cast, address="post@fjord.example")
    said = cast.signed_in(cast.colleague).post(HERE, {"address": firm.address.upper()})
    assert said.status_code == 422
    assert "An owner looks after it." in said.content.decode()


def test_it_ends_with_the_work_here(cast: Cast) -> None:
    theirs = connected(cast, cast.colleague.id, KARI)
    cast.signed_in(cast.owner).post(f"/settings/people/{cast.colleague.id}/departure/")
    theirs.refresh_from_db()
    assert not theirs.enabled


def test_where_the_provider_takes_no_password_the_firms_own_client_asks_to_read_alone(
    cast: Cast, found: Found, settings: LazySettings
) -> None:
    settings.BASE_URL = "http://localhost"
    found("fjord-example.mail.protection.outlook.com")
    client = begun(cast)
    assert "Ask an owner to connect" in client.get(HERE).content.decode()
    assert client.get(f"{HERE}go/").headers["location"] == HERE
    firm = connected(cast, address="post@fjord.example")
    Account.objects.filter(id=firm.id).update(settings=firm.settings | {"provider": "microsoft"})
    gives = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    new = NewGrant("the-firms", "sealed", gives, Tokens("a", "r", 3600))
    keep_grant(firm.id, new, acting_user=cast.owner.id, now=cast.now, machine_now=cast.now)
    client.post(HERE, {"address": KARI})
    page = client.get(HERE).content.decode()
    assert "Sign in at Microsoft 365" in page
    assert "sealed" not in page + str(dict(client.session))
    url = urlsplit(client.get(f"{HERE}go/").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path == f"/{TENANT}/oauth2/v2.0/authorize"
    assert (asked["client_id"], asked["login_hint"]) == ("the-firms", KARI)
    assert "IMAP.AccessAsUser.All" in asked["scope"]
    assert "SMTP" not in asked["scope"]
    assert asked["redirect_uri"] == "http://localhost/settings/mail/connect/back/"
    no = client.get(f"/settings/mail/connect/back/?error=denied&state={asked['state']}", follow=True)
    assert "said no (denied)" in no.content.decode()
    assert client.get(f"/settings/mail/connect/back/?code=a&state={asked['state']}").status_code == 403
    assert Grant.objects.count() == 1
    assert main_account("mail") == firm


def test_whoever_may_not_write_connects_none(cast: Cast) -> None:
    cast.colleague.role = "reader"
    cast.colleague.save(update_fields=["role"])
    client = cast.signed_in(cast.colleague)
    assert client.get(HERE).status_code == 403
    assert "Connect my own mailbox" not in client.get(PAGE).content.decode()
