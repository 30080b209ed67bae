"""Pictures of letters: taken in once, and kept for as long as a mail may ask for them."""

import hashlib
from datetime import datetime

from tactful.content.models import LetterPicture
from tactful.content.rules.pictures import plain_picture
from tactful.foundation import files


def keep_picture(content: bytes, *, acting_user: int, now: datetime) -> LetterPicture:
    """The same picture is kept once. Raises ``rules.pictures.PictureRefused``."""
    picture = plain_picture(content)
    digest = hashlib.sha256(picture.content).digest()
    known = LetterPicture.objects.filter(digest=digest).first()
    if known is not None:
        return known
    stored = files.keep(picture.content).stored
    return LetterPicture.objects.create(
        stored=stored, kind=picture.kind, digest=digest, width=picture.width, height=picture.height,
        by=acting_user, at=now,
    )  # fmt: skip
