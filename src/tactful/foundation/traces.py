"""Where something went wrong, for the log, without what it was about."""

import traceback
from pathlib import PurePath


def places(error: BaseException) -> str:
    """Like ``ValueError at heads.py:38, mime.py:55``. What an error says of itself may repeat a mail that is
    nobody's business here, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = ", ".join(f"{PurePath(each.filename).name}:{each.lineno}" for each in frames)
    return f"{type(error).__name__} at {where}"
