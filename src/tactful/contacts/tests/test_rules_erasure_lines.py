"""The journal of erasures, read from whatever a crash has left of it (R76)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tactful.contacts.rules.erasure_lines import Erased, line_of, line_of_lifting, read

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARK, OTHER = ("mail", "5f" * 32), ("sms", "a0" * 32)
ONE = Erased(17, AT, (12, 9), "asked", (MARK, OTHER))


def test_what_was_written_is_read() -> None:
    journal = read(line_of(ONE).splitlines())
    assert journal.erased == (ONE,)
    assert journal.let_in() == set()


@given(st.integers(0, 200))
def test_a_line_that_was_cut_off_spoils_no_other(cut: int) -> None:
    whole = line_of(ONE)
    text = whole[: min(cut, len(whole) - 2)] + "\n" + line_of(Erased(18, AT, (5,), "objected", ()))
    assert [each.id for each in read(text.splitlines()).erased] == [18]


def test_who_was_let_in_is_so_until_erased_once_more() -> None:
    lifted = line_of_lifting([MARK], AT + timedelta(days=1))
    once = [line_of(ONE), lifted]
    assert read(once).let_in() == {MARK}
    again = line_of(Erased(19, AT + timedelta(days=2), (40,), "asked", (MARK,)))
    assert read([*once, again]).let_in() == set()


def test_it_holds_no_words() -> None:
    assert set(line_of(ONE)) <= set('{}[]":,erasdcontmkglifb0123456789 \n')
