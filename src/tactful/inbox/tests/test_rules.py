from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.inbox.rules.reading import Mood, read

COMPLAINTS = [
    "Tredje gang jeg spør om lønnskjøringen. Leser noen dette?",
    "This is the third time I ask. Does anyone read this?",
    "Jeg er skuffet over hvordan dette er håndtert.",
    "I want to complain about my last invoice.",
    "Dette er ikke godt nok.",
    "We are really disappointed.",
    "Nå er jeg lei av å mase. Ingen svarer.",
    "Vi vurderer å bytte regnskapsfører.",
    "I am not happy with the work.",
    "Feil igjen på lønnen til Per.",
]
SENSITIVE = [
    "Mannen min gikk bort i forrige uke.",
    "My father passed away on Monday.",
    "Jeg er sykmeldt ut måneden.",
    "We are going through a divorce.",
    "Han ligger på sykehuset.",
]
CALM = [
    "Takk, det er flott!",
    "Her er kvitteringene for mars.",
    "I have no complaints at all, thank you.",
    "Hyggelig å høre, vi snakkes på tirsdag.",
    "Ingen klage herfra.",
    "Vi er ikke misfornøyd.",
    "Attached are the bank statements.",
]


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_is_heard(text: str) -> None:
    assert read(text).mood is Mood.COMPLAINT


@pytest.mark.parametrize("text", SENSITIVE)
def test_grief_and_illness_are_heard(text: str) -> None:
    assert read(text).mood is Mood.SENSITIVE


@pytest.mark.parametrize("text", CALM)
def test_calm_words_stay_calm(text: str) -> None:
    assert read(text).mood is None


@pytest.mark.parametrize(
    "text", ["Takk!", "Ok, thanks", "Den er god 👍", "Mange takk for hjelpen. Hilsen Liv", "Greit, skal bli"]
)
def test_a_thank_you_expects_nothing(text: str) -> None:
    assert not read(text).expects_answer


@pytest.mark.parametrize(
    "text", ["Når er fristen?", "Can you call me", "Her kommer bilagene", "Takk! Når er fristen?"]
)
def test_everything_else_expects_an_answer(text: str) -> None:
    assert read(text).expects_answer


@pytest.mark.parametrize(
    "text", ["STOP", "stopp!", "Meld meg av", "Please stop emailing me", "ikke send meg mer", "Unsubscribe."]
)
def test_a_plain_refusal_is_understood(text: str) -> None:
    assert read(text).asks_to_stop


@pytest.mark.parametrize("text", ["The bus stop is closed", "Vi kan ikke stoppe nå", "When does it end?"])
def test_a_stop_inside_other_words_is_none(text: str) -> None:
    assert not read(text).asks_to_stop


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read(text)
    assert reading.expects_answer or not reading.asks or not text.strip()


def test_a_question_after_empty_lines_is_one() -> None:
    assert read("Hello.\n\n\n  When can I come").asks
    assert read("Thank you\n\n\tcall me").asks


def test_empty_lines_cost_nothing() -> None:
    """Whoever answers us could keep the reader busy for a minute with each mail."""
    began = process_time()
    read("Hello" + "\n" * 19_900 + "Kari")
    assert process_time() - began < 5
