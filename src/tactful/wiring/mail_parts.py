"""Of a mail that came from a mailbox: the files that are kept, and when it was there."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from tactful.channels.models import InboundRaw
from tactful.channels.types import Attachment
from tactful.foundation import files
from tactful.inbox.types import StoredFile

logger = logging.getLogger(__name__)

MOST_FILES = 50  # attachments of one mail
MOST_BYTES = 50 * 1024 * 1024  # of all attachments of one mail


def kept_files(attachments: Sequence[Attachment]) -> Iterable[StoredFile]:
    room = MOST_BYTES
    for attachment in attachments[:MOST_FILES]:
        room -= len(attachment.content)
        if room < 0:
            logger.warning("The attachments of a mail are too large together; the rest was left out.")
            return
        try:
            kept = files.keep(attachment.content)
        except files.FileRefused as refused:
            logger.warning("An attachment was left out: %s.", refused.code)
            continue
        name = files.shown_name(attachment.file_name)
        yield StoredFile(name, kept.content_type, kept.size, kept.sha256, kept.stored)


def taken_in(row: InboundRaw, now: datetime) -> datetime:
    """When the mail server had it, which may be days before we could read it."""
    told = row.envelope.get("at")
    return min(datetime.fromisoformat(told), now) if told else now
