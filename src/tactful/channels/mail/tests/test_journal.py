"""The journal: what it says after deaths of every kind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tactful
from tactful.channels.mail import journal as module
from tactful.channels.mail.journal import JournalBusy, JournalError, PhaseJournal, boot_id, read_journal
from tactful.channels.types import Outcome, SendResult
from tactful.demo.postbox.sink import Sink

SENT = SendResult(7, 2, Outcome.SENT, 250, "2.0.0", "Ok: queued as ABC")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    refused = SendResult(8, 1, Outcome.CONTENT, 554, "", "No\nline\r\nends")
    with PhaseJournal(path) as journal:
        for ident, attempt in ((7, 2), (8, 1), (9, 1), (10, 1)):
            journal.begin(ident, attempt)
        journal.answer(SENT)
        journal.answer(refused)
        journal.answer(SendResult(9, 1, Outcome.AMBIGUOUS, None, "", "The server closed the connection."))
        journal.answer(SendResult(10, 1, Outcome.SAFE))
    state = read_journal(path)
    assert state.trusted
    assert state.torn == ""
    assert state.answers == {
        (7, 2): SENT,
        (8, 1): SendResult(8, 1, Outcome.CONTENT, 554, "", "No line ends"),
        (9, 1): None,
        (10, 1): SendResult(10, 1, Outcome.SAFE),
    }


def test_only_who_holds_the_lock_may_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with PhaseJournal(path):
        with pytest.raises(JournalBusy):
            read_journal(path)
        with pytest.raises(JournalBusy):
            PhaseJournal(path)
    assert read_journal(path).trusted


@pytest.mark.parametrize("cut", range(1, 38))
def test_a_torn_end_never_makes_an_answer(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal"
    with PhaseJournal(path) as journal:
        journal.begin(5, 1)
        journal.begin(7, 2)
        journal.answer(SENT)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    state = read_journal(path)
    assert state.answers[5, 1] is None
    assert state.answers.get((7, 2), None) is None
    assert (state.torn == "") == whole[:-cut].endswith(b"\n")


def test_garbage_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with PhaseJournal(path) as journal:
        journal.begin(7, 2)
    with path.open("ab") as file:
        file.write(b"\xff\xfe\nA\nA x y\nA 7 2 nonsense 250 - Ok\nA 7\n\nB 9\n")
    assert read_journal(path).answers == {(7, 2): None}


def test_a_second_begin_of_the_same_attempt_is_open_again(tmp_path: Path) -> None:
    with PhaseJournal(tmp_path / "journal") as journal:
        journal.begin(7, 2)
        journal.answer(SendResult(7, 2, Outcome.SAFE))
        journal.begin(7, 2)
        assert journal.state().answers == {(7, 2): None}


def test_a_missing_journal_and_another_boot_are_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    assert not read_journal(path).found
    assert not read_journal(path).trusted
    with PhaseJournal(path) as journal:
        journal.begin(7, 2)
        journal.answer(SENT)
    monkeypatch.setattr(module, "boot_id", lambda: "another boot")
    state = read_journal(path)
    assert state.found
    assert not state.trusted
    monkeypatch.setattr(module, "boot_id", lambda: "")
    assert not read_journal(path).trusted


def test_an_empty_file_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    assert not read_journal(tmp_path / "journal").trusted


def test_a_left_journal_is_recovered_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with PhaseJournal(path) as journal:
        journal.begin(7, 2)
    with PhaseJournal(path) as journal:
        assert journal.recovered.answers == {(7, 2): None}
        with pytest.raises(JournalError):
            journal.begin(8, 1)
        journal.clear()
        journal.begin(8, 1)
        assert journal.state().answers == {(8, 1): None}
        assert journal.state().trusted


def test_a_full_disk_stops_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with PhaseJournal(tmp_path / "journal") as journal:
        journal.begin(1, 1)
        real = os.write
        monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:3]))
        with pytest.raises(JournalError, match="disk is full"):
            journal.begin(2, 1)
        monkeypatch.undo()
        with pytest.raises(JournalError):
            journal.begin(3, 1)
        assert journal.state().answers == {(1, 1): None}


def test_a_journal_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be opened"):
        PhaseJournal(tmp_path / "no such folder" / "journal")


def test_this_machine_knows_its_boot() -> None:
    assert boot_id() == boot_id() != ""


@pytest.mark.parametrize("connections", [1, 3])
def test_a_kill_leaves_at_most_one_message_in_doubt_for_each_connection(
    tmp_path: Path, connections: int
) -> None:
    path = tmp_path / "journal"
    source = str(Path(tactful.__file__).parents[1])
    with Sink() as sink:
        for enough in (40, 150, 333):
            path.unlink(missing_ok=True)
            taken = len(sink.ledger.mails)
            command = [sys.executable, "-m", "tactful.channels.mail.tests.sending_process"]
            worker = subprocess.Popen(
                [*command, str(sink.port), str(path), str(connections)],
                env={**os.environ, "PYTHONPATH": source},
            )
            while len(sink.ledger.mails) < taken + enough:
                assert worker.poll() is None
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            state = read_journal(path)
            doubtful = [key for key, answer in state.answers.items() if answer is None]
            assert state.trusted
            assert len(doubtful) <= connections
            assert sum(ident % 2 == 0 for ident, _ in doubtful) <= 1  # of must-arrive mail
            answered = {f"<{ident}@firm.example>" for (ident, _), found in state.answers.items() if found}
            arrived = {mail.message_id for mail in sink.ledger.mails[taken:]}
            assert answered <= arrived <= answered | {f"<{ident}@firm.example>" for ident, _ in doubtful}
