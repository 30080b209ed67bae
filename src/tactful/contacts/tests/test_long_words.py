"""A search for what is no word costs no more than one for a word."""

from tactful.contacts.rules.searching import LONGEST_MISTYPED, corrections


def test_a_long_word_has_no_corrections() -> None:
    assert len(corrections("b" * (LONGEST_MISTYPED - 1) + "c")) > 100
    assert corrections("b" * LONGEST_MISTYPED + "c") == set()
