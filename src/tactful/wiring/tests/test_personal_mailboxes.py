"""A mailbox of one person (R92): theirs to connect, read for clients only, and never used for the house."""

from datetime import timedelta

import pytest

from tactful.channels import queries
from tactful.channels.actions import AccountForm, MailboxRefused, save_mail_account, set_inquiries
from tactful.channels.actions.sending import open_accounts
from tactful.channels.models import Account
from tactful.foundation.clock import machine_now
from tactful.wiring.history import begin_history
from tactful.wiring.tests.cast import US, Cast
from tactful.wiring.tests.mailbox import open_mailbox


def form(owner_id: int | None = None) -> AccountForm:
    return AccountForm("Post", "kari@fjord.example", "", {"imap_host": "mail.example"}, {}, owner_id)


def save(cast: Cast, given: AccountForm, who: int | None, account_id: int | None = None) -> Account:
    return save_mail_account(given, account_id=account_id, acting_user=who, now=cast.now)


def test_only_its_own_user_connects_it_and_only_an_owner_the_firms(cast: Cast) -> None:
    with pytest.raises(MailboxRefused, match="colleague's own"):
        save(cast, form(cast.colleague.id), cast.owner.id)
    with pytest.raises(MailboxRefused, match="by an owner"):
        save(cast, form(), cast.colleague.id)
    theirs = save(cast, form(cast.colleague.id), cast.colleague.id)
    assert theirs.owner_id == cast.colleague.id
    with pytest.raises(MailboxRefused, match="colleague's own"):
        save(cast, form(), cast.owner.id, theirs.id)
    assert save(cast, form(), cast.colleague.id, theirs.id).owner_id == cast.colleague.id


def test_the_firms_never_becomes_somebodys_nor_the_other_way_round(cast: Cast) -> None:
    with pytest.raises(MailboxRefused, match="already"):
        save(cast, form(cast.owner.id), cast.owner.id, cast.account.id)
    theirs = save(cast, form(cast.colleague.id), cast.colleague.id)
    with pytest.raises(MailboxRefused, match="already"):
        save(cast, form(cast.owner.id), cast.owner.id, theirs.id)


def test_it_is_neither_shown_to_others_nor_used_for_the_house(cast: Cast) -> None:
    theirs = save(cast, form(cast.colleague.id), cast.colleague.id)
    assert [row.id for row in queries.accounts_shown_to(cast.owner.id, True)] == [cast.account.id]
    assert [row.id for row in queries.accounts_shown_to(cast.colleague.id, False)] == [theirs.id]
    Account.objects.filter(id=cast.account.id).update(enabled=False)
    assert queries.main_account("mail") is None
    assert "mail" in queries.channels_off()
    assert open_accounts(machine_now()) is None
    assert [row.id for row in queries.mail_accounts()] == [theirs.id]


def test_strangers_who_write_to_one_person_are_never_read(cast: Cast) -> None:
    with open_mailbox(cast, owner_id=cast.colleague.id) as box:
        with pytest.raises(MailboxRefused, match="known clients"):
            set_inquiries(box.account.id, True, acting_user=cast.colleague.id, now=cast.now)
        with pytest.raises(MailboxRefused, match="colleague's own"):
            begin_history(box.account, 30, cast.now, acting_user=cast.owner.id)
        Account.objects.filter(id=box.account.id).update(inquiries=True)
        box.comes("A private word", From="friend@elsewhere.example")
        box.comes("When is it due?")
        box.reads()
        assert box.words() == [("inbound", "When is it due?")]
        cast.later(timedelta(minutes=5))
        box.goes("On Friday.", From="Somebody <k.blomdal@private.example>")
        box.reads()
        (said,) = cast.thread().entries.filter(kind="outbound")
        assert said.author_id == cast.colleague.id


def test_a_mail_to_the_firm_with_a_copy_to_one_of_us_is_one_mail(cast: Cast) -> None:
    with (
        open_mailbox(cast) as firm,
        open_mailbox(cast, owner_id=cast.colleague.id) as theirs,
    ):
        raw = firm.mail("When is it due?", To=f"{US}, kari@fjord.example")
        for box in (firm, theirs):
            box.box.add(raw, cast.now)
            box.reads()
        assert firm.words() == [("inbound", "When is it due?")]
        assert len(cast.tasks()) == 1
