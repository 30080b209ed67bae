"""The templates that a new business starts with, one file each and language, and the footer's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from tactful.content.types import FooterWords, MailSource, Variable, VariableKind

LANGUAGES = ("en", "nb")


@dataclass(frozen=True, slots=True)
class SeedTemplate:
    """``slug`` names the template in all languages; ``name`` is what staff see in ``language``."""

    slug: str
    language: str
    name: str
    source: MailSource


@cache
def load_seed_templates(words: str = "") -> tuple[SeedTemplate, ...]:
    """All seed templates, by slug and language. ``words``: a folder whose templates take the place of the
    usual ones of the same name, such as the neutral ones of ``health``."""
    usual = _folder(resources.files(__name__))
    own = _folder(resources.files(__name__).joinpath(words)) if words else {}
    return tuple(each for _name, each in sorted((usual | own).items()))


def _folder(place: Traversable) -> dict[str, SeedTemplate]:
    files = [file for file in place.iterdir() if file.name.count(".") == 2]
    return {file.name: _template(file.name, file.read_text("utf-8")) for file in files}


def footer_words(language: str) -> FooterWords:
    """The footer's links in ``language``; English for a language that we do not speak."""
    words = _footer()[_spoken(language)]
    return FooterWords(words["why"], words["preferences"], words["unsubscribe"])


def automatic_label(language: str, business: str, person: str) -> str:
    """The visible line that says that a mail is automatic and who reads the answer to it."""
    return _footer()[_spoken(language)]["automatic"].format(business=business, person=person)


@cache
def _footer() -> Mapping[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_read("footer.yaml"))
    return loaded


def _spoken(language: str) -> str:
    return "nb" if language.lower().startswith(("nb", "no", "nn")) else "en"


def _read(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text("utf-8")


def _template(file_name: str, text: str) -> SeedTemplate:
    slug, language, _ = file_name.split(".")
    loaded: dict[str, Any] = yaml.safe_load(text)
    source = MailSource(
        subject=loaded["subject"],
        preheader=loaded["preheader"],
        mjml=loaded["mjml"],
        text=loaded["text"],
        language=language,
        variables=tuple(_variable(name, given) for name, given in loaded["variables"].items()),
    )
    return SeedTemplate(slug, language, loaded["name"], source)


def _variable(name: str, given: Mapping[str, Any]) -> Variable:
    return Variable(
        name=name,
        default=given.get("default"),
        kind=VariableKind(given.get("kind", "text")),
        required=given.get("required", False),
        sample=given["sample"].rstrip("\n"),
    )
