"""Translations without GNU gettext.

bin/messages extract    reads the strings of Python files and templates into django.po
bin/messages compile    writes django.mo beside it (not committed)
bin/messages check      fails on strings that are not extracted, not translated or fuzzy, on broken
                        placeholders, and on words in templates outside translate tags
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "tactful"
LANGUAGES = ("nb",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
# Norwegian Bokmål. Words and tone: du, korte verb; kunde, melding, forløp, streken, holdes igjen.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
SHOWN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "aria-description"}
# Names, keys and each language's own name need no translation.
NOT_WORDS = re.compile(r"Tactful|English|Norsk|\b[A-Z]\b")
WORD = re.compile(r"[^\W\d_]{2,}")
ENDS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}
# Blocks that hold attributes or class names, not words.
CODE_BLOCK = re.compile(r"block (body_class|body_attrs|main_class|is_\w+)$")


def sources(suffix: str) -> Iterator[Path]:
    """Files that may hold words for people: not tests, not migrations."""
    for path in sorted(SOURCE.rglob(f"*{suffix}")):
        parts = path.relative_to(SOURCE).parts
        if not {"tests", "migrations", "static", "node_modules"} & set(parts):
            yield path


def as_python(template: Path) -> bytes:
    """The template as calls of gettext. The bracket keeps Python's tokenizer from minding indents."""
    return f"({templatize(template.read_text('utf-8'), origin=template.name)}\n)".encode()


def found() -> Catalog:
    """All strings of the source, with the files in which they stand."""
    catalog = Catalog(charset="utf-8")
    for path in (*sources(".py"), *sources(".html"), *sources(".txt")):
        content = path.read_bytes() if path.suffix == ".py" else as_python(path)
        place = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, context in extract("python", BytesIO(content), keywords=KEYWORDS):
            if message and message != ("", ""):
                catalog.add(message, locations=[(place, None)], context=context)  # type: ignore[list-item]
    return catalog


def po_path(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def run_extract() -> list[str]:
    template = found()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        body = BytesIO()
        write_po(
            body,
            catalog,
            width=110,
            omit_header=True,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER.format(language=language) + body.getvalue().decode().lstrip("\n"), "utf-8")
        missing = sum(1 for message in catalog if message.id and not translated(message.string))
        print(f"{path.relative_to(ROOT)}: {len(catalog)} strings, {missing} without a translation.")
    return []


def run_compile() -> list[str]:
    for language in LANGUAGES:
        catalog = read(language)
        with po_path(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return []


def translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def run_check() -> list[str]:
    template = found()
    problems = [problem for language in LANGUAGES for problem in check_catalog(template, language)]
    for path in sources(".html"):
        place = path.relative_to(ROOT).as_posix()
        problems += [
            f"{place}:{line}: {words!r} stands outside a translate tag." for line, words in bare(path)
        ]
    return problems


def check_catalog(template: Catalog, language: str) -> Iterator[str]:
    """Sentences about one language's file, measured against what the source says now."""
    catalog = read(language)
    for wanted in template:
        if not wanted.id:
            continue
        first = wanted.id[0] if isinstance(wanted.id, tuple | list) else wanted.id
        message = catalog.get(wanted.id, wanted.context)
        place = ", ".join(sorted({str(name) for name, _ in wanted.locations}))
        if message is None:
            yield f"{language}: {first!r} ({place}) is not in the file. Run bin/messages extract."
        elif not translated(message.string):
            yield f"{language}: {first!r} ({place}) has no translation."
        elif message.fuzzy:
            yield f"{language}: {first!r} ({place}) is marked fuzzy. Look at it and take the mark away."
        else:
            yield from (f"{language}: {first!r}: {error}" for error in message.check(catalog))


class Words(HTMLParser):
    """Words that a reader would see, with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, str]] = []
        self.silent = 0

    def note(self, text: str) -> None:
        if not self.silent and WORD.search(NOT_WORDS.sub("", text)):
            self.seen.append((self.getpos()[0], " ".join(text.split())))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self.note(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        self.note(data)


def bare(path: Path) -> Iterable[tuple[int, str]]:
    """Words of a template that no translate tag covers."""
    words = Words()
    words.feed("".join(visible(path.read_text("utf-8"))))
    return words.seen


def visible(source: str) -> Iterator[str]:
    """The template's own text; tags become line breaks, variables a letter."""
    end = ""
    for token in Lexer(source).tokenize():
        is_block = token.token_type is TokenType.BLOCK
        command = token.contents.split(" ")[0]
        if end:
            end = "" if is_block and command == end else end
            yield "\n" * token.contents.count("\n")
            continue
        if is_block:
            end = "endblock" if CODE_BLOCK.match(token.contents) else ENDS.get(command, "")
        if token.token_type is TokenType.TEXT:
            yield token.contents
        else:
            yield "x" if token.token_type is TokenType.VAR else "\n" * token.contents.count("\n")


COMMANDS = {"extract": run_extract, "compile": run_compile, "check": run_check}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/messages", description="Translations without GNU gettext.")
    parser.add_argument("command", choices=sorted(COMMANDS))
    problems = COMMANDS[parser.parse_args().command]()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
