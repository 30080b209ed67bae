"""Connecting the mailbox by whole requests, against a real authority and real mail servers on loopback."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from tactful.channels.actions.sending import pause_account
from tactful.channels.models import Account, Grant
from tactful.channels.rules.providers import recognise
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.demo.postbox.sink import Sink, SinkSettings
from tactful.foundation.calling import Asking, ask
from tactful.foundation.models import SecretValue
from tactful.foundation.secrets import get_secret
from tactful.testing.authority import Authority, authority
from tactful.web.tests.cast import Cast
from tactful.web.views import mail_connect

HERE = "/settings/mail/connect/"
POST = "post@fjord.example"
TRIAL = "/settings/mail/trial/look/"
Found = Callable[..., None]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """What the world says of the address; by default nothing."""

    def says(*mx: str) -> None:
        monkeypatch.setattr(mail_connect, "look_up", lambda address: recognise(address, mx))

    says()
    return says


@pytest.fixture
def leave(settings: LazySettings) -> Iterator[Authority]:
    settings.BASE_URL = "http://localhost"
    with authority(back=(f"http://localhost{HERE}back/",)) as made:
        yield made


@pytest.fixture
def places(leave: Authority) -> Iterator[dict[str, Any]]:
    """Servers that take nothing but tokens, as the form names them."""
    wanted = SinkSettings(extensions=(*SinkSettings().extensions, "AUTH XOAUTH2"), accepts=leave.accepts)
    with Sink(wanted) as sink, ImapServer(ImapBox(accepts=leave.accepts)) as imap:
        yield at(sink.port, imap.port)


@pytest.fixture
def plain() -> Iterator[dict[str, Any]]:
    """Servers that take passwords; the mailbox's is “hemmelig”."""
    wanted = SinkSettings(extensions=(*SinkSettings().extensions, "AUTH PLAIN"))
    with Sink(wanted) as sink, ImapServer(ImapBox()) as imap:
        yield at(sink.port, imap.port)


def at(smtp: int, imap: int) -> dict[str, Any]:
    here = {
        "smtp_host": "127.0.0.1",
        "smtp_security": "none",
        "imap_host": "127.0.0.1",
        "imap_security": "none",
    }
    return here | {"smtp_port": smtp, "imap_port": imap}


def page(client: Client, **query: str) -> str:
    return client.get(HERE, query).content.decode()


def begun(cast: Cast, address: str = POST, **query: str) -> Client:
    client = cast.signed_in(cast.owner)
    client.get(HERE, query)
    client.post(HERE, {"address": address})
    return client


def test_an_owner_types_the_address_and_sees_one_way(cast: Cast, found: Found) -> None:
    found("aspmx.l.google.com")
    client = begun(cast)
    shown = page(client)
    assert "Google" in shown
    assert "With an app password" in shown
    assert "myaccount.google.com/apppasswords" in shown
    assert "By signing in at the provider" in shown
    assert "Client secret" in page(client, way="xoauth2")
    assert "Paste the three values" not in page(client, way="nonsense")


def test_both_languages(cast: Cast, found: Found) -> None:
    found("fjord-example.mail.protection.outlook.com")
    client = begun(cast)
    assert "Microsoft takes no passwords" in page(client)
    cast.signed_in(cast.owner, "nb")
    assert "Microsoft tar ikke lenger imot passord" in page(client)
    sheet = client.get(f"{HERE}sheet/").content.decode()
    assert "IMAP.AccessAsUser.All" in sheet
    assert f"{HERE}back/" in sheet


def test_somebody_knows_better(cast: Cast, found: Found) -> None:
    client = begun(cast)
    assert "Nobody told us" in page(client)
    client.post(f"{HERE}host/", {"host": "microsoft"})
    assert "Directory (tenant) ID" in page(client)
    client.post(f"{HERE}host/", {"host": "nonsense"})
    assert "Directory (tenant) ID" in page(client)


def test_no_address_is_said(cast: Cast) -> None:
    response = cast.signed_in(cast.owner).post(HERE, {"address": "post@localhost.5"})
    assert response.status_code == 422
    assert "no mail address" in response.content.decode()


def test_a_password_is_tried_before_it_is_kept(cast: Cast, found: Found, plain: dict[str, Any]) -> None:
    client = begun(cast, next="/clients/")
    given = plain | {"username": "kari", "password": "wrong"}
    refused = client.post(f"{HERE}password/", given)
    assert refused.status_code == 422
    assert "does not let us read" in refused.content.decode()
    assert "wrong" not in refused.content.decode().partition("<form")[2]
    assert not Account.objects.exists()
    response = client.post(f"{HERE}password/", given | {"password": "hemmelig"})
    assert response.headers["location"] == "/clients/"  # the first run goes on where it was
    account = Account.objects.get()
    assert account.address == POST
    assert get_secret(f"account:{account.id}:imap_password") == "hemmelig"
    assert account.settings["imap_sign_in"] == "password"
    assert "hemmelig" not in str(account.settings) + str(dict(client.session))


def test_a_relay_has_a_user_and_a_password_of_its_own(
    cast: Cast, found: Found, plain: dict[str, Any]
) -> None:
    client = begun(cast)
    relay = {"smtp_username": "relay", "smtp_password": "another"}
    client.post(f"{HERE}password/", plain | {"username": "kari", "password": "hemmelig"} | relay)
    account = Account.objects.get()
    assert get_secret(f"account:{account.id}:smtp_password") == "another"
    assert account.settings["smtp_username"] == "relay"
    assert account.settings["imap_username"] == "kari"


def test_the_spaces_of_google_do_not_matter(cast: Cast, found: Found, plain: dict[str, Any]) -> None:
    found("aspmx.l.google.com")
    client = begun(cast)
    client.post(f"{HERE}password/", plain | {"username": POST, "password": "hemm elig"})
    assert get_secret(f"account:{Account.objects.get().id}:imap_password") == "hemmelig"


def leave_form(leave: Authority, places: dict[str, Any]) -> dict[str, Any]:
    asked = {"asks": f"{leave.url}/authorize", "gives": f"{leave.url}/token", "scopes": "mail"}
    return places | asked | {"client_id": leave.client_id, "client_secret": leave.client_secret}


def signed_in_there(client: Client) -> str:
    """The way back that the provider sends the browser."""
    url = client.get(f"{HERE}go/").headers["location"]
    return ask(url, b"", {}, Asking("GET")).headers["location"].removeprefix("http://localhost")


def test_from_the_address_to_a_mailbox_by_leave(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    client = begun(cast, next="/clients/")
    page(client, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places))
    assert "Sign in at" in page(client)
    assert leave.client_secret not in page(client) + str(dict(client.session))
    back = signed_in_there(client)
    response = client.get(back)
    assert response.headers["location"] == "/clients/"
    account = Account.objects.get()
    assert account.settings["smtp_sign_in"] == "xoauth2"
    tested = client.post("/settings/mail/test/", follow=True).content.decode()
    assert "and may send." in tested
    assert "and may read." in tested
    assert client.get(back, follow=True).status_code == 200  # once more by the browser's own history
    assert Grant.objects.count() == 1


def test_connecting_again_lets_a_stopped_account_send(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    client = begun(cast)
    for _ in range(2):
        client.get(HERE, {"again": "1"})
        client.post(HERE, {"address": POST})
        page(client, way="xoauth2")
        client.post(f"{HERE}client/", leave_form(leave, places))
        client.get(signed_in_there(client))
        account = Account.objects.get()
        assert account.paused_reason == ""
        pause_account(account.id, "auth", "gone", cast.now)
        leave.revoke()


def test_a_password_ends_the_leave(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any], plain: dict[str, Any]
) -> None:
    client = begun(cast)
    page(client, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places))
    client.get(signed_in_there(client))
    client.post(HERE, {"address": POST})
    client.post(f"{HERE}password/", plain | {"username": "kari", "password": "hemmelig"})
    assert not Grant.objects.exists()
    kept = set(SecretValue.objects.values_list("name", flat=True))
    assert not any(name.endswith(("access_token", "refresh_token", "client_secret")) for name in kept)


@pytest.mark.parametrize("came", ["?code=a&state=other", "?code=a", "?state="])
def test_an_answer_that_is_not_to_our_question_is_refused(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any], came: str
) -> None:
    client = begun(cast)
    page(client, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places))
    client.get(f"{HERE}go/")
    assert "begun elsewhere" in client.get(f"{HERE}back/{came}", follow=True).content.decode()
    assert not leave.asked
    assert not Account.objects.exists()


def test_another_browser_cannot_finish_it(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    client = begun(cast)
    page(client, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places))
    back = signed_in_there(client)
    other = begun(cast)
    assert "begun elsewhere" in other.get(back, follow=True).content.decode()
    assert not leave.asked


def test_a_client_secret_goes_to_no_other_authority(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    """Typed for one, and then the addresses or the client are others and the field is left empty."""
    client = begun(cast)
    page(client, way="xoauth2")
    given = leave_form(leave, places)
    kept = f"connecting:{cast.owner.id}"
    client.post(f"{HERE}client/", given)
    client.post(f"{HERE}client/", given | {"client_secret": ""})
    assert leave.client_secret in get_secret(kept)  # the same one again: it need not be typed twice
    client.post(f"{HERE}client/", given | {"asks": "http://localhost:9/a", "client_secret": ""})
    assert leave.client_secret not in get_secret(kept)
    client.post(f"{HERE}client/", given)
    client.post(f"{HERE}client/", given | {"client_id": "another", "client_secret": ""})
    assert leave.client_secret not in get_secret(kept)
    client.post(f"{HERE}client/", given)
    client.post(HERE, {"address": POST})
    assert leave.client_secret not in get_secret(kept)


def test_a_secret_that_was_typed_elsewhere_in_between_is_not_sent(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    """Two browsers of one owner: what rests is of the last one, what comes back is of the first."""
    client, other = begun(cast), begun(cast)
    for each in (client, other):
        page(each, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places))
    back = signed_in_there(client)
    elsewhere = {"asks": "http://localhost:9/a", "gives": "http://localhost:9/t", "client_secret": "theirs"}
    other.post(f"{HERE}client/", leave_form(leave, places) | elsewhere)
    assert "invalid_client" in client.get(back, follow=True).content.decode()
    assert not any("theirs" in str(asked) for asked in leave.asked)


def test_a_no_and_a_wrong_secret_are_said_plainly_and_change_nothing(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    client = begun(cast)
    page(client, way="xoauth2")
    client.post(f"{HERE}client/", leave_form(leave, places) | {"client_secret": "wrong"})
    assert "invalid_client" in client.get(signed_in_there(client), follow=True).content.decode()
    leave.says_no = True
    assert "access_denied" in client.get(signed_in_there(client), follow=True).content.decode()
    assert not Account.objects.exists()


def test_the_provider_is_asked_with_pkce_and_our_address(
    cast: Cast, found: Found, leave: Authority, places: dict[str, Any]
) -> None:
    found("fjord-example.mail.protection.outlook.com")
    client = begun(cast)
    given = {"tenant": "fjord.example", "client_id": "abc", "client_secret": "x"} | places
    client.post(f"{HERE}client/", given)
    url = urlsplit(client.get(f"{HERE}go/").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path) == ("login.microsoftonline.com", "/fjord.example/oauth2/v2.0/authorize")
    assert asked["redirect_uri"] == f"http://localhost{HERE}back/"
    assert len(asked["code_challenge"]) == 43
    assert "client_secret" not in asked


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_next_leads_nowhere_else(cast: Cast, found: Found, plain: dict[str, Any], to: str) -> None:
    client = begun(cast, next=to)
    given = plain | {"username": "kari", "password": "hemmelig"}
    assert client.post(f"{HERE}password/", given).headers["location"] == "/settings/mail/"


def test_a_mail_to_ourselves_tells_what_the_provider_does(cast: Cast, found: Found) -> None:
    with Sink(SinkSettings(extensions=(*SinkSettings().extensions, "AUTH PLAIN"))) as sink:
        box, comes = ImapBox(), Event()
        arrived: list[int] = []
        with ImapServer(box) as imap:
            sink.ledger.on_mail = lambda _mail, raw: arrived.append(box.add(raw)) if comes.is_set() else None
            client = begun(cast)
            given = at(sink.port, imap.port) | {"username": "kari", "password": "hemmelig"}
            client.post(f"{HERE}password/", given)
            shown = client.post("/settings/mail/trial/", follow=True).content.decode()
            assert "is on its way" in shown
            assert client.post(TRIAL, headers={"HX-Request": "true"}).status_code == 204
            comes.set()
            for _ in range(10):
                answer = client.post(TRIAL, headers={"HX-Request": "true"})
            assert answer.headers["HX-Redirect"] == "/settings/mail/"
            assert "A second mail" in client.get("/settings/mail/").content.decode()
            shown = client.post(TRIAL, follow=True).content.decode()
    assert len(arrived) == 1
    assert "do not arrive here" in shown
    assert "as it is" in shown
    assert "is on its way" not in shown
    assert client.post(TRIAL).headers["location"] == "/settings/mail/"


def test_what_cannot_be_tried_is_said(cast: Cast, found: Found, plain: dict[str, Any]) -> None:
    client = begun(cast)
    assert client.post("/settings/mail/trial/").headers["location"] == HERE
    given = plain | {"imap_host": "", "username": "kari", "password": "x"}
    client.post(f"{HERE}password/", given)
    shown = client.post("/settings/mail/trial/", follow=True).content.decode()
    assert "our own door" in shown


def test_only_owners(cast: Cast) -> None:
    for other in (cast.colleague, cast.reader):
        client = cast.signed_in(other)
        for part in ("", "go/", "back/", "sheet/"):
            assert client.get(HERE + part).status_code == 403
        for part in ("host/", "password/", "client/", "../trial/", "../trial/look/"):
            assert (
                client.post(f"/settings/mail/{part[3:]}" if part[0] == "." else HERE + part).status_code
                == 403
            )


def test_a_page_without_its_beginning_begins(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    for part in ("go/", "sheet/"):
        assert client.get(HERE + part).headers["location"] == HERE
    for part in ("host/", "password/", "client/"):
        assert client.post(HERE + part).headers["location"] == HERE
