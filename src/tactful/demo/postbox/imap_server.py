"""The smallest IMAP server for a poller's tests: one user, some folders, UID SEARCH, UID FETCH."""

import asyncio
import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from tactful.demo.postbox.sink_protocol import TOKEN

_HOST = "127.0.0.1"


@dataclass(slots=True)
class ImapFolder:
    """``dates``: when a mail was taken in, by UID; of others the server does not tell.
    ``old``: UIDs that SINCE does not find, beside those whose date says so. ``name``: in LIST, raw."""

    uid_validity: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    old: set[int] = field(default_factory=set)
    next_uid: int = 1
    dates: dict[int, datetime] = field(default_factory=dict)
    name: str = "INBOX"
    flags: str = ""

    def add(self, raw: bytes, at: datetime | None = None) -> int:
        uid = self.next_uid
        self.mails[uid] = raw
        if at is not None:
            self.dates[uid] = at
        self.next_uid += 1
        return uid

    def number_anew(self, first: int = 1) -> None:
        """As after a move to another server: other numbers, the same mails."""
        uids = sorted(self.mails)
        self.dates = {first + place: self.dates[uid] for place, uid in enumerate(uids) if uid in self.dates}
        self.mails = {first + place: self.mails[uid] for place, uid in enumerate(uids)}
        self.next_uid = first + len(uids)
        self.uid_validity += 1


@dataclass(slots=True)
class ImapBox(ImapFolder):
    """INBOX and what else there is; change it while it runs. ``break_after``: hang up after so many mails.
    ``refused``: names of folders that are listed and cannot be opened.
    ``knows_uses``: the server tells which folder is for what only to those who ask for it.
    ``accepts``: whether a user's token opens the mailbox; then XOAUTH2 is the only way in."""

    password: str = "hemmelig"  # noqa: S105 - a test's
    break_after: int | None = None
    knows_uses: bool = False
    accepts: Callable[[str, str], bool] | None = None
    commands: list[str] = field(default_factory=list)
    others: list[ImapFolder] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def folder(self, name: str, flags: str = "") -> ImapFolder:
        """Another one, empty."""
        made = ImapFolder(name=name, flags=flags)
        self.others.append(made)
        return made

    def named(self, name: str) -> ImapFolder | None:
        return next((each for each in (self, *self.others) if each.name == name), None)


class ImapServer:
    """Serves an ``ImapBox`` in a thread of its own, on a free port of loopback."""

    def __init__(self, box: ImapBox) -> None:
        self.box = box
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="imap", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, _HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_folder: list[ImapFolder] = []
        writer.write(b"* OK [CAPABILITY IMAP4rev1] postbox\r\n")
        try:
            while line := await reader.readline():
                text = line.decode("utf-8", "replace").strip()
                self.box.commands.append(text)
                if "AUTHENTICATE XOAUTH2" in text.upper():
                    answer = await self._take_token(text.split(" ", 1)[0], reader, writer)
                else:
                    answer = self._answer(open_folder, *text.split(" ", 1))
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except OSError:
            pass  # the poller hung up
        finally:
            writer.close()

    async def _take_token(
        self, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes | None:
        writer.write(b"+ \r\n")
        found = TOKEN.fullmatch(base64.b64decode((await reader.readline()).strip()))
        accepts = self.box.accepts
        if found and accepts and accepts(found[1].decode(), found[2].decode()):
            return _ok(tag)
        writer.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        await reader.readline()
        return f"{tag} NO AUTHENTICATE failed.\r\n".encode()

    def _answer(self, opened: list[ImapFolder], tag: str, rest: str = "") -> bytes | None:
        verb = rest.upper()
        for prefix, method in (
            ("CAPABILITY", self._capability), ("LOGIN", self._login), ("LIST", self._list),
            ("LOGOUT", self._logout),
        ):  # fmt: skip
            if verb.startswith(prefix):
                return method(tag, rest)
        if verb.startswith(("EXAMINE", "SELECT")):
            return self._select(opened, tag, rest)
        if verb.startswith("UID SEARCH") and opened:
            return _search(opened[0], tag, rest)
        if verb.startswith("UID FETCH") and opened:
            return self._fetch(opened[0], tag, rest)
        return f"{tag} BAD unknown\r\n".encode()

    def _capability(self, tag: str, _rest: str) -> bytes:
        more = b" SPECIAL-USE LIST-EXTENDED" if self.box.knows_uses else b""
        return _ok(tag, b"* CAPABILITY IMAP4rev1" + more + b"\r\n")

    def _login(self, tag: str, rest: str) -> bytes:
        good = f'"{self.box.password}"' in rest and self.box.accepts is None
        return _ok(tag) if good else f"{tag} NO [AUTHENTICATIONFAILED] Wrong\r\n".encode()

    def _logout(self, tag: str, _rest: str) -> bytes:
        return _ok(tag, b"* BYE\r\n")

    def _list(self, tag: str, rest: str) -> bytes:
        told = not self.box.knows_uses or "RETURN (SPECIAL-USE)" in rest
        lines = [
            f'* LIST ({each.flags if told else ""}) "/" "{each.name.replace(chr(34), chr(92) + chr(34))}"\r\n'
            for each in (self.box, *self.box.others)
        ]
        return _ok(tag, "".join(lines).encode())

    def _select(self, opened: list[ImapFolder], tag: str, rest: str) -> bytes:
        opened.clear()
        folder = self.box.named(rest.split(" ", 1)[1][1:-1].replace('\\"', '"'))
        if folder is None or folder.name in self.box.refused:
            return f"{tag} NO no such folder\r\n".encode()
        opened.append(folder)
        state = f"* {len(folder.mails)} EXISTS\r\n* OK [UIDVALIDITY {folder.uid_validity}]\r\n"
        return _ok(tag, f"{state}* OK [UIDNEXT {folder.next_uid}]\r\n".encode())

    def _fetch(self, folder: ImapFolder, tag: str, rest: str) -> bytes | None:
        box, uids = self.box, [int(uid) for uid in rest.split()[2].split(",")]
        if "HEADER.FIELDS" in rest:
            found = re.search(r"HEADER\.FIELDS \((.*?)\)", rest)
            wanted = found[1].split() if found else []
            heads = [_head(folder, uid, wanted) for uid in uids if uid in folder.mails]
            return _ok(tag, b"".join(heads))
        if box.break_after is not None:
            if box.break_after == 0:
                return None
            box.break_after -= 1
        raw = folder.mails.get(uids[0])
        if raw is None:
            return _ok(tag)
        head = f"* 1 FETCH (UID {uids[0]} BODY[] {{{len(raw)}}}\r\n".encode()
        return _ok(tag, head + raw + b")\r\n")


def _search(folder: ImapFolder, tag: str, rest: str) -> bytes:
    found = re.search(r"UID (\d+):(\d+)", rest)
    first, last = (int(found[1]), int(found[2])) if found else (1, 0)
    uids = [uid for uid in folder.mails if first <= uid <= last]
    if since := re.search(r"SINCE (\d+)-(\w+)-(\d+)", rest):
        day = datetime.strptime("-".join(since.groups()), "%d-%b-%Y").replace(tzinfo=UTC).date()
        newer = {uid for uid in uids if uid not in folder.dates or folder.dates[uid].date() >= day}
        uids = [uid for uid in uids if uid in newer - folder.old]
    return _ok(tag, f"* SEARCH {' '.join(map(str, uids))}\r\n".encode())


def _head(folder: ImapFolder, uid: int, wanted: list[str]) -> bytes:
    """The attributes after the lines, as some servers do."""
    whole = folder.mails[uid].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    unfolded: list[bytes] = []
    for line in whole.split(b"\n"):
        if line[:1] in b" \t" and unfolded and line:
            unfolded[-1] += b"\r\n" + line
        else:
            unfolded.append(line)
    names = {name.upper().encode() for name in wanted}
    lines = [line + b"\r\n" for line in unfolded if line.partition(b":")[0].upper() in names]
    text = b"".join(lines) + b"\r\n"
    at = folder.dates.get(uid)
    told = at.astimezone(UTC).strftime('INTERNALDATE "%d-%b-%Y %H:%M:%S +0000" ') if at else ""
    size = len(folder.mails[uid])
    return (
        f"* 1 FETCH (BODY[HEADER.FIELDS ({' '.join(wanted)})] {{{len(text)}}}\r\n".encode()
        + text
        + f" UID {uid} {told}RFC822.SIZE {size})\r\n".encode()
    )


def _ok(tag: str, before: bytes = b"") -> bytes:
    return before + f"{tag} OK done\r\n".encode()
