"""Templates as delivery asks for them."""

from collections.abc import Iterable
from functools import lru_cache

from tactful.content.models import LetterDraft, LetterPicture, Template, TemplateVersion
from tactful.content.rules.compile import compile_mail
from tactful.content.rules.compiled import CompiledMail
from tactful.content.rules.letters.letter import LANGUAGES, Letters, opened
from tactful.content.rules.own_line import with_line
from tactful.content.types import Brand, MailSource, Variable, VariableKind
from tactful.foundation import pg

__all__ = [
    "LetterDraft",
    "NoTemplate",
    "compiled",
    "compiled_with_line",
    "drafts_among",
    "languages_by_slug",
    "letter_draft",
    "letter_drafts",
    "letters_of_template",
    "live_languages",
    "live_version",
    "source_of",
    "steps_of",
    "template",
    "templates",
    "version_number",
]


class NoTemplate(LookupError):
    """There is no live version of this template in any language."""


def live_version(slug: str, language: str) -> TemplateVersion:
    """The live version in the language, or else in English, or else in whichever there is."""
    rows = TemplateVersion.objects.filter(template__slug=slug, is_live=True).order_by("language", "-number")
    by_language = {row.language: row for row in reversed(rows)}
    short = "nb" if language.startswith(("nb", "no", "nn")) else language.partition("-")[0]
    found = by_language.get(short) or by_language.get("en") or next(iter(by_language.values()), None)
    if found is None:
        raise NoTemplate(f"The template “{slug}” has no live version. Write one, or choose another.")
    return found


def templates() -> list[Template]:
    return list(Template.objects.order_by("slug").prefetch_related("versions"))


def live_languages() -> dict[str, frozenset[str]]:
    """Of every template, the languages in which it has a live version: none of one that is only begun."""
    found: dict[str, set[str]] = {}
    rows = Template.objects.values_list("slug", "versions__language", "versions__is_live")
    for slug, language, is_live in rows:
        found.setdefault(slug, set()).update({language} if is_live else ())
    return {slug: frozenset(languages) for slug, languages in found.items()}


def names(language: str) -> dict[str, str]:
    """How each letter is called, by its slug."""
    column = "name_nb" if language == "nb" else "name_en"
    return dict(pg.many(f"SELECT slug, {column} FROM template"))  # noqa: S608, one of two of our own


def languages_by_slug() -> dict[str, frozenset[str]]:
    """In which languages each template has a live version."""
    found: dict[str, set[str]] = {}
    rows = TemplateVersion.objects.filter(is_live=True).values_list("template__slug", "language")
    for slug, language in rows:
        found.setdefault(slug, set()).add(language)
    return {slug: frozenset(languages) for slug, languages in found.items()}


@lru_cache(maxsize=256)
def compiled(version_id: int, brand: Brand) -> CompiledMail:
    """A version in the brand's shell, compiled once and kept: versions never change."""
    return compile_mail(source_of(TemplateVersion.objects.get(id=version_id)), brand)


@lru_cache(maxsize=64)
def compiled_with_line(version_id: int, brand: Brand) -> CompiledMail:
    """The same with a place on top for a person's own line and name (``rules.own_line``)."""
    return compile_mail(with_line(source_of(TemplateVersion.objects.get(id=version_id))), brand)


def source_of(row: TemplateVersion) -> MailSource:
    return MailSource(
        subject=row.subject,
        mjml=row.mjml,
        text=row.text,
        language=row.language,
        preheader=row.variables.get("preheader", ""),
        variables=tuple(_variable(each) for each in row.variables.get("declared", ())),
        unsubscribe=bool(row.variables.get("unsubscribe")),
    )


def _variable(body: dict[str, str]) -> Variable:
    return Variable(
        name=body["name"],
        default=body.get("default"),
        kind=VariableKind(body.get("kind", "text")),
        required=bool(body.get("required")),
        sample=body.get("sample", ""),
    )


def template(slug: str) -> Template | None:
    return Template.objects.filter(slug=slug).first()


def letters_of_template(slug: str) -> Letters:
    """What is live, in each language, as it is written on."""
    rows = TemplateVersion.objects.filter(template__slug=slug, is_live=True, language__in=LANGUAGES)
    return Letters({row.language: opened(source_of(row)) for row in rows})


def is_picture(stored: str, kind: str) -> bool:
    """Whether a picture of this name stands in our letters."""
    return LetterPicture.objects.filter(stored=stored, kind=kind).exists()


def letter_draft(slug: str) -> LetterDraft | None:
    return LetterDraft.objects.filter(slug=slug).first()


def letter_drafts() -> list[LetterDraft]:
    return list(LetterDraft.objects.order_by("slug"))


def drafts_among(slugs: Iterable[str]) -> list[str]:
    """Those of them that are being written."""
    return list(LetterDraft.objects.filter(slug__in=list(slugs)).values_list("slug", flat=True))


def steps_of(draft: LetterDraft) -> tuple[bool, bool]:
    """Whether it can be undone, and done again."""
    around = set(
        draft.entries.filter(number__in=(draft.place - 1, draft.place + 1)).values_list("number", flat=True)
    )
    return draft.place - 1 in around, draft.place + 1 in around


def version_number(version_id: int) -> int | None:
    return TemplateVersion.objects.filter(id=version_id).values_list("number", flat=True).first()
