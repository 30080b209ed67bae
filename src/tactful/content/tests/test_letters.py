"""Blocks and MJML say the same, whatever is written in them, and nothing in them gets out of its place."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tactful.content.rules.compile import check_template, mjml_to_html
from tactful.content.rules.letters import inline
from tactful.content.rules.letters.blocks import Block, Blocks, NotBlocks, from_json, to_json
from tactful.content.rules.letters.mjml import from_mjml, to_mjml
from tactful.content.rules.shell import bare
from tactful.content.templates_seed import load_seed_templates
from tactful.content.tests.letters import letters, words
from tactful.content.types import MailSource, Variable, VariableKind


@given(letters)
def test_what_blocks_write_is_read_as_the_same_blocks(blocks: Blocks) -> None:
    assert from_mjml(to_mjml(blocks)) == blocks


@given(letters)
def test_what_is_kept_is_the_same_again(blocks: Blocks) -> None:
    assert from_json(to_json(blocks)) == blocks


@given(words)
@example("**a")
@example("- a\nb")
@example("a \\- b")
def test_words_come_to_rest(text: str) -> None:
    once = inline.normal(text)
    assert inline.normal(once) == once


@given(letters)
def test_no_words_leave_their_place(blocks: Blocks) -> None:
    """Marks aside, what stands in a block is text: it opens no element and runs nothing."""
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "x", to_mjml(blocks), flags=re.DOTALL)
    html = mjml_to_html(bare(plain, "en")).lower()
    assert "<script" not in html
    assert "javascript:" not in re.sub(">[^<]*<", "><", html)
    assert "data:image" not in re.sub(">[^<]*<", "><", html)


def test_all_our_own_templates_can_be_read_as_blocks() -> None:
    for seed in load_seed_templates():
        blocks = from_mjml(seed.source.mjml)
        assert from_mjml(to_mjml(blocks)) == blocks
        source = MailSource(seed.source.subject, to_mjml(blocks), variables=seed.source.variables)
        assert check_template(source) == []


SPACE = Block("spacer", {"size": "large"})
COLUMN = "<mj-section><mj-column>{}</mj-column></mj-section>"
KEPT: Any = {"format": "tactful.letter/1"}
EVERYTHING = (
    Block("heading", {"text": "Hei {{ given_name }}", "level": "1"}),
    Block("text", {"text": "**Når:** {{ when }}\n*Hvor:* [her](https://x.example)\n\n- ett\n- to"}),
    Block("text", {"text": "* {{ list }}"}),
    Block("button", {"label": "Bestill", "href": "https://x.example/?a=1&b=2"}),
    Block("link", {"label": "Send", "name": "upload_url"}),
    Block("image", {"src": "https://x.example/a.png", "alt": 'En "katt"', "href": "", "width": "50"}),
    Block("columns", {}, ((Block("text", {"text": "a"}),), (Block("divider"), SPACE))),
    Block("signature", {"greeting": "Hilsen"}),
    Block("social", {"links": "Facebook https://facebook.com/x\nInstagram https://instagram.com/x"}),
)  # fmt: skip


def test_one_of_each_is_a_mail() -> None:
    names = [Variable(name, default="x") for name in ("given_name", "when", "sender_name")]
    more = [
        Variable("list", "x", VariableKind.LIST),
        Variable("upload_url", None, VariableKind.URL, required=True),
    ]
    source = MailSource("Hei", to_mjml(EVERYTHING), variables=(*names, *more))
    assert check_template(source) == []
    assert from_mjml(to_mjml(EVERYTHING)) == EVERYTHING


@pytest.mark.parametrize(
    ("mjml", "code"),
    [
        ("<mjml><mj-body></mj-body></mjml>", "whole"),
        (COLUMN.format("<mj-raw>x</mj-raw>"), "element"),
        ("<mj-section background-color='#000'></mj-section>", "attribute"),
        (COLUMN.format("<mj-text>{% if a %}<p>x</p>{% endif %}</mj-text>"), "loose"),
        ("<mj-section><mj-column>", "unclosed"),
        ("<mj-section><!-- x --></mj-section>", "comment"),
        (COLUMN.format("<mj-text><p><a href='javascript:x'>x</a></p></mj-text>"), "address"),
    ],
)  # fmt: skip
def test_what_blocks_cannot_say_is_said(mjml: str, code: str) -> None:
    with pytest.raises(NotBlocks) as refusal:
        from_mjml(mjml)
    assert refusal.value.code == code


@given(
    st.text(max_size=80).map(lambda text: f"<mj-section><mj-column>{text}</mj-column></mj-section>")
    | st.text()
)
def test_anything_is_read_or_refused(mjml: str) -> None:
    try:
        blocks = from_mjml(mjml)
    except NotBlocks:
        return
    assert from_mjml(to_mjml(blocks)) == blocks


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"format": "tactful.letter/2", "blocks": []}, KEPT | {"blocks": [{"kind": "raw"}]},
        KEPT | {"blocks": [{"kind": "columns", "columns": [[], [{"kind": "columns"}]]}]},
        KEPT | {"blocks": [{"kind": "divider"}] * 201},
    ],
)  # fmt: skip
def test_what_was_not_written_by_us_is_refused(body: object) -> None:
    with pytest.raises(NotBlocks):
        from_json(body)


def test_a_field_holds_only_what_its_kind_holds() -> None:
    sent = {
        "kind": "image",
        "src": "javascript:x",
        "alt": "a\nb",
        "href": "{{ upload_url }}",
        "width": "9",
        "on": "x",
    }
    (block,) = from_json(KEPT | {"blocks": [sent]})
    assert block == Block("image", {"src": "", "alt": "a b", "href": "", "width": "100"})
