"""What we know of a call, beside what its sender says: the object under ``$`` in an event's data."""

import msgspec

from tactful.events.types import UNVERIFIED
from tactful.tracking.types import Heard

_text = msgspec.json.Encoder().encode

USER, ANON, NOTES = "u", "a", "notes"


def mark(call: Heard) -> bytes:
    """``u``: the user id; ``a``: the anonymous id, if there is no other. ``unverified``: from a browser."""
    if call.verified and not call.notes:
        return b'{"u":' + _text(call.user) + b"}" if call.user else b'{"a":' + _text(call.anon) + b"}"
    found: dict[str, object] = {USER: call.user} if call.user else {ANON: call.anon or call.said}
    if not call.verified:
        found[UNVERIFIED] = True
    if call.notes:
        found[NOTES] = list(call.notes)
    return _text(found)
