"""Thirty days of history: only where asked for, only known clients, never as news."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tactful.channels.actions import MailboxRefused
from tactful.channels.models import Account, HistoryCursor, InboundRaw
from tactful.events.models import Event
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.actions.spells import NewTalk, begin
from tactful.inbox.models import Entry, Task
from tactful.wiring import polling
from tactful.wiring.history import History, begin_history, history_of, waiting_after_history
from tactful.wiring.tests.cast import US, Cast
from tactful.wiring.tests.mailbox import Mailbox, open_mailbox, stored

DAY = timedelta(days=1)
PAAL = "Pål Steine <paal@client.example>"


@pytest.fixture
def box(cast: Cast) -> Iterator[Mailbox]:
    """With a past: Liv was answered, Pål was not; a stranger and our mother wrote too."""
    with open_mailbox(cast) as mailbox:
        mailbox.comes("Of long ago?", ago=31 * DAY)
        mailbox.comes("When is it due?", ago=9 * DAY)
        mailbox.goes("On Friday.", ago=8 * DAY)
        mailbox.comes("May I send the bank statement?", ago=5 * DAY, From=PAAL)
        mailbox.comes("Our wedding", ago=4 * DAY, From="secret@elsewhere.example")
        mailbox.goes("Dear mother", ago=4 * DAY, To="mum@home.example")
        yield mailbox


def test_nobody_who_did_not_ask_gets_any(box: Mailbox) -> None:
    """R92."""
    box.reads()
    assert (box.words(), stored()) == ([], [])
    assert history_of(box.account) is History.NOT_ASKED
    assert waiting_after_history(box.account) == []


def test_it_is_read_with_known_clients_and_says_who_waits(box: Mailbox) -> None:
    """R92."""
    box.reads()
    begin_history(box.account, 30, box.cast.now, acting_user=box.cast.owner.id)
    assert history_of(box.account) is History.READING
    box.reads()
    assert history_of(box.account.id) is History.DONE
    assert [words for _, words in box.words()] == [
        "When is it due?",
        "On Friday.",
        "May I send the bank statement?",
    ]
    assert "secret@" not in "".join(stored())
    assert "mum@" not in "".join(stored())
    assert waiting_after_history(box.account) == ["Pål Steine"]
    assert set(Entry.objects.values_list("data__history", flat=True)) == {True}


def test_it_is_no_news_to_anybody(box: Mailbox) -> None:
    """No task, no fact that a journey could begin with, and nothing that would be sent."""
    box.reads()
    before = set(Event.objects.values_list("id", flat=True))
    begin_history(box.account, 30, box.cast.now)
    box.reads()
    assert not Task.objects.exists()
    assert list(Event.objects.exclude(id__in=before).values_list("name", flat=True)) == []


def test_who_waits_is_not_written_to_by_automation_and_is_a_question_to_people(box: Mailbox) -> None:
    cast = box.cast
    box.reads()
    begin_history(box.account, 30, cast.now)
    box.reads()
    assert (cast.talks(), cast.talks(cast.paal)) == (set(), {"conversation", "question"})
    assert (cast.thread().state, cast.thread(cast.paal).state) == ("closed", "open")
    assert cast.thread(cast.paal).last_at == cast.now - 5 * DAY
    box.goes("Yes, please do.", To="paal@client.example")
    box.reads()
    assert waiting_after_history(box.account) == []
    assert cast.thread(cast.paal).state == "waiting"


def test_our_word_of_yesterday_keeps_automation_quiet_for_the_rest_of_its_two_days(box: Mailbox) -> None:
    cast = box.cast
    box.goes("I have just looked at it.", ago=DAY)
    box.reads()
    begin_history(box.account, 30, cast.now)
    box.reads()
    assert (cast.thread().state, cast.talks()) == ("waiting", {"handoff"})
    cast.later(DAY)
    assert hand_back_the_quiet(now=cast.now) == 1


def test_what_has_been_said_since_is_not_judged_by_the_past(box: Mailbox) -> None:
    cast = box.cast
    box.reads()
    box.comes("And when is the other one due?")
    box.reads()
    begin_history(box.account, 30, cast.now)
    box.reads()
    assert cast.talks() == {"conversation", "question"}
    assert [task.code for task in cast.tasks()] == ["answer"]
    assert waiting_after_history(box.account) == ["Pål Steine"]


def test_a_complaint_that_was_noted_since_is_not_settled_by_the_past(box: Mailbox) -> None:
    cast = box.cast
    begin(NewTalk(cast.liv.id, "complaint", 17), now=cast.now)
    box.reads()
    begin_history(box.account, 30, cast.now)
    box.reads()
    assert cast.talks() == {"complaint"}


def test_stop_holds_from_when_it_was_said(box: Mailbox) -> None:
    box.comes("STOP", ago=3 * DAY, From=PAAL)
    box.reads()
    begin_history(box.account, 30, box.cast.now)
    box.reads()
    assert box.cast.flags(box.cast.paal) == {"objected:optional", "objected:marketing"}
    assert waiting_after_history(box.account) == []


def test_a_long_past_is_read_piece_by_piece_and_new_mail_does_not_wait(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "HISTORY_AT_ONCE", 1)
    for number in range(180):
        box.comes("Takk!", ago=2 * DAY, Subject=f"Old {number}")
    box.reads()
    begin_history(box.account, 30, box.cast.now)
    rounds = 0
    while history_of(box.account) is History.READING:
        box.comes("Takk!", Subject=f"New {rounds}")
        box.reads()
        rounds += 1
        assert rounds < 20
    assert rounds > 2
    subjects = list(Entry.objects.values_list("subject", "data__history"))
    assert sorted(name for name, old in subjects if not old) == sorted(f"New {n}" for n in range(rounds))
    assert len([name for name, old in subjects if old and name.startswith("Old ")]) == 180
    box.box.number_anew(1000)
    box.reads()
    assert len(subjects) == Entry.objects.count()


def test_it_is_asked_for_once_and_by_who_may(box: Mailbox) -> None:
    box.reads()
    for days in (0, 31):
        with pytest.raises(MailboxRefused, match="30 days"):
            begin_history(box.account, days, box.cast.now)
    with pytest.raises(MailboxRefused, match="owner"):
        begin_history(box.account, 30, box.cast.now, acting_user=box.cast.colleague.id)
    begin_history(box.account, 30, box.cast.now)
    box.reads()
    done = Account.objects.get().history_done_at
    begin_history(box.account, 30, box.cast.now)
    assert (Account.objects.get().history_done_at, done is None) == (done, False)
    assert HistoryCursor.objects.filter(done=True).count() == 2


def test_a_client_who_was_taken_out_in_between_is_nobody(box: Mailbox) -> None:
    box.reads()
    begin_history(box.account, 30, box.cast.now)
    assert box.polls()
    box.cast.paal.identities.all().delete()
    box.reads()
    assert InboundRaw.objects.filter(result="nobody").count() == 1
    assert waiting_after_history(box.account) == []


def test_the_words_of_a_letter_to_ourselves_are_nobodys(box: Mailbox) -> None:
    box.goes("A note to myself", ago=DAY, To=US)
    box.reads()
    begin_history(box.account, 30, box.cast.now)
    box.reads()
    assert "A note to myself" not in [words for _, words in box.words()]
