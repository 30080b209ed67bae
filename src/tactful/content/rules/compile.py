"""From an author's template to a compiled mail: Liquid checked, MJML first, then places, then bytes."""

import hashlib
import re
from collections.abc import Mapping, Sequence

import mrml

from tactful.content.rules import shell
from tactful.content.rules.compiled import CompiledMail
from tactful.content.rules.escaping import Context
from tactful.content.rules.html_places import Places, Slot, find_places
from tactful.content.rules.liquid import check_liquid, compile_liquid, context_filter
from tactful.content.rules.marks import Mark, all_plain, lift, split
from tactful.content.rules.patching import (
    Body,
    PatchedBody,
    PatchedWords,
    Words,
    rendered_body,
    rendered_words,
    resolve,
)
from tactful.content.rules.plain import html_to_text
from tactful.content.rules.problems import problem
from tactful.content.rules.typeset import Piece, Typeset
from tactful.content.types import (
    Brand,
    FooterWords,
    MailSource,
    Part,
    Problem,
    TemplateRefused,
    Variable,
    VariableKind,
)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_BRACE = "brace"  # a value of ours: a literal "{" that Liquid must not read as the start of a mark
_LOOSE_BRACE = re.compile(r"\{(?=[{%]|\Z)")
_NO_BRAND = Brand("-", "-", FooterWords("-", "-", "-"))


def check_template(source: MailSource) -> list[Problem]:
    """Everything to mend in ``source``, by part and line; empty when it compiles."""
    found = check_variables(source.variables)
    known = (*source.variables, *shell.OWN_VARIABLES)
    texts = ((Part.SUBJECT, source.subject), (Part.PREHEADER, source.preheader), (Part.MJML, source.mjml),
             (Part.TEXT, source.text))  # fmt: skip
    for part, text in texts:
        found += check_liquid(text, known if part in (Part.MJML, Part.TEXT) else source.variables, part)
    if not source.subject.strip():
        found.append(problem("empty_subject", Part.SUBJECT))
    if not source.mjml.strip():
        found.append(problem("empty_body", Part.MJML))
    if shell.is_whole_document(source.mjml) and shell.LABEL not in source.mjml:
        found.append(problem("no_label", Part.MJML))
    return found or _page_problems(source)


def check_variables(variables: Sequence[Variable]) -> list[Problem]:
    """What is wrong with the declarations alone."""
    found, seen = [], set()
    own = {variable.name for variable in shell.OWN_VARIABLES} | {_BRACE, "forloop", "now", "today"}
    for variable in variables:
        name = variable.name
        if not _NAME.fullmatch(name) or name in own:
            found.append(problem("bad_name", Part.VARIABLES, name=name))
        if name in seen:
            found.append(problem("twice", Part.VARIABLES, name=name))
        if variable.default is None and not variable.required:
            found.append(problem("no_default", Part.VARIABLES, name=name))
        seen.add(name)
    return found


def compile_mail(source: MailSource, brand: Brand) -> CompiledMail:
    """``source`` in the shell of ``brand``, ready to build mails. Raises ``TemplateRefused``."""
    return finished(source, typeset(source, brand))


def typeset(source: MailSource, brand: Brand) -> Typeset:
    """``source`` in the shell of ``brand``. Raises ``TemplateRefused``."""
    problems = check_template(source)
    if problems:
        raise TemplateRefused(tuple(problems))
    html, text = _html_pieces(source, brand).pieces, _text_pieces(source, brand)
    return Typeset(tuple(html), tuple(text), _boundary(source, brand))


def finished(source: MailSource, letter: Typeset) -> CompiledMail:
    """Ready to build mails of a letter that was set from ``source``, today or long ago."""
    kinds = {variable.name: variable.kind for variable in (*source.variables, *shell.OWN_VARIABLES)}
    marks, boundary = letter.marks, letter.boundary
    slow = not all_plain(marks)
    make_body = _slow_body if slow else _fast_body
    return CompiledMail(
        subject=compile_words(source.subject, kinds),
        preheader=compile_words(source.preheader, kinds) if source.preheader else None,
        body=make_body(letter.text, letter.html, boundary, kinds),
        variables=source.variables,
        links=tuple(name for name in shell.LINKS if any(name in mark.source for mark in marks)),
        mime_headers=mime_headers(source.language, boundary),
        patched=not slow,
    )


def compile_text(source: str, variables: Sequence[Variable]) -> Words:
    """A text for SMS or chat as a function of its values by name."""
    problems = check_variables(variables) + check_liquid(source, variables)
    if problems:
        raise TemplateRefused(tuple(problems))
    words = compile_words(source, {variable.name: variable.kind for variable in variables})
    declared = tuple(variables)
    return lambda values: words(resolve(declared, values))


def compile_words(source: str, kinds: Mapping[str, VariableKind]) -> Words:
    marks: list[Mark] = []
    pieces = _as_text(lift(source, marks), marks)
    if all_plain(marks):
        return PatchedWords([piece for piece in pieces if not isinstance(piece, Mark)], kinds)
    return rendered_words(compile_liquid(_liquid_source(pieces)), kinds)


def _html_pieces(source: MailSource, brand: Brand) -> Places:
    marks: list[Mark] = []
    body = lift(source.mjml, marks)
    if not shell.is_whole_document(body):
        preheader, unsubscribe = bool(source.preheader), source.unsubscribe
        before, after = shell.shell(brand, source.language, preheader=preheader, unsubscribe=unsubscribe)
        body = lift(before, marks) + body + lift(after, marks)
    return find_places(mjml_to_html(body), marks)


def _text_pieces(source: MailSource, brand: Brand) -> list[Piece]:
    marks: list[Mark] = []
    whole = shell.is_whole_document(source.mjml)
    if source.text.strip():
        words = lift(source.text.replace("\r\n", "\n").strip("\n"), marks) + "\n"
    else:
        body = lift(source.mjml, marks)
        words = html_to_text(mjml_to_html(body if whole else shell.bare(body, source.language)))
    if not any(mark.name == shell.LABEL for mark in marks):
        words = words.rstrip("\n") + lift(shell.text_footer(brand, unsubscribe=source.unsubscribe), marks)
    return _as_text(words, marks)


def _as_text(lifted: str, marks: list[Mark]) -> list[Piece]:
    return [
        Slot(piece, Context.TEXT) if isinstance(piece, Mark) and not piece.is_tag else piece
        for piece in split(lifted, marks)
    ]


def mjml_to_html(mjml: str) -> str:
    """MJML to HTML, without includes and without fonts from the network. Raises ``OSError``."""
    options = mrml.RenderOptions(disable_comments=True, fonts={})
    html: str = mrml.to_html(mjml, render_options=options).content
    return html.replace("\r\n", "\n").replace("\r", " ")


def _page_problems(source: MailSource) -> list[Problem]:
    try:
        return _html_pieces(source, _NO_BRAND).problems
    except OSError as error:
        detail = str(error).replace(" in root template", "")
        return [problem("mjml", Part.MJML, detail=detail)]


def _liquid_source(pieces: Sequence[Piece]) -> str:
    """The pieces as one Liquid template again, each output with the escape of its place."""
    return "".join(_liquid_piece(piece) for piece in pieces)


def _liquid_piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return _LOOSE_BRACE.sub("{{ %s }}" % _BRACE, piece)  # noqa: UP031 (braces)
    if isinstance(piece, Mark):
        return piece.source
    source = piece.mark.source
    end = -3 if source[-3] == "-" else -2
    return f"{source[:end]} | {context_filter(piece.context)} {source[end:]}"


def _fast_body(
    text: Sequence[Piece], html: Sequence[Piece], boundary: str, kinds: Mapping[str, VariableKind]
) -> Body:
    around = part_start("plain", boundary), part_start("html", boundary), part_end(boundary)
    pieces = [around[0], *text, around[1], *html, around[2]]
    return PatchedBody([piece for piece in pieces if not isinstance(piece, Mark)], kinds)


def _slow_body(
    text: Sequence[Piece], html: Sequence[Piece], boundary: str, kinds: Mapping[str, VariableKind]
) -> Body:
    plain, page = (rendered_words(compile_liquid(_liquid_source(pieces)), kinds) for pieces in (text, html))
    return rendered_body(
        [part_start("plain", boundary), plain, part_start("html", boundary), page, part_end(boundary)]
    )


def part_start(subtype: str, boundary: str) -> bytes:
    """The line of the boundary and the headers of a text part."""
    return (
        f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")


def part_end(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")


def mime_headers(language: str, boundary: str) -> str:
    """The headers that stay the same for all mails of a template."""
    tag = language if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else "und"
    return (
        f"Content-Language: {tag}\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
    )


def _boundary(source: MailSource, brand: Brand) -> str:
    """Made from the template itself. ``=_`` never occurs in quoted-printable, so no value can forge it."""
    seed = repr((source, brand)).encode("utf-8", "replace")
    return f"=_tactful_{hashlib.blake2b(seed, digest_size=12).hexdigest()}"
