"""What a person wrote in another program: our word, once, at its moment."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tactful.delivery.rules.mail import MESSAGE_ID
from tactful.inbox.actions import answer
from tactful.inbox.actions.answer import Answer
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.actions.tasks import finish
from tactful.inbox.models import Entry, TalkSpell, Task
from tactful.inbox.queries import closures, talks_at
from tactful.wiring.tests.cast import REPLY, US, Cast, facts
from tactful.wiring.tests.mailbox import Mailbox, open_mailbox

HOUR = timedelta(hours=1)


@pytest.fixture
def box(cast: Cast) -> Iterator[Mailbox]:
    with open_mailbox(cast) as mailbox:
        yield mailbox


def word() -> Entry:
    return Entry.objects.get(kind="outbound")


def test_it_joins_the_thread_ends_the_question_and_quiets_automation(box: Mailbox) -> None:
    box.comes("When is it due?", ago=0 * HOUR)
    box.reads()
    assert box.cast.talks() == {"conversation", "question"}
    box.cast.later(HOUR)
    box.goes("On Friday.", From=f"Kari Blomdal <{US}>")
    box.reads()
    thread = box.cast.thread()
    assert (thread.state, thread.unread) == ("waiting", False)
    assert box.cast.talks() == {"conversation", "handoff"}
    assert (word().code, word().author_id, word().at) == ("outside", box.cast.colleague.id, box.cast.now)
    assert box.cast.tasks() == []
    assert len(facts("question.answered")) == 1


def test_a_word_out_of_nothing_quiets_automation_too(box: Mailbox) -> None:
    box.goes("I have looked at your papers: all is well so far.")
    box.reads()
    assert (box.cast.thread().state, box.cast.talks()) == ("waiting", {"handoff"})
    assert word().author_id is None
    (talk,) = talks_at([box.cast.liv.id], box.cast.now, 7)[box.cast.liv.id]
    assert (talk.kind, talk.running) == ("handoff", True)


def test_two_quiet_days_later_it_has_handed_itself_back(box: Mailbox) -> None:
    box.comes()
    box.reads()
    box.goes()
    box.reads()
    box.cast.later(2 * 24 * HOUR - timedelta(minutes=1))
    assert hand_back_the_quiet(now=box.cast.now) == 0
    box.cast.later(timedelta(minutes=1))
    assert hand_back_the_quiet(now=box.cast.now) == 1
    assert (box.cast.thread().state, box.cast.talks()) == ("closed", set())
    counted = closures(box.cast.now - HOUR, box.cast.now + HOUR)
    assert (counted.by_machine, counted.by_people) == (1, 0)


def test_what_we_sent_ourselves_is_never_doubled(box: Mailbox) -> None:
    """By our Message-ID; by our way back, where the provider gave the mail another Message-ID; by its words,
    where it took that away too."""
    box.comes()
    box.reads()
    thread = box.cast.thread()
    entry = answer.reply(Answer(thread.id, "On Friday, by noon.", box.cast.colleague.id), now=box.cast.now)
    assert entry.message_id is not None
    ours = f"<{box.cast.token(MESSAGE_ID, entry.message_id)}@fjord.example>"
    box.goes("On Friday, by noon.", Message_ID=ours)
    box.goes("On Friday, by noon.", Reply_To=box.cast.plus(REPLY, entry.message_id))
    box.goes("On Friday,\nby noon.\n\n-- \nFjordkontoret")
    planned = box.cast.plans(box.cast.liv)
    box.goes("Papers are missing.", Message_ID=f"<{box.cast.token(MESSAGE_ID, planned)}@fjord.example>")
    box.goes("Papers are missing.", Auto_Submitted="auto-generated")
    box.reads()
    assert [each.id for each in Entry.objects.filter(kind="outbound")] == [entry.id]


def test_a_forged_token_makes_nothing_ours(box: Mailbox) -> None:
    box.goes("Mine.", Message_ID="<abcdefghijklmnop@fjord.example>", Reply_To=US.replace("@", "+abcdef@"))
    box.reads()
    assert word().text.strip() == "Mine."


def test_what_we_learn_late_answers_only_what_was_asked_before(box: Mailbox) -> None:
    """The mailbox was out of reach since the client wrote first."""
    cast = box.cast
    cast.later(9 * HOUR)
    box.comes("First question?", ago=8 * HOUR)
    box.goes("The first answer.", ago=6 * HOUR)
    box.comes("Second question?", ago=4 * HOUR)
    box.reads()
    assert [words for _, words in box.words()] == ["First question?", "The first answer.", "Second question?"]
    (asked,) = TalkSpell.objects.running().filter(kind="question")
    assert Entry.objects.get(id=asked.ref).text.strip() == "Second question?"
    assert cast.thread().state == "open"
    ended = TalkSpell.objects.get(kind="question", to_at__isnull=False)
    assert (ended.from_at, ended.to_at) == (cast.now - 8 * HOUR, cast.now - 6 * HOUR)
    assert ended.end_recorded_at == ended.recorded_at == cast.now
    # By what was known then, nobody had asked anything.
    assert talks_at([cast.liv.id], cast.now - 7 * HOUR, 7) == {}


def test_a_mail_that_answers_by_name_answers_whatever_the_clocks_say(box: Mailbox) -> None:
    box.cast.later(3 * HOUR)
    box.comes("Asked?", Message_ID="<asked@client.example>")
    box.goes("Answered.", ago=HOUR, In_Reply_To="<asked@client.example>")
    box.reads()
    assert box.cast.talks() == {"conversation", "handoff"}


def test_a_thread_that_was_closed_since_stays_closed(box: Mailbox) -> None:
    cast = box.cast
    box.comes("When?")
    box.reads()
    cast.later(5 * HOUR)
    answer.close(cast.thread().id, acting_user=cast.colleague.id, now=cast.now)
    cast.later(HOUR)
    box.goes("On Friday.", ago=3 * HOUR)
    box.reads()
    assert (cast.thread().state, cast.talks()) == ("closed", set())
    assert [words for _, words in box.words()] == ["When?", "On Friday."]


def test_a_mail_to_two_clients_stands_in_both_threads_and_a_circular_answers_nobody(box: Mailbox) -> None:
    box.comes("When?")
    box.reads()
    many = ", ".join(f"c{number}@home.example" for number in range(10))
    box.goes("Our office is closed in July.", To="liv@client.example", Bcc=many)
    box.reads()
    assert "question" in box.cast.talks()
    box.goes("On Friday, both of you.", To="liv@client.example", Cc="Pål <paal@client.example>")
    box.reads()
    assert box.cast.talks() == {"conversation", "handoff"}
    assert box.cast.talks(box.cast.paal) == {"handoff"}
    assert [row.text.strip() for row in box.cast.thread(box.cast.paal).entries.filter(kind="outbound")] == [
        "On Friday, both of you."
    ]


@pytest.mark.parametrize(
    ("last", "closes"),
    [
        ("Takk!", True),
        ("But which Friday?", False),
        ("", True),
    ],
)
def test_a_conversation_with_the_clients_word_last_never_closes_by_itself(
    box: Mailbox, last: str, closes: bool
) -> None:
    box.comes()
    box.reads()
    box.goes()
    box.reads()
    if last:
        box.cast.later(HOUR)
        box.comes(last)
        box.reads()
    box.cast.later(30 * 24 * HOUR)
    assert hand_back_the_quiet(now=box.cast.now) == int(closes)


def test_nor_when_nobody_vouches_for_it(box: Mailbox) -> None:
    _ends_with_a_strange_word(box)
    assert hand_back_the_quiet(now=box.cast.now) == 0


def test_but_when_somebody_has_read_it_and_taken_care_of_it(box: Mailbox) -> None:
    _ends_with_a_strange_word(box)
    asked = Task.objects.get(code="unverified")
    assert finish(asked.id, answer="", acting_user=box.cast.colleague.id, now=box.cast.now)
    assert hand_back_the_quiet(now=box.cast.now) == 1


def _ends_with_a_strange_word(box: Mailbox) -> None:
    box.comes()
    box.reads()
    box.goes()
    box.reads()
    box.cast.later(HOUR)
    box.comes("Pay to this account instead.", Authentication_Results="mx.fjord.example; dmarc=fail")
    box.reads()
    box.cast.later(30 * 24 * HOUR)
