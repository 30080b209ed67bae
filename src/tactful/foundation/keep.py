"""Answers that were given to requests with an idempotency key (R14), by the machine clock."""

from dataclasses import dataclass

from tactful.foundation import pg

KEEP = "3 days"
_KEEP = """INSERT INTO given_answer (key_id, name, asked, status, content_type, body, at)
VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp())"""
_KEPT = "SELECT asked, status, content_type, body FROM given_answer WHERE key_id = %s AND name = %s"
_FORGET = f"DELETE FROM given_answer WHERE at < clock_timestamp() - interval '{KEEP}' RETURNING key_id"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Answer:
    """``asked``: a digest of the request, 32 bytes."""

    asked: bytes
    status: int
    content_type: str
    body: str


def keep_answer(key_id: int, name: str, answer: Answer) -> None:
    """In the transaction of what it answers."""
    pg.run(_KEEP, [key_id, name, answer.asked, answer.status, answer.content_type, answer.body])


def kept_answer(key_id: int, name: str) -> Answer | None:
    row = pg.one(_KEPT, [key_id, name])
    return Answer(bytes(row[0]), row[1], row[2], row[3]) if row else None


def forget_old_answers() -> int:
    """Answers how many."""
    return len(pg.many(_FORGET, []))
