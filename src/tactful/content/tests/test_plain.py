"""Words out of HTML, and HTML out of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.content.rules.plain import html_to_text, text_to_html
from tactful.content.tests.hostile_html import hostile_corpus


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd\n"),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "- a\n- b c\n"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b\n"),
        ("<p>a</p><ul><li>b</li></ul><p>c</p>", "a\n\n- b\n\nc\n"),
        ('<a href="https://x.example/">here</a>', "here: https://x.example/\n"),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/\n"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example\n"),
        ('<a href="javascript:x">here</a>', "here\n"),
        ('<a href="https://x.example/"><img alt="Logo"></a>', "Logo: https://x.example/\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"),
        ("<style>x</style><script>y</script><title>z</title>a", "a\n"),
        ('<div style="display: none">secret</div>a', "a\n"),
        ("  a \n\t b  ", "a b\n"),
        ("a &amp; b &lt;c&gt;&nbsp;d", "a & b <c> d\n"),
        ("", "\n"),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_no_markup_of_the_corpus_falls_over() -> None:
    for snippet in hostile_corpus():
        assert html_to_text(snippet).endswith("\n")


@given(st.text(alphabet="abc <>&\"'\n./:æ", max_size=60))
def test_words_survive_the_way_to_html_and_back(text: str) -> None:
    assert html_to_text(text_to_html(text)).split() == text.split()


def test_only_web_addresses_become_links() -> None:
    html = text_to_html("see https://x.example/a?b=1&c=2, or javascript:x and <b>")
    assert '<a href="https://x.example/a?b=1&amp;c=2">' in html
    assert html.count("<a ") == 1
    assert "&lt;b&gt;" in html
