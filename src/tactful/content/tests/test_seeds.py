"""The first templates: complete in each language, and fit to be sent as they are."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tactful.content.rules.compile import check_template, compile_mail
from tactful.content.templates_seed import (
    LANGUAGES,
    SeedTemplate,
    automatic_label,
    footer_words,
    load_seed_templates,
)
from tactful.content.types import Brand, MailAddress, MailEnvelope, MailLinks

SEEDS = load_seed_templates()
IDS = [f"{seed.slug}.{seed.language}" for seed in SEEDS]


def envelope(language: str) -> MailEnvelope:
    return MailEnvelope(
        to=MailAddress("liv@example.com", "Liv"),
        sender=MailAddress("post@example.org", "Berg"),
        date=datetime(2026, 3, 1, tzinfo=UTC),
        message_id="<1@example.org>",
        automatic_label=automatic_label(language, "Berg", "Kari"),
        links=MailLinks("https://example.org/w", "https://example.org/p"),
    )


def test_every_template_speaks_every_language_with_the_same_variables() -> None:
    by_slug: dict[str, dict[str, SeedTemplate]] = {}
    for seed in SEEDS:
        by_slug.setdefault(seed.slug, {})[seed.language] = seed
    assert len(by_slug) >= 34
    for spoken in by_slug.values():
        assert set(spoken) == set(LANGUAGES)
        assert (
            len(
                {
                    tuple((v.name, v.kind, v.required) for v in seed.source.variables)
                    for seed in spoken.values()
                }
            )
            == 1
        )


@pytest.mark.parametrize("seed", SEEDS, ids=IDS)
def test_a_seed_has_no_problems_and_is_patched(seed: SeedTemplate) -> None:
    assert check_template(seed.source) == []
    brand = Brand("Berg", "Oslo", footer_words(seed.language))
    assert compile_mail(seed.source, brand).patched


@pytest.mark.parametrize("seed", SEEDS, ids=IDS)
def test_a_seed_shows_each_sample_in_its_text_and_keeps_its_voice(seed: SeedTemplate) -> None:
    compiled = compile_mail(seed.source, Brand("Berg", "Oslo", footer_words(seed.language)))
    samples = {variable.name: variable.sample for variable in seed.source.variables}
    message = message_from_bytes(compiled.build(envelope(seed.language), samples), policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    plain = body.get_content()
    for line in "\n".join(samples.values()).splitlines():
        assert line in plain + str(message["Subject"])
    assert "!" not in plain + str(message["Subject"])
    assert automatic_label(seed.language, "Berg", "Kari") in plain


def test_an_unknown_language_gets_english_and_norwegian_has_more_than_one_name() -> None:
    assert footer_words("de") == footer_words("en")
    assert footer_words("nb-NO") == footer_words("nn") == footer_words("no") != footer_words("en")
