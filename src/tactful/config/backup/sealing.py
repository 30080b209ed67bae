"""A stream of any length, sealed to a public key (X25519, HKDF-SHA256, ChaCha20-Poly1305).

The file: ``MAGIC``, the public half of a key made for this file alone, then pieces of 64 KiB, each with a
16-byte tag. A piece's nonce is its number and whether it is the last (the STREAM construction), so pieces
that are changed, missing, doubled or in another order are noticed, and so is a file that is cut off.
"""

import io
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TACTFUL BACKUP 1\n"
PIECE = 65_536  # bytes of content
TAG = 16
KEY_BYTES = 32


class Unreadable(Exception):
    """Not a backup of ours, not our key, or not as it was written."""


class Sealer(io.RawIOBase):
    """Write the content, then ``close``; what is written goes to ``out``. ``key``: keep it only to verify."""

    def __init__(self, out: BinaryIO, recipient: bytes) -> None:
        super().__init__()
        ours = X25519PrivateKey.generate()
        public = ours.public_key().public_bytes_raw()
        self.key = _derived(ours.exchange(X25519PublicKey.from_public_bytes(recipient)), public, recipient)
        self._box = ChaCha20Poly1305(self.key)
        self._out, self._rest, self._number = out, bytearray(), 0
        out.write(MAGIC + public)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._rest += data
        while len(self._rest) > PIECE:  # the last piece is known only at the end
            self._seal(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._rest), last=True)
        super().close()

    def abandon(self) -> None:
        """Without an end: nobody takes what has been written for a whole backup."""
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._box.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


class Opener(io.RawIOBase):
    """The content of a sealed file. Raises ``Unreadable`` while reading."""

    def __init__(self, source: BinaryIO, *, recovery_key: bytes = b"", key: bytes = b"") -> None:
        super().__init__()
        public = _head(source)
        self._box = ChaCha20Poly1305(key or _derived_by(recovery_key, public))
        self._source, self._number, self._rest = source, 0, b""
        self._ahead = source.read(PIECE + TAG)
        if not self._ahead:
            raise Unreadable("The backup has been changed or cut off; it cannot be used.")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._rest and self._ahead:
            self._rest = self._open()
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def _open(self) -> bytes:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        try:
            found = self._box.decrypt(_nonce(self._number, last=not self._ahead), piece, None)
        except InvalidTag as error:
            if self._number:
                raise Unreadable("The backup has been changed or cut off; it cannot be used.") from error
            raise Unreadable(
                "This recovery key does not open this backup, or its beginning is damaged."
            ) from error
        self._number += 1
        return found


def public_of(recovery_key: bytes) -> bytes:
    """32 bytes to seal to, from the 32 bytes that open."""
    return X25519PrivateKey.from_private_bytes(recovery_key).public_key().public_bytes_raw()


def _head(source: BinaryIO) -> bytes:
    head = source.read(len(MAGIC) + KEY_BYTES)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + KEY_BYTES:
        raise Unreadable("This is not a backup of Tactful.")
    return head[len(MAGIC) :]


def _derived_by(recovery_key: bytes, public: bytes) -> bytes:
    ours = X25519PrivateKey.from_private_bytes(recovery_key)
    return _derived(ours.exchange(X25519PublicKey.from_public_bytes(public)), public, public_of(recovery_key))


def _derived(shared: bytes, public: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=public + recipient, info=MAGIC).derive(shared)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
