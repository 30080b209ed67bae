"""The mark of a definition: two texts that mean the same have the same one. Pure."""

import json
from hashlib import sha256

from tactful.journeys.rules.definition import document
from tactful.journeys.types import Definition


def digest_of(definition: Definition) -> str:
    """64 hexadecimal digits. Comments and the order of names do not count."""
    text = json.dumps(document(definition), sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()
