"""What goes into the log: addresses without the tokens that open them."""

import logging
import re

TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_.~=:-]{16,}(?=[/?#\s'\"),]|$)")
"""A part of an address as long as no word of ours: an invitation, a client's link, another system's door."""


class WithoutTokens(logging.Filter):
    """Django tells of each request that was refused or found nothing, by its whole address; and a link that
    was asked for in the wrong way is as good as before."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_without(each) for each in record.args)
        return True


def _without(value: object) -> object:
    return TOKEN.sub("…", value) if isinstance(value, str) and "/" in value else value
