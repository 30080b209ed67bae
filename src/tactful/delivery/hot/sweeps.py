"""What time alone brings about: holds that end, people who must be asked, workers that died."""

from datetime import datetime

from tactful.foundation import pg

# Both run every second and nearly always find nothing. As a join, the planner may read the whole outbox
# for that; an array is there before the rows are looked up.
# Which hold it was stays on the row: if its expiry came and the gate still holds, the owner is asked.
DUE = """
UPDATE dispatch SET state = 'queued', retry_at = NULL
WHERE message_id = ANY(ARRAY(
    SELECT message_id FROM dispatch WHERE shelf = 2 AND not_before <= %s
    ORDER BY not_before LIMIT 5000 FOR UPDATE SKIP LOCKED
))
"""
TASKS = """
UPDATE dispatch SET task_at = NULL WHERE message_id = ANY(ARRAY(
    SELECT message_id FROM dispatch WHERE task_at <= %s ORDER BY task_at LIMIT 500 FOR UPDATE SKIP LOCKED
)) AND shelf IN (2, 3)
RETURNING message_id, contact_id, owner_id, state
"""
LEASE = "20 seconds"
ELSEWHERE = "10 minutes"  # beyond the lease; nobody here can read the journal of another machine
DEAD = f"""
SELECT id, machine, journal, lease_until < clock_timestamp() - interval '{ELSEWHERE}'
FROM sending_worker WHERE lease_until < clock_timestamp() ORDER BY id
"""


def end_holds(now: datetime) -> int:
    return pg.run(DUE, [now])


def due_tasks(now: datetime) -> list[pg.Row]:
    return pg.many(TASKS, [now])


def expired_workers() -> list[pg.Row]:
    """(id, machine, journal path, whether it is long ago)"""
    return pg.many(DEAD)


def take_over(worker: int) -> bool:
    """Whether the session that held this worker's lock is gone; holds the lock until the commit."""
    row = pg.one("SELECT pg_try_advisory_xact_lock(%s)", [worker])
    return bool(row and row[0])


def left_by(worker: int) -> list[int]:
    rows = pg.many("SELECT unnest(message_ids) FROM sending_batch WHERE worker_id = %s", [worker])
    return [row[0] for row in rows]


def forget(worker: int) -> None:
    pg.run("DELETE FROM sending_batch WHERE worker_id = %s", [worker])
    pg.run("DELETE FROM sending_worker WHERE id = %s", [worker])
