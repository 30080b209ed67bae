"""Reading MIME that nobody promised to be well-formed: no input raises, hangs or poisons the database."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from email.errors import MessageError, MultipartInvariantViolationDefect
from email.header import decode_header, make_header
from email.message import Message

MAX_PARTS = 500
MAX_CONTAINERS = 200
MAX_HEAD = 256 * 1024  # bytes of the header of a mail
MAX_VALUE = 32 * 1024  # characters of one field of a header, and of all of one name together
MAX_VALUES = 200  # of one name
MAX_CONTENT_VALUE = 4 * 1024  # of one that tells what a part is: there are many parts
MAX_TEXT = 1_000_000  # characters of one text that we keep
# What the parser of the standard library raises on hostile input, found by fuzzing.
TROUBLE = (
    MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


class _Bounded(email.policy.Compat32):
    """Fields no longer than anybody needs: what takes them apart needs quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MAX_CONTENT_VALUE if name.lower().startswith("content-") else MAX_VALUE]


_POLICY = _Bounded()


def read_mime(raw: bytes) -> Message:
    """The parsed message; one whose parts cannot be told apart becomes one plain text."""
    raw = _with_a_head_in_bounds(raw)
    # The parser needs quadratic time for containers inside containers.
    if raw.lower().count(b"boundary") <= MAX_CONTAINERS:
        with suppress(*TROUBLE):
            return email.message_from_bytes(raw, policy=_POLICY)
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    broken = read_head(head)
    del broken["Content-Type"], broken["Content-Transfer-Encoding"]
    broken.set_payload(body[:MAX_TEXT].decode("utf-8", "replace"))
    broken.defects.append(MultipartInvariantViolationDefect())
    return broken


def read_head(raw: bytes) -> Message:
    """The header alone, without a look at the parts."""
    head, _, _body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return email.message_from_bytes(head[:MAX_HEAD] + b"\n\n", policy=_POLICY)


def _with_a_head_in_bounds(raw: bytes) -> bytes:
    ends = [at for blank in (b"\n\n", b"\r\n\r\n") if (at := raw.find(blank)) >= 0]
    end = min(ends, default=len(raw))
    return raw if end <= MAX_HEAD else raw[:MAX_HEAD] + b"\n" + raw[end:]


def clean(text: str) -> str:
    """Without NUL, other control characters and lone surrogates: fit for UTF-8 and PostgreSQL."""
    return _UNSAFE.sub("", text)


def header(message: Message, name: str) -> str:
    """The decoded value on one line, "" if absent."""
    found = headers(message, name)
    return found[0] if found else ""


def headers(message: Message, name: str) -> list[str]:
    return [decode_words(value) for value in raw_headers(message, name)]


def raw_headers(message: Message, name: str) -> list[str]:
    """The values as they came, on one line each; RFC 2047 words are still encoded. As many as fit."""
    found: list[str] = []
    room = MAX_VALUE
    try:
        for value in message.get_all(name, []):
            found.append(clean(_SPACE.sub(" ", str(value))).strip())
            room -= len(found[-1])
            if room < 0 or len(found) == MAX_VALUES:
                break
    except TROUBLE:
        return []
    return found


def decode_words(value: str) -> str:
    try:
        decoded = str(make_header(decode_header(value)))
    except TROUBLE:
        decoded = value
    return clean(_SPACE.sub(" ", decoded)).strip()


def leaves(message: Message) -> Iterator[Message]:
    """The parts that are no containers, in order. An attached message counts as one leaf."""
    stack, seen = [message], 0
    while stack and seen < MAX_PARTS:
        part = stack.pop()
        seen += 1
        # Asked for only where it is a list: of a text the standard library decodes it, and may fail at it.
        payload = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack.extend(child for child in reversed(payload) if isinstance(child, Message))
        else:
            yield part


def part_bytes(part: Message) -> bytes:
    """The decoded content; of an attached message its source."""
    try:
        if part.is_multipart():
            return b"\r\n".join(
                child.as_bytes() for child in part.get_payload() if isinstance(child, Message)
            )
        payload = part.get_payload(decode=True)
    except TROUBLE:
        return b""
    return payload if isinstance(payload, bytes) else b""


def part_text(part: Message) -> str:
    """The text in its declared charset, else UTF-8, else Windows-1252; line ends are LF."""
    data = part_bytes(part)
    try:
        declared = part.get_content_charset() or "utf-8"
    except TROUBLE:
        declared = "utf-8"
    for charset in (declared, "utf-8"):
        try:
            text = data.decode(charset)
        except (LookupError, ValueError):
            continue
        return _as_text(text)
    return _as_text(data.decode("cp1252", "replace"))


def _as_text(text: str) -> str:
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))[:MAX_TEXT]


def file_name(part: Message) -> str:
    """The name that the sender gave, without any path; "" if there is none."""
    try:
        name = decode_words(str(part.get_filename() or ""))
    except TROUBLE:
        return ""
    return re.split(r"[/\\]", name)[-1].strip(". ")[:1000]
