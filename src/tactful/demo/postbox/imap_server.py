"""The smallest IMAP server that a poller can be tested with: one user, INBOX, UID SEARCH, UID FETCH."""

import asyncio
import re
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_HOST = "127.0.0.1"


@dataclass(slots=True)
class ImapBox:
    """What the server shows; change it while it runs. ``break_after``: hang up after so many FETCHes."""

    password: str = "hemmelig"  # noqa: S105 - a test's
    uid_validity: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    old: set[int] = field(default_factory=set)  # UIDs that SINCE does not find
    next_uid: int = 1
    break_after: int | None = None
    commands: list[str] = field(default_factory=list)

    def add(self, raw: bytes) -> int:
        uid = self.next_uid
        self.mails[uid] = raw
        self.next_uid += 1
        return uid


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
        writer.write(b"* OK [CAPABILITY IMAP4rev1] postbox\r\n")
        try:
            while line := await reader.readline():
                text = line.decode("utf-8", "replace").strip()
                self.box.commands.append(text)
                answer = self._answer(*text.split(" ", 1))
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except OSError:
            pass  # the poller hung up
        finally:
            writer.close()

    def _answer(self, tag: str, rest: str = "") -> bytes | None:
        verb = rest.upper()
        for prefix, method in (
            ("CAPABILITY", self._capability), ("LOGIN", self._login), ("EXAMINE", self._select),
            ("SELECT", self._select), ("UID SEARCH", self._search), ("UID FETCH", self._fetch),
            ("LOGOUT", self._logout),
        ):  # fmt: skip
            if verb.startswith(prefix):
                return method(tag, rest)
        return f"{tag} BAD unknown\r\n".encode()

    def _capability(self, tag: str, _rest: str) -> bytes:
        return _ok(tag, b"* CAPABILITY IMAP4rev1\r\n")

    def _login(self, tag: str, rest: str) -> bytes:
        good = f'"{self.box.password}"' in rest
        return _ok(tag) if good else f"{tag} NO [AUTHENTICATIONFAILED] Wrong\r\n".encode()

    def _logout(self, tag: str, _rest: str) -> bytes:
        return _ok(tag, b"* BYE\r\n")

    def _select(self, tag: str, rest: str) -> bytes:
        if "INBOX" not in rest:
            return f"{tag} NO no such folder\r\n".encode()
        box = self.box
        state = f"* {len(box.mails)} EXISTS\r\n* OK [UIDVALIDITY {box.uid_validity}]\r\n"
        return _ok(tag, f"{state}* OK [UIDNEXT {box.next_uid}]\r\n".encode())

    def _search(self, tag: str, rest: str) -> bytes:
        found = re.search(r"UID (\d+):(\d+)", rest)
        first, last = (int(found[1]), int(found[2])) if found else (1, 0)
        uids = [uid for uid in self.box.mails if first <= uid <= last]
        if "SINCE" in rest:
            uids = [uid for uid in uids if uid not in self.box.old]
        return _ok(tag, f"* SEARCH {' '.join(map(str, uids))}\r\n".encode())

    def _fetch(self, tag: str, rest: str) -> bytes | None:
        box, uid = self.box, int(rest.split()[2])
        if box.break_after is not None:
            if box.break_after == 0:
                return None
            box.break_after -= 1
        raw = box.mails.get(uid)
        if raw is None:
            return _ok(tag)
        head = f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode()
        return _ok(tag, head + raw + b")\r\n")


def _ok(tag: str, before: bytes = b"") -> bytes:
    return before + f"{tag} OK done\r\n".encode()
