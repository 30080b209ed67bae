"""The record of how data is used tells what really is so."""

from datetime import timedelta

import pytest
from django.utils import translation

from tactful.channels.models import Account, InboundRaw
from tactful.foundation.actions import change_settings
from tactful.inbox.actions.answer import close
from tactful.inbox.models import Conversation, Entry
from tactful.wiring.keeping import forget_old_words
from tactful.wiring.personal_data import SECTIONS
from tactful.wiring.records import KINDS, as_markdown, records
from tactful.wiring.tests.cast import Cast


def drawn_up(cast: Cast, trade: str) -> str:
    change_settings(values={"trade": trade, "name": "Klinikken"}, acting_user=None, now=cast.now)
    with translation.override("en"):
        return as_markdown(cast.now)


@pytest.mark.parametrize("trade", ["accounting", "health"])
def test_it_names_every_table_and_every_server(cast: Cast, trade: str) -> None:
    Account.objects.filter(id=cast.account.id).update(settings={"smtp_host": "smtp.provider.example"})
    said = drawn_up(cast, trade)
    assert all(table.table in said for section in SECTIONS for table in section.tables)
    assert "Klinikken" in said
    assert "smtp.provider.example" in said


def test_the_page_says_in_words_what_the_file_names_as_tables(cast: Cast) -> None:
    assert set(KINDS) == {section.title for section in SECTIONS}
    with translation.override("en"):
        said = " ".join(line for part in records(cast.now) for line in part.lines)
    assert "What was written and said: conversations" in said
    assert "_" not in said
    assert "Who you are" not in said, "it speaks of clients, to an owner"


def test_the_assessment_stands_for_sensitive_trades_only(cast: Cast) -> None:
    assert "Assessment of consequences" not in drawn_up(cast, "accounting")
    said = drawn_up(cast, "health")
    assert said.count("Assessment of consequences") == 3
    assert "180 days" in said


@pytest.mark.parametrize(("trade", "left"), [("health", 0), ("accounting", 1)])
def test_words_of_finished_talks_go_where_the_record_says_so(cast: Cast, trade: str, left: int) -> None:
    drawn_up(cast, trade)
    entry = cast.writes("Når er timen min?")
    assert entry.conversation.contact_id is not None
    close(entry.conversation_id, acting_user=cast.owner.id, now=cast.now)
    assert forget_old_words(cast.now + timedelta(days=10)) == 0
    forget_old_words(cast.now + timedelta(days=181))
    assert Entry.objects.exclude(text="").count() == left
    assert Conversation.objects.exclude(subject="").count() == left
    assert InboundRaw.objects.exclude(raw=b"").count() == left
    assert Entry.objects.filter(kind="inbound").count() == 1  # that it was said stays


def test_words_of_an_open_talk_stay(cast: Cast) -> None:
    drawn_up(cast, "health")
    cast.writes("Når er timen min?")
    forget_old_words(cast.now + timedelta(days=181))
    assert Entry.objects.exclude(text="").count() == 1
