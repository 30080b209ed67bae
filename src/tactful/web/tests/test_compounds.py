"""Long words in narrow columns."""

import pytest

from tactful.web.rules.compounds import SOFT_HYPHEN, parted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Betalingspåminnelse", "Betalings|påminnelse"),
        ("En oppdragsbekreftelse til", "En oppdrags|bekreftelse til"),
        ("Tilbakemeldinger", "Tilbake|meldinger"),
        ("Sommerfestkomiteen", "Sommerfestkomiteen"),
        ("Kundesamtale", "Kundesamtale"),
        ("Påminnelse", "Påminnelse"),
        ("", ""),
    ],
)
def test_a_long_word_is_parted_at_its_seam(text: str, shown: str) -> None:
    assert parted(text) == shown.replace("|", SOFT_HYPHEN)
