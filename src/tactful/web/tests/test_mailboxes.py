"""What is read in a mailbox, and what was written elsewhere, by whole requests."""

from datetime import timedelta

from tactful.channels.actions import AccountForm, Place, save_mail_account, store_polled
from tactful.channels.models import Account
from tactful.channels.types import InboundMessage, our_words
from tactful.foundation.models import Audit
from tactful.inbox.actions.history import keep_past
from tactful.inbox.actions.outside import say_outside
from tactful.inbox.models import Entry
from tactful.inbox.types import Outside, Received
from tactful.web.tests.cast import Cast
from tactful.wiring.hearing import ask_about_unread
from tactful.wiring.history import History, history_of

PAGE = "/settings/mail/privacy/"
US = "post@fjord.example"


def connected(cast: Cast, owner_id: int | None = None, address: str = US) -> Account:
    given = {"imap_host": "mail.example", "imap_username": "kari"}
    form = AccountForm("Post", address, "", given, {}, owner_id)
    return save_mail_account(form, account_id=None, acting_user=owner_id or cast.owner.id, now=cast.now)


def received(cast: Cast, text: str, **more: object) -> Received:
    message = InboundMessage(
        provider_id="x",
        sender=US,
        sender_name="Ragnhild Vik",
        recipients=(),
        subject="Papers",
        sent_at=None,
        text=f"{text}\n\n> quoted",
        reply_text=text,
        html="",
    )
    return Received(message, cast.consenting.id, "mail", True, **more)  # type: ignore[arg-type]


def test_an_owner_reads_what_is_read_and_lets_inquiries_in_and_out(cast: Cast) -> None:
    account = connected(cast)
    store_polled(Place(account.id, "INBOX", 1, 9, passed_by=1), [], now=cast.now)
    store_polled(Place(account.id, "[Gmail]/Sendt e-post", 1, 9, passed_by=4), [], now=cast.now)
    client = cast.signed_in(cast.owner)
    page = client.get(PAGE).content.decode()
    for words in (US, "The mailbox of the firm", "INBOX, Sendt e-post", "5 mails", "Nothing of it is kept"):
        assert words in page
    url = f"/settings/mailboxes/{account.id}/inquiries/"
    page = client.post(url, {"on": "1"}, follow=True).content.decode()
    assert "comes in too, as an inquiry" in page
    assert Account.objects.filter(id=account.id, inquiries=True).exists()
    client.post(url, {"on": "0"})
    assert Account.objects.filter(id=account.id, inquiries=False).exists()
    assert Audit.objects.filter(verb="account.inquiries", actor=cast.owner.id).count() == 2


def test_history_is_asked_for_and_says_who_waits(cast: Cast) -> None:
    account = connected(cast)
    client = cast.signed_in(cast.owner)
    assert "unless you ask for it" in client.get(PAGE).content.decode()
    page = client.post(f"/settings/mailboxes/{account.id}/history/", follow=True).content.decode()
    assert "are being read" in page
    assert "/history/" not in page
    assert history_of(account) is History.READING
    Account.objects.update(history_done_at=cast.now)
    assert "None of your clients waits" in client.get(PAGE).content.decode()


def test_each_mailbox_says_whether_it_is_read_and_how_it_is_mended(cast: Cast) -> None:
    account = connected(cast)
    client = cast.signed_in(cast.owner)
    page = "/settings/mail/"

    def says(**now: object) -> tuple[str, str]:
        Account.objects.filter(id=account.id).update(**now)
        return client.get(PAGE).content.decode(), client.get(page).content.decode()

    for shown in says(read_at=cast.now - timedelta(minutes=3)):
        assert "Read 3 minutes ago" in shown
    trouble = our_words("imap.password", error="NO")
    for shown in says(trouble=trouble, trouble_at=cast.now - timedelta(minutes=20), refused=True):
        assert "Could not be read since today" in shown
        assert ": the password was refused. Enter it again." in shown
        assert "/settings/mail/connect/?again=1&amp;address=post%40fjord.example" in shown
    for shown in says(trouble=our_words("smtp.silent"), refused=False):
        assert ". The server did not answer in time." in shown
        assert "again=1&amp;address" not in shown
    connect_page = client.get("/settings/mail/connect/?again=1&address=post%40fjord.example").content.decode()
    assert 'value="post@fjord.example"' in connect_page


def test_today_leads_to_where_the_password_is_entered_again(cast: Cast) -> None:
    account = connected(cast)
    long_ago, trouble = cast.now - timedelta(minutes=6), our_words("imap.password", error="NO")
    Account.objects.filter(id=account.id).update(trouble=trouble, trouble_at=long_ago, refused=True)
    ask_about_unread(cast.now)
    (row,) = cast.signed_in(cast.owner).get("/").context["page"].tasks
    assert "The password of the mailbox post@fjord.example was refused. Enter it again." in str(row.matter)
    assert row.act.url == "/settings/mail/connect/?again=1&address=post%40fjord.example"


def test_each_sees_their_own_and_nobody_elses(cast: Cast) -> None:
    firm, theirs = connected(cast), connected(cast, cast.colleague.id, "kari@fjord.example")
    owner, colleague = cast.signed_in(cast.owner), cast.signed_in(cast.colleague)
    assert "kari@fjord.example" not in owner.get(PAGE).content.decode()
    page = colleague.get(PAGE).content.decode()
    assert "Only you see this page." in page
    assert f"/settings/mailboxes/{firm.id}/" not in page
    assert f"/settings/mailboxes/{theirs.id}/inquiries/" not in page
    for what in ("inquiries", "history"):
        assert owner.post(f"/settings/mailboxes/{theirs.id}/{what}/").status_code == 404
        assert colleague.post(f"/settings/mailboxes/{firm.id}/{what}/").status_code == 404
    refused = colleague.post(f"/settings/mailboxes/{theirs.id}/inquiries/", {"on": "1"}, follow=True)
    assert "only mail with known clients is read" in refused.content.decode()


def test_without_a_mailbox_it_says_where_to_go(cast: Cast) -> None:
    Account.objects.all().delete()
    assert "Connect one under Mail account" in cast.signed_in(cast.owner).get(PAGE).content.decode()
    assert "no mailbox of your own" in cast.signed_in(cast.colleague).get(PAGE).content.decode()


def test_a_word_from_another_program_is_seen_as_such_with_its_name_and_its_whole_mail(cast: Cast) -> None:
    said = received(cast, "I have them now.", at=cast.now - timedelta(minutes=3))
    entry = say_outside(Outside(said, None), now=cast.now)
    client = cast.signed_in(cast.colleague)
    page = client.get(f"/inbox/{entry.conversation_id}/").content.decode()
    assert "written in another program" in page
    assert "Ragnhild Vik" in page
    assert "A person took over." in page
    assert "quoted" in client.get(f"/entries/{entry.id}/html/").content.decode()
    timeline = client.get(f"/clients/{cast.consenting.id}/").content.decode()
    assert "Ragnhild Vik, in another program" in timeline


def test_the_past_is_marked_as_such(cast: Cast) -> None:
    keep_past(received(cast, "When is it due?", at=cast.now - timedelta(days=9)), now=cast.now)
    entry = Entry.objects.get(kind="inbound", data__history=True)
    page = cast.signed_in(cast.colleague).get(f"/inbox/{entry.conversation_id}/").content.decode()
    assert "before the mailbox was connected" in page
