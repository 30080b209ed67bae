"""Templates that want to stall the house, look around in it, or read its files (R55)."""

import pytest

from tactful.content.rules.compile import check_template
from tactful.content.rules.liquid import MARK_LENGTH, compile_liquid
from tactful.content.types import MailRefused, MailSource, Variable

OURS = (Variable("given_name", default="x" * 50), Variable("a", default="y"))
REFUSED = {
    "a range without end": "{% for i in (1..100000000) %}x{% endfor %}",
    "numbers that square themselves": "{% assign a = 9 %}" + "{% assign a = a | times: a %}" * 40,
    "a strange date": "{{ 'now' | date: '%999999999d' }}",
    "a word in place of nothing": "{{ given_name | replace: '', 'xxxxxxxx' }}",
    "brackets in brackets": "{% if " + "(" * 8_000 + "a" + ")" * 8_000 + " %}{% endif %}",
    "names in names": "{{ a" + "[a" * 8_000 + "]" * 8_000 + " }}",
    "filters without end": "{{ given_name" + " | upcase" * 2_000 + " }}",
    "not not not": "{% if " + "not " * 5_000 + "a %}{% endif %}",
    "blocks in blocks": "{% if a %}" * 400 + "{% endif %}" * 400,
    "comments in comments": "{% comment %}" * 2_000,
    "a large number": "{{ " + "9" * 900 + " | append: a | times: 2 }}",
    "a table without end": "{% tablerow i in (1..99999999) %}{% endtablerow %}",
    "the class of a value": "{{ given_name.__class__ }}",
    "the class by its name": "{{ given_name['__class__'].__mro__ }}",
    "a file": "{% include '../../etc/passwd' %}",
    "a file, rendered": "{% render '/proc/self/environ' %}",
    "what is not declared": "{{ settings.SECRET_KEY }}",
    "our own escaping": "{{ given_name | _html }}",
    "what is kept as it is": "{% raw %}{{ a }}{% endraw %}",
    "a count": "{% increment a %}",
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_words(what: str) -> None:
    section = f"<mj-section><mj-column><mj-text>{REFUSED[what]}</mj-text></mj-column></mj-section>"
    found = check_template(MailSource("Hello", section, variables=OURS))
    assert found
    assert all(problem.message for problem in found)


def test_what_doubles_stays_small() -> None:
    text = "{% assign a = 'xxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}"
    try:
        written = compile_liquid(text)({})
    except MailRefused:
        written = ""
    assert len(written) <= 1_000_000


def test_a_mark_of_a_usual_length_is_fine() -> None:
    default = "x" * (MARK_LENGTH - 100)
    said = '{{ a | default: "' + default + '" }}'
    section = f"<mj-section><mj-column><mj-text>{said}</mj-text></mj-column></mj-section>"
    assert check_template(MailSource("Hello", section, variables=OURS)) == []
