import pytest

from tactful.content.templates_seed import load_seed_templates
from tactful.demo import cast

LETTERS = {"request": "document-request", "reminder": "document-reminder-1", "receipt": "document-received"}


@pytest.mark.parametrize(("letter", "language"), cast.SUBJECTS)
def test_the_story_knows_its_letters(letter: str, language: str) -> None:
    seeds = {(seed.slug, seed.language): seed.source.subject for seed in load_seed_templates()}
    assert seeds[LETTERS[letter], language].startswith(cast.SUBJECTS[letter, language])
