"""What an IMAP server answers, as ``imaplib`` hands it on: heads of mails and names of folders."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from tactful.channels.mail.imap_types import Head
from tactful.channels.mail.sent_folders import Folder
from tactful.kernel.folder_names import readable

Item = bytes | tuple[bytes, bytes] | None

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(
    rb'INTERNALDATE "\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)
_MONTHS = b"jan feb mar apr may jun jul aug sep oct nov dec".split()
_LINE = re.compile(rb'\(([^)]*)\)\s+(?:"((?:\\.|[^"\\])*)"|NIL)\s+(.*)\Z', re.DOTALL | re.IGNORECASE)


def heads_of(data: Sequence[Item]) -> Iterator[Head]:
    """Servers give the attributes in any order: some stand before the lines, some after."""
    for number, item in enumerate(data):
        if not isinstance(item, tuple):
            continue
        after = data[number + 1] if number + 1 < len(data) else None
        said = item[0] + (b" " + after if isinstance(after, bytes) else b"")
        uid, size = _UID.search(said), _SIZE.search(said)
        if uid is not None:
            yield Head(int(uid[1]), bytes(item[1]), _taken_in(said), int(size[1]) if size else 0)


def _taken_in(said: bytes) -> datetime | None:
    found = _DATE.search(said)
    if found is None or found[2].lower() not in _MONTHS:
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = found.groups()
    away = timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == b"+" else -1)
    try:
        month = _MONTHS.index(found[2].lower()) + 1
        parts = (int(year), month, int(day), int(hour), int(minute), int(second))
        return datetime(*parts, tzinfo=timezone(away)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def folders_of(data: Iterable[Item]) -> list[Folder]:
    found = (_folder(item) for item in data)
    return [folder for folder in found if folder is not None]


def _folder(item: Item) -> Folder | None:
    if item is None:
        return None
    line, literal = (item[0], item[1]) if isinstance(item, tuple) else (item, None)
    match = _LINE.search(line)
    if match is None:
        return None
    raw = literal if literal is not None else match[3].strip()
    if literal is None and raw.startswith(b'"') and raw.endswith(b'"'):
        raw = re.sub(rb"\\(.)", rb"\1", raw[1:-1])
    name = raw.decode("utf-8", "replace")
    if not name or any(char in name for char in "\r\n\0") or len(name) > 200:
        return None
    uses = frozenset(word.lower() for word in match[1].decode("ascii", "replace").split())
    between = re.sub(rb"\\(.)", rb"\1", match[2] or b"").decode("ascii", "replace")
    shown = readable(name)
    return Folder(name, shown.rsplit(between, 1)[-1] if between else shown, uses)
