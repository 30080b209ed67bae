"""Letters set in their frame: by whoever builds the first mail, and for good."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tactful.content.models import TemplateVersion, TypesetVersion
from tactful.content.queries import source_of
from tactful.content.rules.compile import finished, typeset
from tactful.content.rules.compiled import CompiledMail
from tactful.content.rules.own_line import with_line
from tactful.content.rules.typeset import Typeset
from tactful.content.types import Brand


@lru_cache(maxsize=256)
def compiled_for_good(version_id: int, brand: Brand, frame: str, *, own_line: bool = False) -> CompiledMail:
    """A version in the brand's shell, ready to build mails: the same after every upgrade.

    ``frame``: a digest of all that ``brand`` was made of, at most 32 characters; an upgrade may make another
    brand of it. ``own_line``: with a place for a person's line on top (``rules.own_line``). Raises
    ``TemplateRefused`` for one that was never set and cannot be.
    """
    source = source_of(TemplateVersion.objects.get(id=version_id))
    if own_line:
        source = with_line(source)
    place = {"version_id": version_id, "frame": frame, "own_line": own_line}
    return finished(source, _kept(place) or _set(place, typeset(source, brand)))


def _kept(place: Mapping[str, Any]) -> Typeset | None:
    row = TypesetVersion.objects.filter(**place).first()
    return None if row is None else Typeset.from_json(row.body)


def _set(place: Mapping[str, Any], letter: Typeset) -> Typeset:
    """Whoever was first counts, where two workers build their first mail at one moment."""
    TypesetVersion.objects.bulk_create(
        [TypesetVersion(**place, body=letter.as_json())], ignore_conflicts=True
    )
    return _kept(place) or letter
