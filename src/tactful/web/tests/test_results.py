"""What the transport and the builder of mails say of themselves reaches a screen as a sentence."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from tactful.channels.types import our_words
from tactful.web.build.results import WORDS, said

HOUSE = Path(__file__).parents[2]
CODE = re.compile(r'"((?:mail|smtp|imap|oauth|trial)\.[a-z_0-9]+)"')


def used() -> set[str]:
    files = [
        *HOUSE.glob("channels/mail/*.py"),
        *HOUSE.glob("content/rules/*.py"),
        HOUSE / "delivery/render.py",
        HOUSE / "wiring/mail_access.py",
        HOUSE / "wiring/mail_trial.py",
        HOUSE / "wiring/polling.py",
    ]
    return {code for file in files for code in CODE.findall(file.read_text())}


def test_every_code_has_its_words_and_no_words_are_left_over() -> None:
    assert used() == set(WORDS)


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("code", sorted(WORDS))
def test_each_code_is_a_sentence_in_both_languages(code: str, language: str) -> None:
    names = "address name place error size limit times answer folder command said"
    params = dict.fromkeys(names.split(), "7")
    with override(language):
        sentence = said(our_words(code, **params))
    assert "@" + code not in sentence
    assert "%(" not in sentence
    assert len(sentence) > 15


@pytest.mark.parametrize(
    "detail", ["550 5.1.1 <kari@x.example> unknown", "", "@", "@smtp.size {", "@smtp.size {}", "@what {}"]
)
def test_what_a_server_said_and_what_was_cut_off_is_shown_as_it_came(detail: str) -> None:
    assert said(detail) == detail


def test_a_status_before_the_code_stays() -> None:
    with override("en"):
        assert said("5.6.7 " + our_words("smtp.utf8")).startswith("5.6.7 The address has letters")
