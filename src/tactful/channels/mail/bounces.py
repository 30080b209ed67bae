"""Later words on what we sent: DSN (RFC 3464) and complaints (RFC 5965).

Nothing here is proof: anybody can write a bounce. The caller suppresses only with a verified token.
"""

import re
from dataclasses import dataclass, replace
from email.message import Message
from itertools import islice

from flufl.bounce import all_failures

from tactful.channels.mail.addresses import header_addresses, normal_address, plus_token
from tactful.channels.mail.mime import header, leaves, part_bytes, part_text, raw_headers, read_mime
from tactful.channels.mail.outcomes import Stage, classify
from tactful.channels.types import DeliveryEvent, DeliveryEventKind, Outcome

_ACTIONS = {
    "failed": DeliveryEventKind.BOUNCED,
    "error": DeliveryEventKind.BOUNCED,  # OpenSMTPD
    "delayed": DeliveryEventKind.DELAYED,
    "delivered": DeliveryEventKind.DELIVERED,
    "relayed": DeliveryEventKind.UNKNOWN,
    "expanded": DeliveryEventKind.UNKNOWN,
}
_BY_STATUS = {
    "2": DeliveryEventKind.DELIVERED,
    "4": DeliveryEventKind.DELAYED,
    "5": DeliveryEventKind.BOUNCED,
}
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized"})
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REFUSAL = re.compile(_STATUS.pattern.replace("[245]", "[45]"))
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-#]|$)")
_UNSURE = re.compile(r"[45]\.(0\.0|1\.0|5\.0|3\.0)")  # "other or undefined": the server's own words say more
_BOUNCE_SENDER = re.compile(r"^(mailer-daemon|mail-?daemon|postmaster|mdaemon|bounce)", re.IGNORECASE)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (status|failure|notification|has failed|delayed|report)|returned mail|failure notice"
    r"|mail delivery|delivery.*(fail|delay)|kunne ikke leveres|ikke levert|kan ikke leveres|warning: message"
    r"|warning: could not send",
    re.IGNORECASE,
)
_ORIGINAL_KINDS = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
)
_EMBEDDED = re.compile(r"^[ >]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_DETAIL_LIMIT = 500  # characters
_MOST_BLOCKS = 100  # of a report, each about one recipient
_MOST_FIELDS = 50  # of a block
_GUESS_LIMIT = 100_000  # bytes; what came back stands below what the server says of it


@dataclass(frozen=True, slots=True)
class _Original:
    """What the report shows of the mail that we sent."""

    message_id: str = ""
    recipient: str = ""
    token: str = ""


def read_events(raw: bytes, own: frozenset[str]) -> list[DeliveryEvent]:
    """What a report says, one event for each recipient; [] if the mail is no report.

    ``own``: our return paths without tokens, e.g. ``bounce@firm.example``.
    """
    message = read_mime(raw)
    parts = list(leaves(message))
    kinds = {part.get_content_type(): part for part in reversed(parts)}
    original = _original(message, parts, own)
    if (feedback := kinds.get("message/feedback-report")) is not None:
        return [_complaint(feedback, original, own)]
    status = kinds.get("message/delivery-status") or kinds.get("message/global-delivery-status")
    if status is not None and (events := _status_events(status, original)):
        return events
    if not _looks_like_bounce(message):
        return []
    if len(raw) > _GUESS_LIMIT:
        message = read_mime(raw[:_GUESS_LIMIT])
        parts = list(leaves(message))
    return _guessed(message, parts, original)


def _original(message: Message, parts: list[Message], own: frozenset[str]) -> _Original:
    source = next((part_bytes(part) for part in parts if part.get_content_type() in _ORIGINAL_KINDS), b"")
    sent = read_mime(source)
    ids = [value for value in raw_headers(sent, "Message-ID") if value.startswith("<")]
    if not ids:
        texts = (part_text(part) for part in parts if part.get_content_maintype() == "text")
        ids = [found.group(1) for text in texts if (found := _EMBEDDED.search(text))]
    report = [address for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To")
              for _, address in header_addresses(raw_headers(message, name))]  # fmt: skip
    paths = [address for _, address in header_addresses(raw_headers(sent, "Return-Path"))]
    to = header_addresses(raw_headers(sent, "To"))
    return _Original(
        message_id=ids[0] if ids else "",
        recipient=to[0][1] if len(to) == 1 else "",
        token=plus_token(report + paths, own),
    )


def _complaint(part: Message, original: _Original, own: frozenset[str]) -> DeliveryEvent:
    fields = _blocks(part)
    merged = {name: value for block in reversed(fields) for name, value in block.items()}
    kind = merged.get("feedback-type", "").lower()
    recipient = _address(merged.get("original-rcpt-to", "") or merged.get("removal-recipient", ""))
    sender = _address(merged.get("original-mail-from", ""))
    return DeliveryEvent(
        kind=DeliveryEventKind.COMPLAINED if kind in _COMPLAINTS else DeliveryEventKind.UNKNOWN,
        recipient=recipient or original.recipient,
        token=original.token or plus_token([sender], own),
        message_id=original.message_id,
        detail=f"{kind} {merged.get('user-agent', '')}".strip()[:_DETAIL_LIMIT],
    )


def _status_events(part: Message, original: _Original) -> list[DeliveryEvent]:
    blocks = [block for block in _blocks(part) if "final-recipient" in block or "original-recipient" in block]
    return [_status_event(block, original, alone=len(blocks) == 1) for block in blocks]


def _status_event(block: dict[str, str], original: _Original, *, alone: bool) -> DeliveryEvent:
    words = block.get("diagnostic-code", "").partition(";")[2].strip() or block.get("diagnostic-code", "")
    found = _STATUS.search(block.get("status", ""))
    status = found.group(1) if found else ""
    action = block.get("action", "").split("(")[0].strip().lower()
    kind = _ACTIONS.get(action) or _BY_STATUS.get(status[:1], DeliveryEventKind.UNKNOWN)
    recipient = _address(block.get("original-recipient", "")) or _address(block.get("final-recipient", ""))
    outcome, enhanced = _class(status, words) if kind is DeliveryEventKind.BOUNCED else (None, status)
    return DeliveryEvent(
        kind=kind,
        recipient=recipient or (original.recipient if alone else ""),
        token=original.token,
        message_id=original.message_id,
        outcome=outcome,
        enhanced=enhanced,
        detail=words[:_DETAIL_LIMIT],
    )


def _class(status: str, words: str) -> tuple[Outcome | None, str]:
    """(outcome, enhanced code) of a failure. None: nobody said why, so nobody is suppressed for it. What
    speaks of success in a report of failure says nothing of why."""
    status = status if _REFUSAL.fullmatch(status) else ""
    said = _REFUSAL.search(words)
    enhanced = said.group(1) if said and (not status or _UNSURE.fullmatch(status)) else status
    code = _CODE.search(words)
    if not enhanced and code is None:
        return None, ""
    number = int(code.group(1)) if code else int(enhanced[0]) * 100 + 50
    if enhanced and enhanced[0] != str(number)[0]:
        number = int(enhanced[0]) * 100 + 50
    if enhanced == "4.2.2":
        return Outcome.MAILBOX_FULL, enhanced  # they gave up: no longer a mere delay
    return classify(Stage.RCPT, number, "" if _UNSURE.fullmatch(enhanced) else enhanced, words), enhanced


def _guessed(message: Message, parts: list[Message], original: _Original) -> list[DeliveryEvent]:
    """Reports in nobody's format, by the detectors of flufl.bounce."""
    try:
        delayed, failed = all_failures(message)
    except Exception:  # noqa: BLE001 - a hostile bounce may break any of its detectors
        return []
    texts = [part_text(part) for part in parts if part.get_content_maintype() == "text"]
    outcome, enhanced = _class("", "\n".join(texts)[:20_000])
    template = DeliveryEvent(
        DeliveryEventKind.BOUNCED, "", original.token, original.message_id, outcome, enhanced
    )
    slow = replace(template, kind=DeliveryEventKind.DELAYED, outcome=None)
    return [replace(template, recipient=_decoded(address)) for address in sorted(failed)] + [
        replace(slow, recipient=_decoded(address)) for address in sorted(delayed - failed)
    ]


def _looks_like_bounce(message: Message) -> bool:
    sender = next((address for _, address in header_addresses(raw_headers(message, "From"))), "")
    null_path = "<>" in raw_headers(message, "Return-Path")
    machine = bool(_BOUNCE_SENDER.match(sender)) or message.get("X-Failed-Recipients") is not None
    return machine or (null_path and bool(_BOUNCE_SUBJECT.search(header(message, "Subject"))))


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a report, names in lower case. Some programs send it as plain text."""
    payload = part.get_payload()
    children = payload if isinstance(payload, list) else []
    blocks = [child for child in children if isinstance(child, Message)]
    if not blocks or all(not block.keys() for block in blocks):
        texts = re.split(r"\n\s*\n", part_text(part).strip())
        blocks = [read_mime(text.encode("utf-8", "replace") + b"\n\n") for text in texts[:_MOST_BLOCKS]]
    return [_fields(block) for block in blocks[:_MOST_BLOCKS]]


def _fields(block: Message) -> dict[str, str]:
    names = dict.fromkeys(name.lower() for name in islice(block, _MOST_FIELDS))
    return {name: header(block, name) for name in names}


def _address(value: str) -> str:
    """From ``rfc822; kari@example.com``, with or without type, brackets or comment."""
    words = value.rpartition(";")[2].strip()
    found = header_addresses([words])
    return found[0][1] if found else normal_address(words.strip("<>"))


def _decoded(address: bytes | str) -> str:
    return normal_address(address.decode("ascii", "replace") if isinstance(address, bytes) else address)
