"""Letters as people might write them, for Hypothesis."""

from hypothesis import strategies as st

from tactful.content.rules.letters.blocks import INSIDE, KINDS, LEVELS, SPACES, WIDTHS, Block, Blocks, tidy

PIECES = [
    "Hei", " ", "  ", "*", "**", "\\", "[", "]", "(", ")", "- ", "* ", "\n", "\n\n", "<b>", "&amp;", "&", '"',
    "'",
    "{", "}", "{{ given_name }}", "{{ list }}", '{{ a | default: "<x>" }}', "{% if a %}", "{% endif %}",
    "[Book](https://x.example/?a=1&b=2)", "[her]({{ upload_url }})", "<script>", "é", "\u00a0", "\ue000",
    "</mj-text>",
    "<!--", "-->", "]]>", "TactfulMark0End", "\x00", "\t", "𝄐",
]  # fmt: skip
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join)
LINKS = [
    "https://x.example/a?b=1&c=2",
    "mailto:a@b.example",
    "tel:+4712345678",
    "javascript:alert(1)",
    "",
    "http://é",
]
FIELDS = {
    "level": st.sampled_from([*LEVELS, "9"]),
    "href": st.sampled_from(LINKS),
    "src": st.sampled_from(["https://x.example/a.png", "data:image/svg+xml,<svg/>", ""]),
    "width": st.sampled_from(WIDTHS),
    "size": st.sampled_from(tuple(SPACES)),
    "name": st.sampled_from(["upload_url", "review_url", "", "Not A Name"]),
    "links": st.lists(st.tuples(words, st.sampled_from(LINKS)).map(" ".join), max_size=3).map("\n".join),
}


def _of(kind: str) -> st.SearchStrategy[Block]:
    fields = st.fixed_dictionaries({name: FIELDS.get(name, words) for name in KINDS[kind]})
    return fields.map(lambda given: tidy(Block(kind, given)))


inside = st.sampled_from(INSIDE).flatmap(_of)
columns = st.lists(st.lists(inside, max_size=2).map(tuple), min_size=2, max_size=3).map(
    lambda found: Block("columns", {}, tuple(found))
)
letters: st.SearchStrategy[Blocks] = st.lists(inside | columns, max_size=5).map(tuple)
