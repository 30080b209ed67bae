"""A letter in one language, as it is written; and one letter in all its languages, as a draft keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from tactful.content.rules.compile import check_template
from tactful.content.rules.letters.blocks import FORMAT, Block, Blocks, NotBlocks, from_json, to_json, walk
from tactful.content.rules.letters.inline import names_in, one_line
from tactful.content.rules.letters.mjml import from_mjml, to_mjml
from tactful.content.types import MailSource, Problem, Variable, VariableKind

LANGUAGES: Final = ("nb", "en")
GREETINGS: Final = {"nb": "Vennlig hilsen", "en": "Kind regards"}
OURSELVES: Final = {"nb": "Alle hos oss", "en": "All of us"}
OURS: Final = ("given_name", "company", "sender_name", "business")
"""What every letter may say of a client and of us; a journey gives more."""
NEVER_EMPTY: Final = ("sender_name", "business")


@dataclass(frozen=True, slots=True)
class Letter:
    """``source``: MJML that is written by hand; then ``blocks`` are empty. ``text``: the plain part by hand;
    empty is made of the mail. ``variables``: what it may name, each with what stands there for nobody."""

    subject: str = ""
    preheader: str = ""
    unsubscribe: bool = False
    source: str | None = None
    text: str = ""
    blocks: Blocks = ()
    variables: tuple[Variable, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not (self.subject.strip() or self.blocks or (self.source or "").strip())

    def mjml(self) -> str:
        return to_mjml(self.blocks) if self.source is None else self.source

    def mail(self, language: str) -> MailSource:
        return MailSource(
            self.subject, self.mjml() if self.source or self.blocks else "", self.text, language,
            self.preheader, self.variables, self.unsubscribe,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letters:
    """``by_language``: each of ``LANGUAGES``."""

    by_language: Mapping[str, Letter] = field(default_factory=dict)

    def of(self, language: str) -> Letter:
        return self.by_language.get(language, Letter())

    def having(self, language: str, letter: Letter) -> "Letters":
        return Letters({**self.by_language, language: letter})

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "languages": {code: _as_json(each) for code, each in self.by_language.items()},
        }


def _as_json(letter: Letter) -> dict[str, Any]:
    return {
        **{name: getattr(letter, name) for name in ("subject", "preheader", "unsubscribe", "source", "text")},
        "blocks": to_json(letter.blocks)["blocks"],
        "variables": [{**asdict(each), "kind": each.kind.value} for each in letter.variables],
    }


def letters_of(body: Mapping[str, Any]) -> Letters:
    """As a draft keeps them. Raises ``NotBlocks``."""
    if body.get("format") != FORMAT:
        raise NotBlocks("format")
    return Letters({code: _letter(each) for code, each in body["languages"].items() if code in LANGUAGES})


def _letter(body: Mapping[str, Any]) -> Letter:
    given = {name: body[name] for name in ("subject", "preheader", "unsubscribe", "source", "text")}
    variables = tuple(Variable(**{**each, "kind": VariableKind(each["kind"])}) for each in body["variables"])
    return Letter(
        **given, blocks=from_json({"format": FORMAT, "blocks": body["blocks"]}), variables=variables
    )


def opened(mail: MailSource) -> Letter:
    """A template to write on: as blocks where it can be read so, else as its source."""
    try:
        blocks, source = from_mjml(mail.mjml), None
    except NotBlocks:
        blocks, source = (), mail.mjml
    return Letter(mail.subject, mail.preheader, mail.unsubscribe, source, mail.text, blocks, mail.variables)


def why_source(letter: Letter) -> NotBlocks | None:
    """Why a letter that is written as MJML cannot be read as blocks; None where it can."""
    try:
        from_mjml(letter.source or "")
    except NotBlocks as why:
        return why
    return None


def begun(language: str) -> Letter:
    """The first words of a new letter: a greeting and a name under it."""
    hello = {"nb": "Hei {{ given_name }},", "en": "Hello {{ given_name }},"}[language]
    there = {"nb": "på deg", "en": "there"}[language]
    return Letter(
        blocks=(Block("text", {"text": hello}), Block("signature", {"greeting": GREETINGS[language]})),
        variables=(
            Variable("given_name", there, sample="Liv"),
            Variable("sender_name", OURSELVES[language], sample="Kari Berg"),
        ),
    )


def with_blocks(letter: Letter, blocks: Blocks, language: str) -> Letter:
    """The plain part by hand would say something else from now on, so it goes."""
    return declared(replace(letter, blocks=blocks, source=None, text=""), language)


def declared(letter: Letter, language: str) -> Letter:
    """Values that nobody has to be asked about: who we are has one answer, and a personal link has none."""
    known = {each.name for each in letter.variables}
    links = {
        each.fields["name"] for _, each in walk(letter.blocks) if each.kind == "link" and each.fields["name"]
    }
    fresh = [
        Variable(name, None, VariableKind.URL, required=True, sample="https://example.com/") for name in links
    ]
    fresh += [Variable(name, OURSELVES[language]) for name in names_used(letter) if name in NEVER_EMPTY]
    return replace(letter, variables=(*letter.variables, *(each for each in fresh if each.name not in known)))


def names_used(letter: Letter) -> list[str]:
    """In the order of the letter, each once."""
    texts = [letter.subject, letter.preheader, letter.mjml(), letter.text]
    return list(dict.fromkeys(name for text in texts for name in names_in(text)))


def undeclared(letter: Letter) -> list[str]:
    """Names without an answer to "and if we do not know it?"."""
    known = {each.name for each in letter.variables}
    return [name for name in names_used(letter) if name not in known]


def with_default(letter: Letter, name: str, default: str) -> Letter:
    """``name`` says this where a client has no value. An empty word is one too, where somebody gives it."""
    rest = {each.name: each for each in letter.variables}
    known = rest.get(name, Variable(name))
    if known.required:
        return letter
    return replace(
        letter, variables=tuple({**rest, name: replace(known, default=one_line(default))}.values())
    )


def problems(letter: Letter, language: str) -> list[Problem]:
    return check_template(letter.mail(language))


def texts_of(letter: Letter) -> Iterator[str]:
    """All words that a client reads in it, as they were written."""
    yield letter.subject
    yield letter.preheader
    for _, block in walk(letter.blocks):
        yield from (
            block.fields[name] for name in ("text", "label", "alt", "greeting") if name in block.fields
        )
