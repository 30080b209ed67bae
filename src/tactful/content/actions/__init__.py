"""Writing templates and the drafts of letters."""

from .letters import (
    DraftGone,
    LetterRefused,
    Meanwhile,
    Writing,
    begin_letter,
    drop_letters,
    edit_letter,
    open_letter,
    publish_letter,
    put_away_letter,
    step_letter,
    take_letter,
)
from .pictures import keep_picture
from .publishing import NewTemplate, publish_template
from .typesetting import compiled_for_good

__all__ = [
    "DraftGone",
    "LetterRefused",
    "Meanwhile",
    "NewTemplate",
    "Writing",
    "begin_letter",
    "compiled_for_good",
    "drop_letters",
    "edit_letter",
    "keep_picture",
    "open_letter",
    "publish_letter",
    "publish_template",
    "put_away_letter",
    "step_letter",
    "take_letter",
]
