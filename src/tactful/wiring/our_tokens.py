"""Whether a token or a Message-ID is one that we made: then it names a message of ours."""

from collections.abc import Iterable

from tactful.delivery.rules.mail import MESSAGE_ID
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import TokenError, verify

TRIAL = "trial"
"""Of mails that we send to ourselves to see what becomes of them."""


def ours(purpose: str, token: str) -> int | None:
    """The id of the message that it was made for."""
    try:
        return verify(key_ring(), purpose, token) if token else None
    except TokenError:
        return None


def answered(internet_ids: Iterable[str]) -> int | None:
    """Of Message-IDs, with brackets or without: the message of the first that is ours."""
    for internet_id in internet_ids:
        token = internet_id.strip("<>").partition("@")[0]
        if ident := ours(MESSAGE_ID, token):
            return ident
    return None
