"""What was set once builds the same mail as what is set today, and goes on doing so."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tactful.content.actions import NewTemplate, compiled_for_good, publish_template
from tactful.content.models import TypesetVersion
from tactful.content.rules.compile import compile_mail, finished, typeset
from tactful.content.rules.own_line import with_line
from tactful.content.rules.typeset import Typeset
from tactful.content.templates_seed import footer_words, load_seed_templates
from tactful.content.types import Brand, MailSource, Variable

from .test_seeds import envelope

BRAND = Brand("Berg", "Oslo", footer_words("en"), signature="Berg {ltd} & Co")
SPACE = '<mj-section><mj-column><mj-text><p title="{{ a }}">Hi {{ given_name | default: "you" }}'
SLOW = MailSource(
    'Hi {{ given_name | default: "you" }}',
    SPACE + "{% if a == 'x' %}, {{- a | upcase -}} {x}{% endif %}</p></mj-text></mj-column></mj-section>",
    "{% if a %}Hei {{ a }}{% endif %}\nÆ",
    "en",
    variables=(Variable("a", default="x"), Variable("given_name", default="")),
)
SOURCES = {f"{seed.slug}.{seed.language}": seed.source for seed in load_seed_templates()}
SOURCES |= {"slow": SLOW, "own_line": with_line(SLOW)}
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_was_kept_builds_the_same_bytes(source: MailSource) -> None:
    letter = Typeset.from_json(json.loads(json.dumps(typeset(source, BRAND).as_json())))
    assert letter is not None
    to = envelope(source.language)
    given = {variable.name: variable.sample or "Øl & <b>" for variable in source.variables}
    assert finished(source, letter).build(to, given) == compile_mail(source, BRAND).build(to, given)


def test_another_format_is_set_anew() -> None:
    assert Typeset.from_json({**typeset(SLOW, BRAND).as_json(), "format": 0}) is None


@pytest.mark.django_db
def test_each_version_is_set_once_for_each_frame() -> None:
    row = publish_template(NewTemplate("a", "a", "a", SLOW), acting_user=None, now=NOW)
    other = replace(BRAND, business="Dahl")

    def mail(brand: Brand, frame: str, own_line: bool = False) -> bytes:
        compiled_for_good.cache_clear()
        compiled = compiled_for_good(row.id, brand, frame, own_line=own_line)
        return compiled.build(envelope("en"), {"personal_line": "Mine", "personal_by": "Kari"})

    first = mail(BRAND, "one")
    assert mail(other, "one") == first, "what was kept counts, whatever is made of the brand now"
    assert mail(other, "two") != first
    assert b"Mine" in mail(BRAND, "one", own_line=True)
    assert TypesetVersion.objects.count() == 3
