"""What a template may say, and how its mistakes are named (R55)."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.content.rules.compile import check_template, compile_mail, compile_text
from tactful.content.rules.liquid import FILTERS, MARK_LIMIT, TAGS, check_liquid, compile_liquid
from tactful.content.rules.problems import SENTENCES
from tactful.content.types import (
    Brand,
    FooterWords,
    MailRefused,
    MailSource,
    Part,
    TemplateRefused,
    Variable,
    VariableKind,
)

NAME = Variable("name", default="there")
ITEMS = Variable("items", default="", kind=VariableKind.LIST)
LINK = Variable("link", kind=VariableKind.URL, required=True)
BRAND = Brand("Berg", "Oslo", FooterWords("Why", "Choose", "Stop"))


_SCRAPS = (
    *("{{", "}}", "{%", "%}", "name", "items", "if", "for i in", "endif", "endfor", " ", "|", "'", "..", "."),
    *("(", ")", "1", "default:", "size", "{", "}", "\n", "-"),
)


def codes(text: str) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in check_liquid(text, (NAME, ITEMS, LINK))]


def mail(words: str) -> MailSource:
    mjml = f"<mj-section><mj-column><mj-text>{words}</mj-text></mj-column></mj-section>"
    return MailSource("Hi", mjml, variables=(NAME, ITEMS, LINK))


def mail_codes(words: str) -> list[str]:
    return [problem.code for problem in check_template(mail(words))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ name }}", []),
        ("{% if name == 'x' %}a{% elsif items.size > 1 %}b{% else %}c{% endif %}", []),
        ("{% for i in items %}{{ forloop.index }} {{ i | upcase }}{% endfor %}", []),
        ("{% assign x = name | upcase %}{{ x }}", []),
        ("\nHi {{ nmae }}", [("unknown_variable", 2)]),
        ("{{ now }}", [("unknown_variable", 1)]),
        ("a\nb\n{% include 'x' %}", [("tag", 3)]),
        ("{% render 'x' %}", [("tag", 1)]),
        ("{% liquid\necho name %}", [("tag", 1)]),
        ("{% capture x %}{% endcapture %}", [("tag", 1), ("tag", 1)]),
        ("{% raw %}{{ name }}{% endraw %}", [("tag", 1), ("tag", 1)]),
        ("{% echo name %}", [("tag", 1)]),
        ("{{ name | replace: 'a', 'b' }}", [("filter", 1)]),
        ("{{ name | _html }}", [("filter", 1)]),
        ("{{ name.__class__ }}", [("walk", 1)]),
        ("{{ name['__class__'] }}", [("walk", 1)]),
        ("{{ items.first.upper }}", [("walk", 1)]),
        ("{% for i in items %}{{ i.secret }}{% endfor %}", [("walk", 1)]),
        ("{% for i in (1..1000000000) %}{% endfor %}", [("range", 1)]),
        ("{{ (1..9) | join }}", [("range", 1)]),
        ("{{ '1..2' }}", []),
        ("{{ name", [("syntax", 1)]),
        ("x\n{% if name %}y", [("syntax", 2)]),
        ("x\n{{ name | }}", [("syntax", 2)]),
        ("{% if name %}\n{% for i in items %}x{% endif %}", [("syntax", 2)]),
        ("{{ name {% if name %} }}", [("unclosed", 1)]),
        ("x" * 100_001, [("too_long", None)]),
        ("{{ name }}" * (MARK_LIMIT + 1), [("too_many_marks", None)]),
    ],
)
def test_each_mistake_has_its_name_and_line(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('<a href="{{ link }}" title="{{ name }}">{{ name }}</a>', []),
        ("{% if name %}<b>{{ name }}</b>{% endif %}", []),
        ('<p style="color:{{ name }}">x</p>', ["place"]),
        ("<p {{ name }}>x</p>", ["place"]),
        ("<a href={{ link }}>x</a>", ["mjml"]),
        ("<style>{{ name }}</style>", ["place"]),
        ("<!-- {{ name }} -->", []),
        ('<a href="{% if name %}x{% endif %}">x</a>', ["tag_place", "tag_place", "scheme"]),
        ("<script>x</script>", ["active"]),
        ('<p onclick="x()">x</p>', ["handler"]),
        ('<a href="javascript:x">x</a>', ["scheme"]),
        ('<a href=" JAVASCRIPT:x">x</a>', ["scheme"]),
        ("<mj-foo>x</mj-foo>", ["unknown_element"]),
        ("<p>unclosed", ["mjml"]),
    ],
)
def test_values_stand_only_where_they_can_be_escaped(words: str, expected: list[str]) -> None:
    assert mail_codes(words) == expected


def test_includes_are_refused() -> None:
    source = replace(mail("x"), mjml='<mj-section><mj-include path="/etc/passwd"/></mj-section>')
    assert [problem.code for problem in check_template(source)] == ["mjml"]


@pytest.mark.parametrize(
    ("variable", "code"),
    [
        (Variable("x"), "no_default"),
        (Variable("X", default=""), "bad_name"),
        (Variable("why_url", default=""), "bad_name"),
        (Variable("_html", default=""), "bad_name"),
        (NAME, "twice"),
    ],
)
def test_declarations_are_checked(variable: Variable, code: str) -> None:
    source = replace(mail("x"), variables=(NAME, variable))
    assert [problem.code for problem in check_template(source)] == [code]


def test_an_empty_template_and_a_document_without_label_are_named() -> None:
    assert {problem.code for problem in check_template(MailSource("", ""))} == {"empty_subject", "empty_body"}
    whole = "<mjml><mj-body>{}</mj-body></mjml>"
    assert [problem.code for problem in check_template(MailSource("Hi", whole.format("")))] == ["no_label"]
    assert check_template(MailSource("Hi", whole.format("<mj-raw>{{ automatic_label }}</mj-raw>"))) == []


def test_problems_say_where_and_what_to_do() -> None:
    source = replace(mail("{{ nobody }}"), subject="{{ a.b }}", text="{% include 'x' %}")
    found = check_template(source)
    assert {problem.part for problem in found} == {Part.SUBJECT, Part.MJML, Part.TEXT}
    assert all(problem.sentence.endswith(".") and "%(" not in problem.sentence for problem in found)
    assert "“nobody” is not declared" in " ".join(problem.sentence for problem in found)
    with pytest.raises(TemplateRefused, match="nobody"):
        compile_mail(source, BRAND)


def test_every_sentence_can_be_filled() -> None:
    for message in SENTENCES.values():
        names = re.findall(r"%\((\w+)\)s", message)
        assert message % dict.fromkeys(names, "x")


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in items %}{% for b in items %}" + "{{ name }}" * 100 + "{% endfor %}{% endfor %}",
    ],
)
def test_work_is_bounded(template: str) -> None:
    assert codes(template) == []
    with pytest.raises(MailRefused, match="did not come to an end"):
        compile_liquid(template)({"items": ["x"] * 22, "name": "y" * 10_000})


def test_values_cannot_grow_without_end() -> None:
    doubling = "{% assign x = name %}" + "{% assign x = x | append: x %}" * 60 + "{{ x }}"
    assert codes(doubling) == []
    assert len(compile_liquid(doubling)({"name": "ab"})) <= 20_000


@settings(max_examples=200)
@given(st.lists(st.sampled_from(_SCRAPS), max_size=14))
def test_whatever_is_typed_gets_an_answer_and_what_passes_compiles(pieces: list[str]) -> None:
    text = "".join(pieces)
    if check_liquid(text, (NAME, ITEMS)) == []:
        assert isinstance(compile_text(text, (NAME, ITEMS))({}), str)


def test_text_for_short_messages() -> None:
    words = compile_text(
        "Hi {{ name }}{% if items.size > 0 %}: {{ items | join: ', ' }}{% endif %}", (NAME, ITEMS)
    )
    assert words({"items": "a\nb"}) == "Hi there: a, b"
    assert words({"name": "Å\r\nB"}) == "Hi Å B"
    with pytest.raises(MailRefused, match="link"):
        compile_text("{{ link }}", (LINK,))({})


def test_the_lists_that_authors_are_shown_are_true() -> None:
    for name in FILTERS:
        arguments = {"append": ": 'x'", "prepend": ": 'x'", "default": ": 'x'", "join": ": ', '"}.get(
            name, ""
        )
        assert codes(f"{{{{ name | {name}{arguments} }}}}") == []
    assert {"if", "for", "case", "unless"} <= set(TAGS)
