"""Digests of what a person approves: exactly these words, or exactly this version of a template."""

import hashlib


def words_hash(subject: str, body: str) -> bytes:
    """32 bytes over a person's own words."""
    return _digest("words", subject, body)


def version_hash(version_id: int) -> bytes:
    """32 bytes that stand for one version of a template, approved in bulk."""
    return _digest("version", str(version_id))


def payload_hash(payload: bytes) -> bytes:
    """32 bytes over a whole mail as it goes out."""
    return hashlib.blake2b(payload, digest_size=32).digest()


def _digest(*parts: str) -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()
